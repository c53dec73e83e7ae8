#include "tests/unit/access/world.hpp"

#include "core/domain/base/text.hpp"
#include "tests/unit/access/short_memory.hpp"

#include <algorithm>
#include <sstream>
#include <utility>

namespace mb::testing {
namespace {

constexpr std::string_view right_password = "right password";

/// The statuses that the edge would answer, as far as the tests look at them.
int status_of(std::optional<problem> refused, int success)
{
    if (!refused) return success;
    switch (*refused) {
        case problem::account_locked: return 423;
        case problem::email_not_verified:
        case problem::account_disabled:
        case problem::forbidden: return 403;
        default: return 401;
    }
}

/// What Catch2 allocates for its report is not counted where memory runs short.
void must_hold(bool claim)
{
    short_memory::counting const paused(false);
    REQUIRE(claim);
}

template <class Read>
auto look(ports::store& store, Read read)
{
    auto found = ports::read(store, read);
    must_hold(found.has_value());
    return *std::move(found);
}

std::string shown(std::optional<instant> at) { return at ? std::to_string(to_micros(*at)) : "-"; }

void write(std::ostream& out, identity::user const& each)
{
    out << each.id.text() << ' ' << each.address.text() << ' ' << (each.name ? each.name->text() : "-") << ' ' << each.display_name.value_or("-")
        << ' ' << each.password_hash.value_or("-") << ' ' << each.email_verified << ' ' << identity::name_of(each.status) << ' ' << each.authz_version
        << ' ' << shown(each.updated_at) << ' ' << shown(each.last_login_at) << ' ' << each.second_factor;
    for (auto const& role : each.roles) out << ' ' << role;
    out << '\n';
}

void write(std::ostream& out, tokens::family const& each)
{
    out << each.id.text() << ' ' << each.kid << ' ' << each.current_jti.text() << ' ' << each.access_jti.text() << ' ' << shown(each.rotated_at)
        << ' ' << shown(each.expires_at) << '\n';
}

void write(std::ostream& out, identity::email_token const& each)
{
    out << "link " << each.id.text() << ' ' << each.failed_attempts << ' ' << each.validations << ' ' << shown(each.used_at) << ' '
        << shown(each.mailed_at) << ' ' << shown(each.cooling_until) << ' ' << each.blocked_reason.value_or("-") << '\n';
}

}  // namespace

world::world()
{
    granted(prepare_store({secret{std::string(32, 'k')}, usecases::first_admin{"root@example.org", secret{right_password}}}, {}));
    must_hold(catalogues.refresh().has_value());
}

audit::origin world::request() const
{
    audit::origin from;
    from.correlation.bytes.fill(0xc0);
    from.endpoint = "/api/v1/test";
    from.http_method = "POST";
    from.ip = identity::ip_hash{"hashed-address"};
    from.user_agent = "agent";
    from.arrived = clock.now();
    from.status_of = status_of;
    return from;
}

identity::user world::make_user(std::string const& email, std::vector<std::string> roles)
{
    return granted(create_user({email, secret{right_password}, std::nullopt, std::nullopt, std::move(roles)}, request()));
}

outcome<answer<usecases::token_pair>> world::attempt(std::string const& identifier, std::string_view password)
{
    return straight(log_in({identifier, secret{password}}, request()));
}

usecases::token_pair world::enter(std::string const& identifier) { return granted(attempt(identifier, right_password)); }

usecases::caller world::caller_of(usecases::token_pair const& pair) { return granted(authenticate(pair.access_token)); }

usecases::caller world::admin() { return {user("root@example.org"), std::nullopt, catalogues.current(), {}, clock.now(), {}}; }

identity::user world::user(std::string const& email)
{
    auto found = look(memory, [&](ports::transaction& tx) { return tx.users().find(identity::email::restore(email)); });
    must_hold(found.has_value());
    return *found;
}

std::optional<tokens::family> world::family(tokens::family_id id)
{
    return look(memory, [&](ports::transaction& tx) { return tx.families().find(id); });
}

std::vector<audit::event> world::events(std::size_t limit)
{
    return look(memory, [&](ports::transaction& tx) { return tx.audit().newest(limit); });
}

std::vector<ports::login_attempt> world::attempts()
{
    return look(memory, [](ports::transaction& tx) { return tx.login_attempts().newest(1000); });
}

std::vector<anomaly::finding> world::anomalies()
{
    ports::anomaly_filter all;
    all.limit = 1000;
    return look(memory, [&](ports::transaction& tx) { return tx.anomalies().page(all); }).findings;
}

std::vector<ports::outbox_entry> world::mails()
{
    return look(memory, [](ports::transaction& tx) { return tx.outbox().newest(1000); });
}

std::vector<std::string> world::event_names(std::size_t before)
{
    auto rows = events();
    std::ranges::reverse(rows);
    std::vector<std::string> names;
    for (std::size_t i = before; i < rows.size(); ++i) names.emplace_back(audit::entry_of(rows[i].type).name);
    return names;
}

std::string world::dump()
{
    std::ostringstream out;
    ports::user_filter everybody;
    everybody.limit = 1000;
    auto const read = memory.read([&](ports::transaction& tx) -> outcome<void> {
        MB_TRY(auto const users, tx.users().list(everybody));
        for (auto const& each : users) {
            write(out, each);
            MB_TRY(auto const families, tx.families().list_active(each.id, clock.now(), std::nullopt, 1000));
            for (auto const& held : families) write(out, held);
            for (auto const type : {identity::email_token_type::verify_email, identity::email_token_type::password_reset}) {
                MB_TRY(auto const link, tx.email_tokens().newest(each.id, type));
                if (link) write(out, *link);
            }
            MB_TRY(auto const keys, tx.api_keys().list(each.id, std::nullopt, 1000));
            for (auto const& key : keys)
                out << "api key " << key.id.text() << ' ' << key.prefix << ' ' << shown(key.last_used_at) << ' ' << shown(key.revoked_at) << '\n';
            for (auto const& counted : {usecases::lockout_identity(&each, "", digests), usecases::factor_lockout_identity(each.id, digests)}) {
                MB_TRY(auto const counter, tx.lockouts().find(counted, ""));
                if (counter) out << "failures " << counter->failures << ' ' << shown(counter->locked_until) << '\n';
            }
            MB_TRY(auto const factor, tx.second_factors().find(each.id));
            if (factor) out << "factor " << base64url(factor->key.reveal()) << ' ' << factor->last_step.value_or(-1) << '\n';
            MB_TRY(auto const codes, tx.second_factors().recovery_codes(each.id));
            for (auto const& code : codes) out << "code " << code.id.text() << ' ' << shown(code.used_at) << '\n';
        }
        MB_TRY(auto const revision, tx.catalogue().current());
        out << "revision " << revision << '\n';
        MB_TRY(auto const roles, tx.roles().list());
        for (auto const& each : roles)
            out << "role " << each.name << ' ' << each.version << ' ' << each.administers << ' ' << each.permissions.size() << '\n';
        MB_TRY(auto const keys, tx.signing_keys().list());
        for (auto const& key : keys) out << "key " << key.kid << ' ' << tokens::name_of(key.state) << '\n';
        return {};
    });
    must_hold(read.has_value());
    for (auto const& each : events()) out << each.id.text() << '\n';
    for (auto const& each : attempts()) out << each.id.text() << '\n';
    for (auto const& each : anomalies()) out << each.id.text() << ' ' << each.numbers.counted << ' ' << shown(each.reviewed_at) << '\n';
    for (auto const& each : mails()) out << each.message.id.text() << ' ' << each.attempts << ' ' << shown(each.sent_at) << '\n';
    return out.str();
}

std::string value_of(audit::event const& row, std::string_view key)
{
    auto const found = std::ranges::find_if(row.metadata, [&](auto const& entry) { return entry.first == key; });
    return found == row.metadata.end() ? "" : found->second;
}

}  // namespace mb::testing
