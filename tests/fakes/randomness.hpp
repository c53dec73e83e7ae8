#pragma once

#include "ports/randomness.hpp"

#include <algorithm>
#include <atomic>
#include <cstdint>

namespace mb::fakes {

/// Every byte is the same: for tests that look at what is made of random bytes. Two identities drawn at one instant are equal.
class fixed_randomness final : public ports::randomness {
public:
    explicit fixed_randomness(std::uint8_t byte = 0x5a) noexcept : byte_(byte) {}
    void fill(std::span<std::uint8_t> bytes) const noexcept override { std::ranges::fill(bytes, byte_); }

private:
    std::uint8_t byte_;
};

/// Counts, and ends each draw with the count, big-endian: a draw of 8 bytes or more never comes twice, the same run draws the same, and identities
/// drawn at one instant are in the order of their drawing. Callable from any thread.
class counting_randomness final : public ports::randomness {
public:
    explicit counting_randomness(std::uint64_t first = 1) noexcept : next_(first) {}
    void fill(std::span<std::uint8_t> bytes) const noexcept override
    {
        auto count = next_.fetch_add(1);
        for (auto byte = bytes.rbegin(); byte != bytes.rend(); ++byte) {
            *byte = static_cast<std::uint8_t>(count);
            count >>= 8;
        }
    }

private:
    mutable std::atomic<std::uint64_t> next_;
};

}  // namespace mb::fakes
