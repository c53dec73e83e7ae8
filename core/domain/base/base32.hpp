#pragma once

#include <string>
#include <string_view>

namespace mb {

/// RFC 4648 section 6, without padding: what authenticator apps take a key as.
std::string base32(std::string_view bytes);

}  // namespace mb
