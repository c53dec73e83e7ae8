#include "adapters/qr/qr_pictures.hpp"

#include "core/domain/base/secret.hpp"

#include <png.h>
#include <qrencode.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <memory>
#include <vector>

namespace mb::qr {
namespace {

constexpr char const* where = "qr.png";

struct code_free {
    void operator()(QRcode* code) const noexcept
    {
        // the picture holds what the text held
        wipe(code->data, static_cast<std::size_t>(code->width) * static_cast<std::size_t>(code->width));
        QRcode_free(code);
    }
};

/// One byte a pixel: 0 white, 1 black.
std::vector<png_byte> pixels_of(QRcode const& code, std::size_t side)
{
    constexpr auto scale = static_cast<std::size_t>(qr_pictures::pixels_per_module);
    constexpr auto margin = static_cast<std::size_t>(qr_pictures::margin_modules);
    auto const width = static_cast<std::size_t>(code.width);
    std::vector<png_byte> pixels(side * side, 0);
    for (std::size_t y = 0; y < width * scale; ++y)
        for (std::size_t x = 0; x < width * scale; ++x)
            pixels[(y + margin * scale) * side + x + margin * scale] = code.data[y / scale * width + x / scale] & 1;
    return pixels;
}

}  // namespace

outcome<std::string> qr_pictures::png(std::string_view text) const
{
    std::unique_ptr<QRcode, code_free> const code(
        QRcode_encodeData(static_cast<int>(text.size()), reinterpret_cast<unsigned char const*>(text.data()), 0, QR_ECLEVEL_M));
    if (!code) return error{errno == ENOMEM ? errc::unavailable : errc::unexpected, where, "the text can't be encoded"};

    auto const side = static_cast<std::size_t>((code->width + 2 * margin_modules) * pixels_per_module);
    auto pixels = pixels_of(*code, side);
    constexpr std::array<png_byte, 6> colours{255, 255, 255, 0, 0, 0};
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    image.width = static_cast<png_uint_32>(side);
    image.height = static_cast<png_uint_32>(side);
    image.format = PNG_FORMAT_RGB_COLORMAP;
    image.colormap_entries = 2;
    std::string picture;
    png_alloc_size_t bytes = 0;
    auto const write = [&](void* into) {
        return png_image_write_to_memory(&image, into, &bytes, 0, pixels.data(), static_cast<png_int_32>(side), colours.data()) != 0;
    };
    bool written = write(nullptr);  // asks how long it is
    if (written) {
        picture.resize(bytes);
        written = write(picture.data());
    }
    wipe(pixels.data(), pixels.size());
    png_image_free(&image);
    if (!written) return error{errc::unexpected, where, image.message};
    picture.resize(bytes);
    return picture;
}

}  // namespace mb::qr
