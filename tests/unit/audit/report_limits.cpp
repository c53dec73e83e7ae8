#include "tests/unit/audit/report_world.hpp"

using namespace mb;
using namespace mb::testing;
using audit::event_type;

namespace {

/// Reports that show three rows, of a log in which everything happened.
struct crowded : report_world {
    crowded()
    {
        usecases::report_limits few;
        few.rows_max = rows_max;
        run_few.emplace(store, store, clock, random, std::vector<std::string_view>{"/api/v1/known"}, few);
        for (int i = 0; i < 4; ++i) {
            auto const which = std::to_string(i);
            for (auto const& each : audit::events()) {
                row of{.type = each.type, .ago = 1h, .user = ana.id, .actor = eva.id, .ip = "ip " + which, .endpoint = "/admin/" + which, .ms = i};
                of.agent = "<script>";
                of.metadata = {{"entity", "things"}, {"what", "users"}, {"requests", "2"}, {"rule", "role"}, {"record_id", which}};
                add(of);
            }
            for (int failure = 0; failure < 21; ++failure) attempt_from("ip " + which, false, 30min + failure * 1s, "E" + which, which);
            attempt_from("ip " + which, true, 10min, "E" + which, which);
            add({.type = event_type::password_changed, .user = eva.id, .ip = "elsewhere " + which});
        }
        add({.type = event_type::login_succeeded});  // without an address, an actor or an endpoint
        add({.type = event_type::password_changed});
        add({.type = event_type::path_unknown, .metadata = {{"other", "1"}}});
        add({.type = event_type::injection_attempted});
    }
    usecases::finished_report few(usecases::report_entry const& which) { return granted((*run_few)(which, {}, admin(), request())); }

    static constexpr std::size_t rows_max = 3;
    std::optional<usecases::run_report> run_few;
};

}  // namespace

TEST_CASE_METHOD(crowded, "no report shows more rows than the limit, and each row has a cell for each column")
{
    for (auto const& each : usecases::reports()) {
        INFO(each.name);
        auto const all = granted(run(each, {}, admin(), request()));
        CHECK(all.complete);
        auto const some = few(each);
        // an hour of the week is one of 168, whatever happens
        if (each.name != "activity-by-hour") CHECK(some.table.rows.size() == std::min(rows_max, all.table.rows.size()));
        for (auto const& cells : all.table.rows) CHECK(cells.size() == all.table.columns.size());
        CHECK_FALSE(all.table.rows.empty());
    }
}

TEST_CASE_METHOD(crowded, "whichever allocation fails while a report is made, that is felt, and the next one is whole")
{
    for (auto const& each : usecases::reports()) {
        INFO(each.name);
        auto const before = lines(granted(run(each, {}, admin(), request())));
        auto const who = admin();
        auto const from = request();
        int failed = 0;
        for (;; ++failed) {
            REQUIRE(failed < 100'000);
            short_memory::after(failed);
            try {
                auto const said = run(each, {}, who, from);
                short_memory::never();
                break;
            } catch (std::bad_alloc const&) {
                short_memory::never();
            }
        }
        CHECK(failed > 0);
        CHECK(lines(granted(run(each, {}, admin(), request()))) == before);
    }
}

TEST_CASE_METHOD(report_world, "rows without an address, an actor or an endpoint are in the reports that need none, and in no other")
{
    add({.type = event_type::injection_attempted, .agent = "x"});
    add({.type = event_type::path_unknown, .metadata = {{"other", "7"}}});
    CHECK(answer_of("undocumented-endpoints") == std::vector<std::string>{"- unknown path 1 " + time(1h) + ' ' + time(1h)});
    CHECK(answer_of("injection-attempts") == std::vector<std::string>{"- request 1 " + time(1h) + ' ' + time(1h)});
    CHECK(answer_of("response-targets").empty());
    CHECK(answer_of("time-per-operation").empty());
    CHECK(answer_of("endpoints-by-role").empty());
}

TEST_CASE_METHOD(report_world, "failures at one moment have no pause between them, and are perfectly steady")
{
    for (int i = 0; i < 20; ++i) attempt_from("machine", false, 1h);
    for (int i = 0; i < 19; ++i) attempt_from("person", false, 1h);
    CHECK(answer_of("timing-patterns") == std::vector<std::string>{"machine 20 1 0.000 1.000"});
}

TEST_CASE_METHOD(report_world, "of more rows than may be examined the newest are, to the millisecond")
{
    usecases::report_limits limits;
    limits.rows_examined_max = 5;
    usecases::run_report const few{store, store, clock, random, {}, limits};
    for (int i = 0; i < 12; ++i) attempt_from("ip", false, 1h + i * 1min);
    auto const made = granted(few(*usecases::report_named("logins-by-country"), {}, admin(), request()));
    CHECK_FALSE(made.complete);
    CHECK(lines(made) == std::vector<std::string>{"- 5 0 5 1 0"});
    limits.rows_examined_max = 12;
    usecases::run_report const enough{store, store, clock, random, {}, limits};
    auto const whole = granted(enough(*usecases::report_named("logins-by-country"), {}, admin(), request()));
    CHECK(whole.complete);
    CHECK(lines(whole) == std::vector<std::string>{"- 12 0 12 1 0"});
}

TEST_CASE_METHOD(report_world, "more rows than one page are read page by page, each once")
{
    REQUIRE(memory.transact([&](ports::transaction& tx) -> outcome<void> {
        for (int i = 0; i < 2001; ++i) {
            ports::login_attempt made;
            made.id = ports::new_id<audit::log_id>(random, clock.now());
            made.ip = identity::ip_hash{"ip"};
            made.at = clock.now() - 1h + std::chrono::microseconds{i};
            MB_CHECK(tx.login_attempts().append(made));
        }
        return {};
    }));
    CHECK(answer_of("logins-by-country") == std::vector<std::string>{"- 2001 0 2001 1 0"});
}

TEST_CASE_METHOD(report_world, "an agent that looks like an injection counts in a login as in a request, with or without an address")
{
    attempt_from("a", false, 2h, {}, "x", "<script>");
    attempt_from("a", true, 1h, {}, "x", "<script>");
    ports::login_attempt nowhere;
    nowhere.id = ports::new_id<audit::log_id>(random, clock.now());
    nowhere.user_agent = "<script>";
    nowhere.user = ana.id;
    nowhere.at = clock.now() - 1h;
    REQUIRE(memory.transact([&](ports::transaction& tx) { return tx.login_attempts().append(nowhere); }));
    CHECK(answer_of("injection-attempts")
          == std::vector<std::string>{"a user_agent 2 " + time(2h) + ' ' + time(1h), "- user_agent 1 " + time(1h) + ' ' + time(1h)});
    CHECK(answer_of("logins-by-country") == std::vector<std::string>{"- 3 1 2 1 1"});
    CHECK(answer_of("timing-patterns").empty());
    CHECK(answer_of("attacking-addresses").empty());
}
