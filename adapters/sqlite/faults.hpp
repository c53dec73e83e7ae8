#pragma once

#include "core/domain/base/error.hpp"

#include <cstdint>

struct sqlite3;

namespace mb::sqlite {

/// What a connection may do. A write through a reading one is a defect of the caller.
enum class access : std::uint8_t { writing, reading };

/// What a result code of SQLite means to the callers of the store. The detail is SQLite's own message: it names tables and columns
/// of ours, and holds no value.
error fault_of(sqlite3* handle, int code, char const* where, access how);

}  // namespace mb::sqlite
