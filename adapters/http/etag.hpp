#pragma once

#include "adapters/http/exchange.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

namespace mb::http {

/// What an ETag of ours counts: "v7" is a record's version, "r7" an entity's revision.
enum class etag_kind : char { version = 'v', revision = 'r' };

std::string etag_of_version(std::int64_t version);
std::string etag_of_revision(std::int64_t revision);

/// The number that If-Match expects; none where the field is absent or "*". A tag that none of ours can equal is precondition_failed
/// (RFC 9110 section 13.1.1); something that is no list of one entity tag is invalid_parameter.
std::variant<std::optional<std::int64_t>, problem> if_match(exchange const& asked, etag_kind kind);

/// Whether If-None-Match names this tag: 304 for a read (RFC 9110 section 13.1.2).
bool if_none_match(exchange const& asked, std::string_view etag);

}  // namespace mb::http
