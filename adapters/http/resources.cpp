#include "adapters/http/resources.hpp"

#include "adapters/json/writer.hpp"

namespace mb::http {
namespace {

void write_instant(json::writer& out, instant at)
{
    char text[24];
    format_rfc3339(at, text);
    out.text({text, sizeof text});
}

/// Milliseconds as everywhere; all six digits where a client stored more, so that what is shown is what is held.
void write_exactly(json::writer& out, instant at)
{
    auto const rest = at.time_since_epoch().count() % 1000;
    if (rest == 0) return write_instant(out, at);
    auto text = format_rfc3339(at);
    auto const digits = std::to_string(1000 + (rest < 0 ? rest + 1000 : rest));
    text.insert(text.size() - 1, digits, 1, 3);
    out.text(text);
}

void write_id(json::writer& out, uuid_bytes const& bytes)
{
    char text[36];
    format_uuid(bytes, text);
    out.text({text, sizeof text});
}

/// A stored value in the form that clients see (entities.md section 2.3).
void write_cell(json::writer& out, entities::field_definition const& field, entities::cell const& cell)
{
    if (shape::is_null(cell)) {
        out.null();
        return;
    }
    switch (field.type) {
        case shape::kind::boolean: {
            auto const* truth = std::get_if<bool>(&cell);
            out.boolean(truth != nullptr ? *truth : std::get<std::int64_t>(cell) != 0);
            return;
        }
        case shape::kind::integer: out.integer(std::get<std::int64_t>(cell)); return;
        case shape::kind::number: out.number(std::get<double>(cell)); return;
        case shape::kind::decimal: out.text(shape::format_decimal(std::get<std::int64_t>(cell), field.scale)); return;
        case shape::kind::date_time: write_exactly(out, from_micros(std::get<std::int64_t>(cell))); return;
        case shape::kind::uuid: write_id(out, std::get<uuid_bytes>(cell)); return;
        case shape::kind::enumeration:
            for (auto const& option : field.options) {
                if (option.number != std::get<std::int64_t>(cell)) continue;
                out.text(option.value);
                return;
            }
            out.null();
            return;
        default: out.text(std::get<std::string>(cell)); return;
    }
}

void write_text(json::writer& out, std::string_view name, std::optional<std::string> const& value)
{
    out.key(name);
    value ? out.text(*value) : out.null();
}

template <class Id>
void write_id(json::writer& out, std::string_view name, std::optional<Id> const& value)
{
    write_text(out, name, value ? std::optional(value->text()) : std::nullopt);
}

/// Where a request came from, and what was thought of it.
void write_origin(json::writer& out, auto const& shown)
{
    write_text(out, "ip_hash", shown.ip ? std::optional(shown.ip->text) : std::nullopt);
    write_text(out, "country_code", shown.country);
    out.key("risk_score");
    shown.risk_score ? out.integer(*shown.risk_score) : out.null();
}

}  // namespace

void write_user(json::writer& out, identity::user const& shown, std::optional<instant> locked_until)
{
    out.begin_object();
    out.key("id");
    write_id(out, shown.id.bytes);
    out.key("email").text(shown.address.text());
    out.key("username");
    shown.name ? out.text(shown.name->text()) : out.null();
    out.key("display_name");
    shown.display_name ? out.text(*shown.display_name) : out.null();
    out.key("email_verified").boolean(shown.email_verified);
    out.key("mfa_enabled").boolean(shown.second_factor);
    out.key("status").text(identity::name_of(shown.status));
    out.key("roles").begin_list();
    for (auto const& role : shown.roles) out.text(role);
    out.end_list();
    if (locked_until) {
        out.key("locked_until");
        write_instant(out, *locked_until);
    }
    out.key("created_at");
    write_instant(out, shown.created_at);
    out.key("updated_at");
    write_instant(out, shown.updated_at);
    out.key("last_login_at");
    shown.last_login_at ? write_instant(out, *shown.last_login_at) : static_cast<void>(out.null());
    out.end_object();
}

void write_session(json::writer& out, tokens::family const& shown, bool current)
{
    out.begin_object();
    out.key("id");
    write_id(out, shown.id.bytes);
    out.key("kid").text(shown.kid);
    out.key("ip_hash").text(shown.ip.text);
    out.key("user_agent").text(shown.user_agent);
    out.key("created_at");
    write_instant(out, shown.created_at);
    out.key("last_used_at");
    write_instant(out, shown.last_used_at);
    out.key("expires_at");
    write_instant(out, shown.expires_at);
    out.key("current").boolean(current);
    out.end_object();
}

void write_api_key(json::writer& out, tokens::api_key const& shown, secret const* text)
{
    auto const moment = [&](std::string_view name, std::optional<instant> at) {
        out.key(name);
        at ? write_instant(out, *at) : static_cast<void>(out.null());
    };
    out.begin_object();
    out.key("id");
    write_id(out, shown.id.bytes);
    if (text != nullptr) out.key("key").text(text->reveal());
    out.key("key_prefix").text(shown.prefix);
    out.key("name").text(shown.name);
    out.key("scopes").begin_list();
    for (auto const& name : shown.scopes.names()) out.text(name);
    out.end_list();
    out.key("created_at");
    write_instant(out, shown.created_at);
    moment("expires_at", shown.expires_at);
    moment("last_used_at", shown.last_used_at);
    moment("revoked_at", shown.revoked_at);
    out.end_object();
}

void write_event(json::writer& out, audit::event const& shown)
{
    out.begin_object().member("log_id", shown.id.text()).member("timestamp", format_rfc3339(shown.at));
    out.member("event_type", audit::entry_of(shown.type).name).member("severity", audit::name_of(shown.level));
    write_id(out, "user_id", shown.user);
    write_id(out, "actor_id", shown.actor);
    write_origin(out, shown);
    out.member("user_agent", shown.user_agent).member("correlation_id", shown.correlation.text());
    out.member("endpoint", shown.endpoint).member("http_method", shown.http_method);
    out.member("status_code", shown.status_code).member("response_time_ms", shown.response_time_ms).key("metadata").begin_object();
    for (auto const& [name, value] : shown.metadata) out.member(name, value);
    out.end_object().end_object();
}

void write_attempt(json::writer& out, ports::login_attempt const& shown)
{
    out.begin_object().member("attempt_id", shown.id.text()).member("attempt_time", format_rfc3339(shown.at)).member("successful", shown.successful);
    out.member("failure_reason", shown.failure_reason);
    write_id(out, "user_id", shown.user);
    write_id(out, "session_id", shown.session);
    write_origin(out, shown);
    out.member("is_suspicious", shown.suspicious);
    out.member("user_agent", shown.user_agent).end_object();
}

void write_anomaly(json::writer& out, anomaly::finding const& shown)
{
    out.begin_object().member("id", shown.id.text()).member("type", anomaly::name_of(shown.what)).member("severity", audit::name_of(shown.level));
    out.member("subject", shown.subject);
    write_id(out, "user_id", shown.user);
    out.member("window_from", format_rfc3339(shown.from)).member("window_until", format_rfc3339(shown.until));
    out.key("figures").begin_object().member("counted", shown.numbers.counted).member("threshold", shown.numbers.most);
    out.member("window_seconds", std::int64_t{shown.numbers.window.count()}).end_object();
    out.member("created_at", format_rfc3339(shown.at));
    write_text(out, "reviewed_at", shown.reviewed_at ? std::optional(format_rfc3339(*shown.reviewed_at)) : std::nullopt);
    write_id(out, "reviewed_by", shown.reviewed_by);
    out.end_object();
}

void write_role(json::writer& out, access::role const& shown)
{
    out.begin_object().member("name", shown.name).member("description", shown.description).key("permissions").begin_list();
    for (auto const& each : shown.permissions) out.text(access::text_of(each));
    out.end_list().member("administers", shown.administers).member("built_in", shown.built_in).member("version", shown.version).end_object();
}

void write_field(json::writer& out, entities::field_definition const& shown)
{
    out.begin_object();
    out.key("id");
    write_id(out, shown.id.bytes);
    out.key("name").text(shown.name.text());
    out.key("display_name").text(shown.display_name);
    out.key("type").text(shape::name_of(shown.type));
    out.key("is_required").boolean(shown.is_required);
    out.key("is_unique").boolean(shown.is_unique);
    out.key("is_indexed").boolean(shown.is_indexed);
    if (shown.min_length) out.key("min_length").integer(*shown.min_length);
    if (shown.max_length) out.key("max_length").integer(*shown.max_length);
    if (shown.min) {
        out.key("min");
        write_cell(out, shown, *shown.min);
    }
    if (shown.max) {
        out.key("max");
        write_cell(out, shown, *shown.max);
    }
    if (shown.type == shape::kind::decimal) {
        out.key("precision").integer(shown.precision);
        out.key("scale").integer(shown.scale);
    }
    if (shown.pattern) out.key("pattern").text(*shown.pattern);
    if (shown.type == shape::kind::enumeration) {
        out.key("options").begin_list();
        for (auto const& option : shown.options) {
            out.begin_object();
            out.key("value").text(option.value);
            out.key("label").text(option.label);
            out.end_object();
        }
        out.end_list();
    }
    if (shown.fallback) {
        out.key("default");
        write_cell(out, shown, *shown.fallback);
    }
    out.end_object();
}

void write_entity(json::writer& out, entities::entity_definition const& shown)
{
    out.begin_object();
    out.key("id");
    write_id(out, shown.id.bytes);
    out.key("name").text(shown.name.text());
    out.key("display_name").text(shown.display_name);
    out.key("description").text(shown.description);
    out.key("revision").integer(shown.revision);
    out.key("created_at");
    write_instant(out, shown.created_at);
    out.key("updated_at");
    write_instant(out, shown.updated_at);
    out.key("fields").begin_list();
    for (auto const& field : shown.fields) write_field(out, field);
    out.end_list();
    out.end_object();
}

void write_record(json::writer& out, entities::entity_definition const& definition, entities::record const& shown,
                  std::vector<entities::column> const& only)
{
    auto const write_field = [&](std::size_t at) {
        out.key(definition.fields[at].name.text());
        write_cell(out, definition.fields[at], shown.cells[at]);
    };
    auto const write_system = [&](entities::system_column which) {
        switch (which) {
            case entities::system_column::id: return;
            case entities::system_column::created_at:
                out.key("created_at");
                write_instant(out, shown.created_at);
                return;
            case entities::system_column::updated_at:
                out.key("updated_at");
                write_instant(out, shown.updated_at);
                return;
            case entities::system_column::created_by:
                out.key("created_by");
                shown.created_by ? write_id(out, shown.created_by->bytes) : static_cast<void>(out.null());
                return;
            case entities::system_column::version: out.member("version", shown.version); return;
        }
    };
    out.begin_object().key("id");
    write_id(out, shown.id.bytes);
    for (auto const& column : only) {
        if (auto const* field = std::get_if<entities::field_index>(&column))
            write_field(field->at);
        else
            write_system(std::get<entities::system_column>(column));
    }
    if (only.empty()) {
        for (std::size_t at = 0; at < definition.fields.size(); ++at) write_field(at);
        for (auto const which : {entities::system_column::created_at, entities::system_column::updated_at, entities::system_column::created_by,
                                 entities::system_column::version})
            write_system(which);
    }
    out.end_object();
}

void write_page(std::string& into, bool has_more, std::optional<std::string> const& next_cursor, std::function<void(json::writer&)> const& items)
{
    json::writer out(into);
    out.begin_object();
    out.key("data").begin_list();
    items(out);
    out.end_list();
    out.key("hasMore").boolean(has_more);
    out.key("nextCursor");
    next_cursor ? out.text(*next_cursor) : out.null();
    out.end_object();
}

}  // namespace mb::http
