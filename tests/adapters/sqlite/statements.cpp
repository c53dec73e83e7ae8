#include "adapters/sqlite/connection.hpp"
#include "tests/adapters/sqlite/support.hpp"

#include <catch2/catch.hpp>

using namespace mb;
using namespace mb::sqlite::testing;
using mb::sql::statement;

namespace {

std::unique_ptr<sqlite::connection> connect(std::string const& path, sqlite::access how = sqlite::access::writing)
{
    sqlite::options options;
    options.path = path;
    auto opened = sqlite::connection::open(options, how, seals());
    REQUIRE(opened);
    return *std::move(opened);
}

std::string plan_of(std::string const& path, std::string_view text)
{
    std::string plan;
    auto on = connect(path);
    std::string const explained = "EXPLAIN QUERY PLAN " + std::string(text);
    std::vector<sql::parameter> values;
    while (explained.find('$' + std::to_string(values.size() + 1)) != std::string::npos) values.emplace_back(std::int64_t{0});
    auto const ran = on->session().run(explained, values, [&](sql::row const& each) -> outcome<void> {
        plan += std::string(each.text(3)) + '\n';
        return {};
    });
    REQUIRE(ran);
    return plan;
}

}  // namespace

TEST_CASE("every fixed statement can be prepared against the schema")
{
    folder const here;
    (void)fresh_store(here.file("db"));
    auto on = connect(here.file("db"));
    for (std::size_t i = 0; i < sql::statements_total; ++i) {
        auto const what = static_cast<statement>(i);
        INFO(sql::common_text(what));
        auto const prepared = on->session().prepare(what);
        INFO((prepared ? "" : prepared.error().detail));
        CHECK(prepared);
    }
}

TEST_CASE("no statement that runs while people wait reads a whole table or sorts one")
{
    folder const here;
    (void)fresh_store(here.file("db"));
    for (auto const what :
         {statement::user_by_id,         statement::user_by_email,       statement::user_by_username,       statement::insert_user,
          statement::update_user,        statement::delete_user_roles,   statement::insert_user_role,       statement::count_active_users,
          statement::family_by_id,       statement::access_by_jti,       statement::access_by_previous_jti, statement::save_family,
          statement::active_families,    statement::revoke_families,     statement::purge_families,         statement::email_token_by_id,
          statement::save_email_token,   statement::newest_email_token,  statement::purge_email_tokens,     statement::lockout_by_key,
          statement::save_lockout,       statement::clear_lockouts,      statement::clear_lockout,          statement::purge_lockouts,
          statement::purge_signing_keys, statement::current_catalogue,   statement::advance_catalogue,      statement::due_messages,
          statement::mark_message_sent,  statement::mark_message_failed, statement::purge_messages,         statement::outbox_backlog,
          statement::entity_by_id,       statement::fields_of_entity,    statement::options_of_entity,      statement::next_number,
          statement::delete_fields,      statement::delete_entity,       statement::anomaly_by_id,          statement::open_anomaly,
          statement::save_anomaly,       statement::anonymise_anomalies, statement::anonymise_reviews,      statement::erase_anomalies,
          statement::erase_reviewer}) {
        auto const plan = plan_of(here.file("db"), sql::common_text(what));
        INFO(sql::common_text(what) << '\n' << plan);
        CHECK(plan.find("TEMP B-TREE") == std::string::npos);
        auto const scan = plan.find("SCAN ");
        // a range of an index that holds nothing but the rows that wait is no scan of the table
        CHECK((scan == std::string::npos || plan.find("USING COVERING INDEX outbox_waiting") != std::string::npos
               || plan.find("USING INDEX outbox_waiting") != std::string::npos));
    }
    for (auto const what : {statement::newest_events, statement::newest_attempts, statement::newest_messages}) {
        auto const plan = plan_of(here.file("db"), sql::common_text(what));
        INFO(sql::common_text(what) << '\n' << plan);
        CHECK(plan.find("USING INDEX") != std::string::npos);
        CHECK(plan.find("TEMP B-TREE") == std::string::npos);
    }
}

TEST_CASE("a text that is not one statement with parameters in their order is refused before it runs")
{
    folder const here;
    (void)open_store(here.file("db"));
    auto on = connect(here.file("db"));
    auto& session = on->session();
    for (std::string_view const text : {"SELECT $2, $1", "SELECT ?1", "SELECT 1; SELECT 2", "", "-- nothing"}) {
        INFO(text);
        auto const ran = session.run(text);
        REQUIRE_FALSE(ran);
        CHECK(ran.error().code == errc::unexpected);
    }
    CHECK(session.run("SELECT $1, $2, $1", {1, 2}));
    auto const short_of_values = session.run("SELECT $1, $2", {1});
    REQUIRE_FALSE(short_of_values);
    CHECK(short_of_values.error().code == errc::unexpected);
}

TEST_CASE("the session keeps as many texts as its limit, and drops the one that was used longest ago")
{
    folder const here;
    (void)open_store(here.file("db"));
    auto on = connect(here.file("db"));
    auto& session = on->session();
    auto const text = [](std::size_t number) { return "SELECT " + std::to_string(number); };
    for (std::size_t i = 0; i < sqlite::session::texts_max; ++i) REQUIRE(session.run(text(i)));
    CHECK(session.texts_kept() == sqlite::session::texts_max);
    REQUIRE(session.run(text(1'000)));
    CHECK(session.texts_kept() == sqlite::session::texts_max);
}

TEST_CASE("values keep their type and every byte on their way through the database")
{
    folder const here;
    (void)open_store(here.file("db"));
    auto on = connect(here.file("db"));
    std::string const nul_inside("a\0b", 3);
    int rows = 0;
    auto const ran = on->session().run("SELECT $1, $2, $3, $4, $5, $6",
                                       {std::int64_t{-9'223'372'036'854'775'807 - 1}, 0.1, nul_inside, sql::blob{nul_inside}, "", {}},
                                       [&](sql::row const& each) -> outcome<void> {
                                           ++rows;
                                           CHECK(each.integer(0) == std::int64_t{-9'223'372'036'854'775'807 - 1});
                                           CHECK(each.real(1) == 0.1);
                                           CHECK(each.text(2) == nul_inside);
                                           CHECK(each.bytes(3) == nul_inside);
                                           CHECK_FALSE(each.is_null(4));
                                           CHECK(each.text(4).empty());
                                           CHECK(each.is_null(5));
                                           return {};
                                       });
    REQUIRE(ran);
    CHECK(rows == 1);
}

TEST_CASE("the pragmas and switches that the design asks for are on")
{
    folder const here;
    (void)fresh_store(here.file("db"));
    auto const value = [](sqlite::connection& on, std::string_view pragma) {
        std::string found;
        REQUIRE(on.session().run(pragma, {}, [&](sql::row const& each) -> outcome<void> {
            found = each.text(0);
            return {};
        }));
        return found;
    };
    for (auto const how : {sqlite::access::writing, sqlite::access::reading}) {
        auto on = connect(here.file("db"), how);
        CHECK(value(*on, "PRAGMA journal_mode") == "wal");
        CHECK(value(*on, "PRAGMA synchronous") == "2");
        CHECK(value(*on, "PRAGMA foreign_keys") == "1");
        CHECK(value(*on, "PRAGMA trusted_schema") == "0");
        CHECK(value(*on, "PRAGMA temp_store") == "2");
        CHECK(value(*on, "PRAGMA busy_timeout") == "5000");
        CHECK(value(*on, "PRAGMA query_only") == (how == sqlite::access::reading ? "1" : "0"));
        auto const misspelled = on->session().run(R"(SELECT "no_such_column" FROM users)");
        CHECK_FALSE(misspelled);
        CHECK_FALSE(on->session().run("SELECT load_extension('x')"));
        CHECK_FALSE(on->session().run("DELETE FROM sqlite_schema"));
    }
    sqlite::options relaxed;
    relaxed.path = here.file("db");
    relaxed.synchronous = sqlite::durability::normal;
    auto opened = sqlite::connection::open(relaxed, sqlite::access::writing, seals());
    REQUIRE(opened);
    CHECK(value(**opened, "PRAGMA synchronous") == "1");
}
