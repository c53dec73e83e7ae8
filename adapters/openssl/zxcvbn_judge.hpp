#pragma once

#include "ports/cryptography.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace mb::openssl {

/// zxcvbn's estimate (libzxcvbn, which keeps no state and is safe on any thread) and a list of passwords that everybody tries.
/// A password that is one of its owner's own words counts as listed. Case (ASCII) never matters for the list.
class zxcvbn_judge final : public ports::password_judge {
public:
    /// Only so many bytes are estimated, as the cost grows with the square of the length; what follows can only help the password.
    static constexpr std::size_t judged_bytes_max = 100;

    /// Knows the built-in list only.
    zxcvbn_judge();
    /// Adds a file: one password in each line, UTF-8, any order. @error unavailable  it can't be read.
    static outcome<zxcvbn_judge> with_list(std::string const& path);

    identity::password_estimate estimate(secret const& password, std::span<std::string const> context) const override;

private:
    void sort();
    bool is_listed(std::string_view folded) const noexcept;

    /// First eight bytes of the SHA-256 of each folded password, sorted.
    std::vector<std::uint64_t> listed_;
};

}  // namespace mb::openssl
