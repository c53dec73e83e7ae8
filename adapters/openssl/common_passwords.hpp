#pragma once

#include <span>
#include <string_view>

namespace mb::openssl {

/// Passwords that are tried first, in English and Spanish, and our own name; lower case, in no order.
std::span<std::string_view const> common_passwords() noexcept;

}  // namespace mb::openssl
