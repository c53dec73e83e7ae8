#pragma once

#include "core/domain/base/function_ref.hpp"
#include "core/domain/base/outcome.hpp"
#include "core/usecases/operations/import_users.hpp"

#include <cstddef>
#include <string>

namespace mb::user_lines {

/// Of one line, without its end. What is longer is a violation of that line, and skipped.
constexpr std::size_t line_bytes_max = 16 * 1024;

/// Reads accounts of a file, one JSON object a line (NDJSON), in the memory of a line: email, and optionally username, display_name,
/// email_verified, roles, password_hash. null is as good as absent but for email and roles; blank lines are skipped. Bytes, types, lengths and
/// names of members are judged here, what they say by the use case.
/// @param take  says whether to go on; its errors are passed on.
/// @error unavailable  the file can't be read, or is not a regular one: it is read twice.
outcome<void> read_accounts(std::string const& path, function_ref<outcome<bool>(usecases::import_line&&)> take);

}  // namespace mb::user_lines
