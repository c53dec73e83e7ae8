#include "core/domain/base/text.hpp"
#include "tests/adapters/sqlite/support.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

// Erasing a person is tested against the schema itself, not against a list of tables: a table that is added later is looked at too.

using namespace mb;
using namespace mb::sqlite::testing;
using namespace std::chrono_literals;

namespace {

// numbers that no other identity here has
identity::user const ana = sample_user(1'001);
identity::user const eva = sample_user(1'002);

/// One row of everything that can hold a user.
outcome<void> fill(ports::transaction& tx, identity::user const& who, std::uint64_t number)
{
    MB_CHECK(tx.users().insert(who));
    MB_CHECK(tx.families().save(sample_family(number, who.id)));
    tokens::session session;
    session.id = numbered<tokens::session_id>(number);
    session.owner = who.id;
    session.digest.fill(static_cast<std::uint8_t>(number));
    session.expires_at = start + 1h;
    MB_CHECK(tx.sessions().save(session));
    tokens::api_key key;
    key.id = numbered<tokens::api_key_id>(number);
    key.owner = who.id;
    key.digest.fill(static_cast<std::uint8_t>(number));
    MB_CHECK(tx.api_keys().save(key));
    identity::email_token link;
    link.id = numbered<identity::email_token_id>(number);
    link.owner = who.id;
    MB_CHECK(tx.email_tokens().save(link));
    MB_CHECK(tx.second_factors().save({who.id, secret{std::string(20, 'k')}, 7}));
    MB_CHECK(tx.second_factors().replace_recovery_codes(who.id, {{numbered<identity::recovery_code_id>(number), who.id, {}, start, {}}}));
    auto about = sample_event(number);
    about.user = who.id;
    about.ip = identity::ip_hash{"ip"};
    MB_CHECK(tx.audit().append(about));
    auto by = sample_event(100 + number);
    by.actor = who.id;
    MB_CHECK(tx.audit().append(by));
    MB_CHECK(tx.login_attempts().append({numbered<audit::log_id>(number), who.id, "pseudonym", identity::ip_hash{"ip"},
                                         numbered<tokens::family_id>(number), true, "", "agent", start}));
    anomaly::finding seen;
    seen.id = numbered<audit::log_id>(number);
    seen.subject = "pseudonym";
    seen.user = who.id;
    seen.reviewed_at = start;
    seen.reviewed_by = who.id;
    MB_CHECK(tx.anomalies().save(seen));
    return tx.outbox().append(
        {numbered<notify::message_id>(number), notify::message_kind::password_changed, who.address, notify::language::es, {}, start, start + 1h});
}

std::vector<std::string> tables(std::string const& path) { return ask(path, "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"); }

/// Rows of every column of every table that hold this user, as "table.column".
std::vector<std::string> traces(std::string const& path, identity::user const& who)
{
    auto const id = "x'" + hex({reinterpret_cast<char const*>(who.id.bytes.data()), who.id.bytes.size()}) + "'";
    std::vector<std::string> found;
    for (auto const& table : tables(path))
        for (auto const& column : ask(path, "SELECT name FROM pragma_table_info('" + table + "')")) {
            auto const rows = ask(path, "SELECT count(*) FROM \"" + table + "\" WHERE \"" + column + "\" = " + id + " OR instr(CAST(\"" + column
                                            + "\" AS TEXT), '" + who.address.text() + "') > 0 OR CAST(\"" + column + "\" AS TEXT) = '"
                                            + who.name->text() + "' OR CAST(\"" + column + "\" AS TEXT) = '" + *who.display_name + "'");
            if (rows.at(0) != "0") found.push_back(table + "." + column);
        }
    return found;
}

}  // namespace

TEST_CASE("erasing a user leaves no trace of them in any column of any table but the account's own identity")
{
    folder const here;
    auto const path = here.file("db");
    auto const store = fresh_store(path);
    REQUIRE(store->transact([](ports::transaction& tx) -> outcome<void> {
        MB_CHECK(fill(tx, ana, 1));
        return fill(tx, eva, 2);
    }));
    auto const before = traces(path, eva);
    REQUIRE(store->transact([](ports::transaction& tx) -> outcome<void> {
        MB_CHECK(tx.outbox().erase(ana.address));
        return tx.dossiers().erase(ana.id, start + 1h);
    }));
    CHECK(traces(path, ana) == std::vector<std::string>{"users.id"});
    CHECK(traces(path, eva) == before);
    CHECK(ask(path, "SELECT count(*) FROM users WHERE mfa_secret IS NOT NULL OR mfa_last_step IS NOT NULL") == std::vector<std::string>{"1"});
    CHECK(ask(path, "SELECT count(*) FROM outbox") == std::vector<std::string>{"1"});
    CHECK(ask(path, "SELECT count(*) FROM audit_logs") == std::vector<std::string>{"4"});
    CHECK(ask(path, "SELECT deleted_at FROM users ORDER BY id") == std::vector<std::string>{std::to_string(to_micros(start + 1h)), ""});
}

TEST_CASE("every table that refers to users is filled by the test above, so that none is forgotten")
{
    folder const here;
    auto const path = here.file("db");
    auto const store = fresh_store(path);
    REQUIRE(store->transact([](ports::transaction& tx) { return fill(tx, ana, 1); }));
    std::vector<std::string> referring;
    for (auto const& table : tables(path))
        for (auto const& column : ask(path, "SELECT \"from\" FROM pragma_foreign_key_list('" + table + "') WHERE \"table\" = 'users'")) {
            referring.push_back(table + "." + column);
            INFO(referring.back());
            CHECK(ask(path, "SELECT count(*) FROM \"" + table + "\" WHERE \"" + column + "\" IS NOT NULL").at(0) != "0");
        }
    CHECK(referring.size() >= 8);
}
