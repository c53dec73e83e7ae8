#pragma once

#include "ports/qr_codes.hpp"

namespace mb::qr {

/// QR codes of error correction level M, black on white with one bit a pixel, by libqrencode and libpng.
class qr_pictures final : public ports::qr_codes {
public:
    static constexpr int pixels_per_module = 6;
    static constexpr int margin_modules = 4;

    outcome<std::string> png(std::string_view text) const override;
};

}  // namespace mb::qr
