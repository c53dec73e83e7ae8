#pragma once

#include "adapters/sql/dialect.hpp"
#include "adapters/sql/session.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace mb::sql {

enum class schema_state : std::uint8_t {
    empty,    ///< no step ran yet
    behind,   ///< steps are missing
    current,  ///< what this program was made for
    newer,    ///< a newer program changed it
    altered   ///< a step that ran is not the step that this program knows
};

struct schema_status {
    schema_state state = schema_state::empty;
    int stored = 0;  ///< last step that ran
    int known = 0;   ///< last step that this program knows
};

/// FNV-1a of 64 bits, as 16 hexadecimal characters. Finds changes made by mistake; no defence against anybody.
std::string checksum(std::string_view script);

outcome<schema_status> read_schema(session& on, dialect const& with);
/// @error corrupt  the schema is not current; the detail names the command that helps.
outcome<void> require_current(schema_status const& status);
/// Runs the first missing step, inside the transaction that the session is in.
/// @return false where none was missing. @error corrupt  the schema is newer, or a step was altered.
outcome<bool> migrate_one(session& on, dialect const& with, instant now);

}  // namespace mb::sql
