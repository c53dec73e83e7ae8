#include "adapters/qr/qr_pictures.hpp"

#include <catch2/catch.hpp>
#include <png.h>

#include <algorithm>
#include <string>
#include <thread>
#include <vector>

using namespace mb;

namespace {

/// The picture as one grey byte a pixel.
struct picture {
    std::size_t side = 0;
    std::vector<png_byte> grey;

    bool black(std::size_t x, std::size_t y) const { return grey[y * side + x] < 128; }
    /// Whether the module at that place is black, counted without the margin.
    bool module(std::size_t x, std::size_t y) const
    {
        constexpr auto scale = static_cast<std::size_t>(qr::qr_pictures::pixels_per_module);
        constexpr auto margin = static_cast<std::size_t>(qr::qr_pictures::margin_modules);
        return black((x + margin) * scale + scale / 2, (y + margin) * scale + scale / 2);
    }
};

picture read(std::string const& png)
{
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    REQUIRE(png_image_begin_read_from_memory(&image, png.data(), png.size()) != 0);
    REQUIRE(image.width == image.height);
    image.format = PNG_FORMAT_GRAY;
    picture made{image.width, std::vector<png_byte>(std::size_t{image.width} * image.height)};
    REQUIRE(png_image_finish_read(&image, nullptr, made.grey.data(), 0, nullptr) != 0);
    return made;
}

std::string png_of(std::string_view text)
{
    auto made = qr::qr_pictures{}.png(text);
    REQUIRE(made);
    return *std::move(made);
}

}  // namespace

TEST_CASE("a text becomes a square picture of whole modules, in a white margin of four, with the three corners that a reader looks for")
{
    auto const shown = read(png_of("otpauth://totp/MetaBuilder:ana%40example.org?secret=GEZDGNBVGY3TQOJQ&issuer=MetaBuilder"));
    constexpr std::size_t scale = qr::qr_pictures::pixels_per_module;
    constexpr std::size_t margin = qr::qr_pictures::margin_modules * scale;
    REQUIRE(shown.side % scale == 0);
    auto const modules = shown.side / scale - 8;
    CHECK((modules - 21) % 4 == 0);
    for (std::size_t at = 0; at < shown.side; ++at)
        for (std::size_t edge = 0; edge < margin; ++edge) {
            REQUIRE_FALSE(shown.black(at, edge));
            REQUIRE_FALSE(shown.black(edge, at));
            REQUIRE_FALSE(shown.black(at, shown.side - 1 - edge));
            REQUIRE_FALSE(shown.black(shown.side - 1 - edge, at));
        }
    // ISO/IEC 18004 section 6.3.3: a ring of seven, and a square of three inside
    for (auto const& [left, top] : {std::pair<std::size_t, std::size_t>{0, 0}, {modules - 7, 0}, {0, modules - 7}})
        for (std::size_t y = 0; y < 7; ++y)
            for (std::size_t x = 0; x < 7; ++x) {
                bool const ring = x == 0 || y == 0 || x == 6 || y == 6;
                bool const middle = x >= 2 && x <= 4 && y >= 2 && y <= 4;
                REQUIRE(shown.module(left + x, top + y) == (ring || middle));
            }
    CHECK(std::ranges::all_of(shown.grey, [](png_byte each) { return each == 0 || each == 255; }));
}

TEST_CASE("another text is another picture, and the same one the same")
{
    CHECK(png_of("one") == png_of("one"));
    CHECK(png_of("one") != png_of("two"));
}

TEST_CASE("a QR code holds 2,331 bytes at this level of correction, and not one more")
{
    CHECK(qr::qr_pictures{}.png(std::string(2'331, 'x')));
    auto const refused = qr::qr_pictures{}.png(std::string(2'332, 'x'));
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == errc::unexpected);
    CHECK_FALSE(qr::qr_pictures{}.png(""));
}

TEST_CASE("many threads draw at once")
{
    auto const wanted = png_of("the same text");
    std::vector<std::thread> drawing;
    std::vector<int> wrong(4, 0);
    for (std::size_t which = 0; which < wrong.size(); ++which)
        drawing.emplace_back([&, which] {
            for (int round = 0; round < 200; ++round) {
                auto const made = qr::qr_pictures{}.png("the same text");
                wrong[which] += !made || *made != wanted;
            }
        });
    for (auto& each : drawing) each.join();
    for (auto const count : wrong) CHECK(count == 0);
}
