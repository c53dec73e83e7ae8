#pragma once

#include <string_view>

namespace mb::config {

/// Whether nobody can have drawn these bytes at random: fewer than ten different ones, a short piece repeated, a run (abcdef…), or a word
/// that examples and defaults are made of (security.md section 6.16). Meant for 16 bytes or more. A random 32-byte key in base64 is refused
/// once in more than a million draws.
bool is_guessable(std::string_view secret_text);

}  // namespace mb::config
