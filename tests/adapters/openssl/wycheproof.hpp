#pragma once

#include <string>
#include <string_view>
#include <vector>

// What project Wycheproof does to the tag of a MAC to see whether a verifier looks at all of it (hmac_sha256_test.json, ModifiedTag).
namespace mb::wycheproof {

/// Bits that it flips, alone and together; bit 0 is the lowest of the first byte.
inline std::vector<std::vector<std::size_t>> const flipped_bits{{0},   {1},   {7},   {8},   {31},  {32},    {33},     {63},     {64},
                                                                {71},  {77},  {80},  {96},  {97},  {103},   {120},    {121},    {126},
                                                                {127}, {248}, {249}, {254}, {255}, {0, 64}, {31, 63}, {63, 127}};

/// Every tag that it makes of one, of 32 bytes or more.
inline std::vector<std::string> modified(std::string const& tag)
{
    std::vector<std::string> made;
    for (auto const& bits : flipped_bits) {
        made.push_back(tag);
        for (auto const bit : bits) made.back()[bit / 8] = static_cast<char>(made.back()[bit / 8] ^ 1 << bit % 8);
    }
    for (int const every : {0xff, 0x80, 0x01}) {  // all bits, the highest and the lowest of each byte
        made.push_back(tag);
        for (char& byte : made.back()) byte = static_cast<char>(byte ^ every);
    }
    made.emplace_back(tag.size(), '\0');
    made.emplace_back(tag.size(), '\xff');
    return made;
}

}  // namespace mb::wycheproof
