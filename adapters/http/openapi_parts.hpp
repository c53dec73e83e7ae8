#pragma once

#include <string_view>
#include <vector>

namespace mb::json {
class writer;
}

namespace mb::http {

// What the parts of the OpenAPI document are written with.

void write_reference(json::writer& out, std::string_view name);

/// A member of a schema that only answers show: its JSON type, and a format where it has one.
struct shown_member {
    std::string_view name;
    std::string_view type;
    std::string_view format = "";
};

void write_shown(json::writer& out, std::string_view name, std::vector<shown_member> const& members);

/// A page of items of that schema.
void write_page_of(json::writer& out, std::string_view name, std::string_view item);

/// The schemas of signing keys and of API keys.
void write_key_schemas(json::writer& out);

/// The schemas of the audit log, of login attempts, of anomalies and of reports.
void write_audit_schemas(json::writer& out);

/// The schemas of second factors, and of the answers that may ask for one.
void write_factor_schemas(json::writer& out);

}  // namespace mb::http
