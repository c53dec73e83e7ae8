#pragma once

#include "tests/adapters/http/in_process.hpp"

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// What several tests of endpoints do on their way.

namespace mb::http::testing {

/// "?name=value&…", percent-encoded.
std::string query_of(std::vector<std::pair<std::string_view, std::string_view>> const& parameters);

/// One member of each item of a page, separated by spaces, written as reply::at() does.
std::string column(reply const& page, std::string_view name);

/// "field:code" of each detail of a refusal, sorted and separated by spaces.
std::string details(reply const& refusal);

/// Defines an entity with these fields. @return its id
std::string define(in_process& server, session const& admin, std::string_view name, std::initializer_list<std::string_view> fields);

/// Makes a role. @param permissions  a JSON list
void make_role(in_process& server, session const& admin, std::string_view name, std::string_view permissions);

/// The path of a new record. @param body  JSON
std::string make_record(in_process& server, session const& who, std::string_view entity, std::string body);

/// All items of a list, taken page by page, one member of each, separated by spaces. The test fails where a page has no end.
/// @param target  with its query: "/api/v1/keys?limit=1"
std::string walk(in_process& server, session const& who, std::string const& target, std::string_view name);

}  // namespace mb::http::testing
