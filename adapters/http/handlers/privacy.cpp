#include "adapters/http/cookies.hpp"
#include "adapters/http/handlers.hpp"
#include "adapters/http/resources.hpp"
#include "adapters/json/writer.hpp"
#include "core/domain/identity/habits.hpp"
#include "core/usecases/identity/collect_data.hpp"
#include "core/usecases/identity/erase_account.hpp"

namespace mb::http {
namespace {

/// Members of one stored row, with their names as the tables have them.
class row_writer {
public:
    explicit row_writer(json::writer& out) : out_(out) { out_.begin_object(); }
    ~row_writer() { out_.end_object(); }
    row_writer(row_writer const&) = delete;
    row_writer& operator=(row_writer const&) = delete;

    row_writer& text(std::string_view name, std::string_view value)
    {
        out_.key(name).text(value);
        return *this;
    }
    row_writer& maybe(std::string_view name, std::optional<std::string> const& value)
    {
        out_.key(name);
        value ? out_.text(*value) : out_.null();
        return *this;
    }
    row_writer& at(std::string_view name, std::optional<instant> when)
    {
        return maybe(name, when ? std::optional(format_rfc3339(*when)) : std::nullopt);
    }
    row_writer& number(std::string_view name, std::int64_t value)
    {
        out_.key(name).integer(value);
        return *this;
    }
    row_writer& maybe_number(std::string_view name, std::optional<int> value)
    {
        out_.key(name);
        value ? out_.integer(*value) : out_.null();
        return *this;
    }
    row_writer& truth(std::string_view name, bool value)
    {
        out_.key(name).boolean(value);
        return *this;
    }

private:
    json::writer& out_;
};

std::optional<std::string> text_of(std::optional<identity::ip_hash> const& ip) { return ip ? std::optional(ip->text) : std::nullopt; }
template <class Id>
std::optional<std::string> text_of(std::optional<Id> const& id)
{
    return id ? std::optional(id->text()) : std::nullopt;
}

void write(json::writer& out, tokens::family const& row)
{
    row_writer(out)
        .text("id", row.id.text())
        .text("kid", row.kid)
        .text("ip_hash", row.ip.text)
        .text("user_agent", row.user_agent)
        .at("created_at", row.created_at)
        .at("last_used_at", row.last_used_at)
        .at("rotated_at", row.rotated_at)
        .at("expires_at", row.expires_at)
        .at("revoked_at", row.revoked_at)
        .maybe("revoked_reason", row.revoked_reason ? std::optional(std::string(name_of(*row.revoked_reason))) : std::nullopt);
}

void write(json::writer& out, tokens::session const& row)
{
    row_writer(out)
        .text("id", row.id.text())
        .text("ip_hash", row.ip.text)
        .text("user_agent", row.user_agent)
        .at("created_at", row.created_at)
        .at("last_seen_at", row.last_seen_at)
        .at("expires_at", row.expires_at)
        .at("revoked_at", row.revoked_at)
        .maybe("revoked_reason", row.revoked_reason ? std::optional(std::string(name_of(*row.revoked_reason))) : std::nullopt);
}

void write(json::writer& out, identity::email_token const& row)
{
    row_writer(out)
        .text("type", name_of(row.type))
        .at("created_at", row.created_at)
        .at("expires_at", row.expires_at)
        .text("ip_hash", row.requested_from.text)
        .text("user_agent", row.user_agent)
        .text("request_source", name_of(row.source))
        .at("email_sent_at", row.mailed_at)
        .at("used_at", row.used_at)
        .maybe("used_from_ip_hash", text_of(row.used_from))
        .maybe("used_from_user_agent", row.used_user_agent)
        .number("failed_attempts", row.failed_attempts)
        .number("max_attempts", row.max_attempts)
        .number("validation_count", row.validations)
        .at("last_attempt_at", row.last_attempt_at)
        .at("cooldown_until", row.cooling_until)
        .at("blocked_at", row.blocked_at)
        .maybe("blocked_reason", row.blocked_reason);
}

void write(json::writer& out, tokens::api_key const& row) { write_api_key(out, row, nullptr); }

void write(json::writer& out, identity::recovery_code const& row) { row_writer(out).at("created_at", row.created_at).at("used_at", row.used_at); }

void write(json::writer& out, ports::login_attempt const& row)
{
    row_writer(out)
        .at("attempt_time", row.at)
        .truth("successful", row.successful)
        .text("failure_reason", row.failure_reason)
        .maybe("session_id", text_of(row.session))
        .maybe("ip_hash", text_of(row.ip))
        .maybe("country_code", row.country)
        .maybe_number("risk_score", row.risk_score)
        .truth("is_suspicious", row.suspicious)
        .text("user_agent", row.user_agent);
}

/// What somebody else did to the account is the owner's to know; the address and the agent it was done from are not.
void write(json::writer& out, audit::event const& row, identity::user_id owner)
{
    bool const by_other = row.actor && *row.actor != owner;
    row_writer(out)
        .at("timestamp", row.at)
        .text("event_type", audit::entry_of(row.type).name)
        .text("severity", audit::name_of(row.level))
        .text("endpoint", row.endpoint)
        .text("http_method", row.http_method)
        .number("status_code", row.status_code)
        .maybe("ip_hash", by_other ? std::nullopt : text_of(row.ip))
        .maybe("country_code", by_other ? std::nullopt : row.country)
        .maybe_number("risk_score", by_other ? std::nullopt : row.risk_score)
        .maybe("user_agent", by_other ? std::nullopt : std::optional(row.user_agent));
}

void write(json::writer& out, anomaly::finding const& row)
{
    row_writer(out)
        .at("created_at", row.at)
        .text("type", anomaly::name_of(row.what))
        .text("severity", audit::name_of(row.level))
        .at("window_from", row.from)
        .at("window_until", row.until)
        .number("counted", row.numbers.counted)
        .number("threshold", row.numbers.most);
}

template <class Rows>
void write_list(json::writer& out, std::string_view name, Rows const& rows)
{
    out.key(name).begin_list();
    for (auto const& row : rows) write(out, row);
    out.end_list();
}

/// What is remembered of when and from where the owner usually comes.
void write_habits(json::writer& out, identity::user const& owner)
{
    auto const habits = owner.login_habits ? identity::parse_habits(*owner.login_habits) : std::nullopt;
    out.key("login_habits");
    if (!habits) return static_cast<void>(out.null());
    out.begin_object().key("countries").begin_list();
    for (auto const& country : habits->countries) out.text(country);
    out.end_list().key("logins_by_hour").begin_list();
    for (auto const count : habits->hours) out.integer(count);
    out.end_list().end_object();
}

response without_cookies(exchange const& asked, response made)
{
    for (auto const kind : {cookie_kind::refresh, cookie_kind::session, cookie_kind::device})
        made.fields.emplace_back("Set-Cookie", clear_cookie(asked.settings(), kind));
    return made;
}

}  // namespace

response show_my_data(exchange& asked)
{
    return asked.reply(asked.cases().collect_data(asked.caller(), asked.origin()), [&](usecases::own_data const& data) {
        std::string body;
        json::writer out(body);
        out.begin_object();
        out.key("user");
        write_user(out, data.user);
        write_habits(out, data.user);
        write_list(out, "sessions", data.stored.families);
        write_list(out, "classic_sessions", data.stored.sessions);
        write_list(out, "links", data.stored.links);
        write_list(out, "api_keys", data.stored.keys);
        write_list(out, "recovery_codes", data.stored.recovery_codes);
        write_list(out, "login_attempts", data.stored.attempts);
        out.key("events").begin_list();
        for (auto const& row : data.stored.events) write(out, row, data.user.id);
        out.end_list();
        write_list(out, "anomalies", data.stored.anomalies);
        out.key("complete").boolean(data.complete);
        out.end_object();
        return json_answer(asked.matched().success, std::move(body));
    });
}

response erase_me(exchange& asked)
{
    return asked.reply(asked.cases().erase_account(asked.caller().user.id, asked.caller(), asked.origin()),
                       [&](done) { return without_cookies(asked, no_content(asked)); });
}

response erase_user(exchange& asked)
{
    auto const id = identity::user_id::parse(asked.param(0));
    if (!id) return asked.refuse(problem::user_not_found);
    return asked.reply(asked.cases().erase_account(*id, asked.caller(), asked.origin()), [&](done) { return no_content(asked); });
}

}  // namespace mb::http
