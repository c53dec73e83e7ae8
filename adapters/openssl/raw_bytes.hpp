#pragma once

#include <string_view>

namespace mb::openssl {

/// The bytes as OpenSSL's functions take them; they end with the text they are of.
inline unsigned char const* raw(std::string_view bytes) noexcept { return reinterpret_cast<unsigned char const*>(bytes.data()); }

}  // namespace mb::openssl
