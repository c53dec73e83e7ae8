#pragma once

#include "core/domain/access/role.hpp"
#include "core/domain/anomaly/finding.hpp"
#include "core/domain/audit/event.hpp"
#include "core/domain/base/secret.hpp"
#include "core/domain/entities/record.hpp"
#include "core/domain/identity/user.hpp"
#include "core/domain/tokens/api_key.hpp"
#include "core/domain/tokens/family.hpp"
#include "ports/audit_repositories.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mb::json {
class writer;
}

namespace mb::http {

// How the things of the domain look in JSON.

void write_user(json::writer& out, identity::user const& shown, std::optional<instant> locked_until = std::nullopt);
void write_session(json::writer& out, tokens::family const& shown, bool current);
/// @param text  the whole key, where it is shown.
void write_api_key(json::writer& out, tokens::api_key const& shown, secret const* text);
void write_event(json::writer& out, audit::event const& shown);
void write_attempt(json::writer& out, ports::login_attempt const& shown);
void write_anomaly(json::writer& out, anomaly::finding const& shown);
void write_role(json::writer& out, access::role const& shown);
void write_field(json::writer& out, entities::field_definition const& shown);
void write_entity(json::writer& out, entities::entity_definition const& shown);
/// A record is flat: its fields beside id, created_at, updated_at, created_by, version.
/// @param only  the columns to show beside the id; all where it is empty.
void write_record(json::writer& out, entities::entity_definition const& definition, entities::record const& shown,
                  std::vector<entities::column> const& only = {});

/// {"data": […], "hasMore": …, "nextCursor": …}
void write_page(std::string& into, bool has_more, std::optional<std::string> const& next_cursor, std::function<void(json::writer&)> const& items);

}  // namespace mb::http
