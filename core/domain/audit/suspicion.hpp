#pragma once

#include <string_view>

namespace mb::audit {

/// Whether a text that a client sent looks like an attempt to inject SQL, a script, a path or a look-up (seed 002, useful queries 4). Reads at most
/// its first 4 KiB; %xx and + are taken for what they stand for.
bool looks_like_injection(std::string_view text);

}  // namespace mb::audit
