#pragma once

#include "core/domain/base/error.hpp"

#include <cstdint>
#include <string_view>

namespace mb::postgres {

/// What a transaction may do.
enum class access : std::uint8_t { writing, reading };

/// What an SQLSTATE (PostgreSQL 15, appendix A) means to the callers of the store, before the transaction's commit was sent.
errc meaning_of(std::string_view sqlstate, access how) noexcept;
/// Whether the server ends the connection that it says this on.
bool ends_connection(std::string_view sqlstate) noexcept;
/// Whether a prepared statement was made for tables that are no longer so, or is gone.
bool outdates_statements(std::string_view sqlstate) noexcept;

}  // namespace mb::postgres
