#pragma once

#include "core/domain/base/outcome.hpp"

#include <string>
#include <string_view>

namespace mb::ports {

/// Pictures that a camera reads a text from. MUST be callable from any thread.
class qr_codes {
public:
    virtual ~qr_codes() = default;
    /// A PNG, with the margin of four modules that readers need (ISO/IEC 18004 section 6.3.8).
    /// @error unexpected  the text is longer than a QR code holds.
    virtual outcome<std::string> png(std::string_view text) const = 0;
};

}  // namespace mb::ports
