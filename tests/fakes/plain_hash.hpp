#pragma once

#include "core/domain/identity/email_token.hpp"

#include <initializer_list>
#include <string>
#include <string_view>

namespace mb::fakes {

/// 32 bytes out of the parts, each with its length, so that moving a byte from one part to the next changes the answer. Not cryptography.
identity::digest plain_hash(std::initializer_list<std::string_view> parts) noexcept;

/// Its first eight bytes in hexadecimal.
std::string short_hash(std::initializer_list<std::string_view> parts);

}  // namespace mb::fakes
