#pragma once

#include "core/domain/audit/position.hpp"
#include "core/domain/base/id.hpp"
#include "ports/cryptography.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace mb::http {

/// The cursor of a list in the order of ids: opaque, signed, and good only for the query that made it.
/// @param query  names the list and its filters, so that a cursor of one query is refused by another.
std::string write_page_cursor(ports::digester const& digests, std::string_view query, uuid_bytes const& last);
std::optional<uuid_bytes> read_page_cursor(ports::digester const& digests, std::string_view query, std::string_view cursor);

/// The same for the audit log, which is in the order of time and then of ids.
std::string write_place_cursor(ports::digester const& digests, std::string_view query, audit::position last);
std::optional<audit::position> read_place_cursor(ports::digester const& digests, std::string_view query, std::string_view cursor);

}  // namespace mb::http
