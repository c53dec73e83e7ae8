#include "core/domain/audit/suspicion.hpp"
#include "core/usecases/operations/list_attempts.hpp"
#include "core/usecases/operations/stray_requests.hpp"
#include "tests/unit/audit/report_world.hpp"

#include <algorithm>
#include <set>

using namespace mb;
using namespace mb::testing;
using namespace std::chrono_literals;
using audit::event_type;

namespace {

using lines_of = std::vector<std::string>;

}  // namespace

TEST_CASE("there are the twelve questions of seed 002, each under a name of its own")
{
    std::set<std::string_view> names;
    for (auto const& each : usecases::reports()) {
        CHECK(usecases::report_named(each.name) == &each);
        CHECK_FALSE(each.question.empty());
        names.insert(each.name);
    }
    CHECK(names.size() == 12);
    CHECK(usecases::report_named("nosuch") == nullptr);
}

TEST_CASE_METHOD(report_world, "logins are counted by country in the last day, and apart where nobody could tell")
{
    attempt_from("a", true, 1h, "ES");
    attempt_from("a", false, 2h, "ES");
    attempt_from("b", false, 3h, "ES");
    attempt_from("c", false, 4h, "FR");
    attempt_from("d", true, 5h);
    attempt_from("d", true, 25h, "DE");
    CHECK(answer_of("logins-by-country") == lines_of{"ES 3 1 2 2 0", "- 1 1 0 1 0", "FR 1 0 1 1 0"});
    CHECK(answer_of("logins-by-country", {clock.now() - 26h, clock.now() - 24h, {}}) == lines_of{"DE 1 1 0 1 0"});
}

TEST_CASE_METHOD(report_world, "an address that attacked before shows where it got in, others don't")
{
    for (int i = 0; i < 10; ++i) attempt_from("guesser", false, std::chrono::days{20} + std::chrono::seconds{i});
    for (int i = 0; i < 9; ++i) attempt_from("clumsy", false, std::chrono::days{20} + std::chrono::seconds{i});
    add({.type = event_type::token_theft, .ago = std::chrono::days{10}, .ip = "thief"});
    add({.type = event_type::escalation_attempted, .ago = 1h, .ip = "stayed out"});
    for (auto const* ip : {"guesser", "clumsy", "thief", "honest"}) attempt_from(ip, true, 2h);
    attempt_from("thief", true, 3h);
    CHECK(answer_of("attacking-addresses") == lines_of{"guesser 1 0 10 0 " + time(2h), "thief 2 0 0 1 " + time(2h)});
}

TEST_CASE_METHOD(report_world, "a password change from an address that its owner never came from shows")
{
    add({.type = event_type::login_succeeded, .ago = std::chrono::days{60}, .user = ana.id, .ip = "home"});
    add({.type = event_type::login_succeeded, .ago = std::chrono::days{2}, .user = eva.id, .ip = "cafe"});
    add({.type = event_type::password_changed, .ago = 3h, .user = ana.id, .ip = "home"});
    add({.type = event_type::reset_completed, .ago = 2h, .user = ana.id, .ip = "cafe"});
    add({.type = event_type::password_changed, .ago = 1h, .user = eva.id, .ip = "cafe"});
    add({.type = event_type::password_changed, .ago = std::chrono::days{8}, .user = eva.id, .ip = "elsewhere"});
    CHECK(answer_of("unusual-password-changes") == lines_of{time(2h) + ' ' + ana.id.text() + " RESET_COMPLETADO cafe agent 1"});
}

TEST_CASE_METHOD(report_world, "endpoints are counted for each role that their callers hold")
{
    for (int i = 0; i < 3; ++i) add({.actor = ana.id, .endpoint = "/a"});
    for (int i = 0; i < 2; ++i) add({.user = eva.id, .endpoint = "/b"});
    add({.endpoint = "/nobody"});
    add({.ago = std::chrono::days{8}, .actor = ana.id, .endpoint = "/a"});
    CHECK(answer_of("endpoints-by-role") == lines_of{"editor POST /a 3", "viewer POST /a 3", "user POST /b 2"});
}

TEST_CASE_METHOD(report_world, "the time of each operation is told by average and by rank")
{
    for (std::int64_t i = 1; i <= 100; ++i) add({.endpoint = "/slow", .ms = i});
    add({.endpoint = "/once", .ms = 7});
    CHECK(answer_of("time-per-operation") == lines_of{"POST /slow 100 50.50 50 95 99 100", "POST /once 1 7.000 7 7 7 7"});
}

TEST_CASE_METHOD(report_world, "activity is told by the hour of the week, beside an average hour")
{
    auto const monday = std::chrono::sys_days{std::chrono::floor<std::chrono::days>(clock.now())}
                        - (std::chrono::weekday{std::chrono::floor<std::chrono::days>(clock.now())} - std::chrono::Monday);
    auto const ago = [&](duration into_week) { return clock.now() - (monday - std::chrono::days{7} + into_week); };
    for (int i = 0; i < 6; ++i) add({.ago = ago(9h + 30min)});
    add({.ago = ago(10h - 1us)});
    add({.ago = ago(10h)});
    usecases::report_wanted const week{monday - std::chrono::days{7}, monday, {}};
    CHECK(answer_of("activity-by-hour", week) == lines_of{"1 9 7 147.0", "1 10 1 21.00"});
}

TEST_CASE_METHOD(report_world, "who took or changed what is listed, newest first")
{
    add({.type = event_type::data_exported, .ago = 3h, .user = ana.id, .actor = ana.id, .ip = "a", .endpoint = "/me"});
    add({.type = event_type::record_changed, .ago = 2h, .actor = eva.id, .endpoint = "/r", .metadata = {{"entity", "books"}, {"record_id", "1"}}});
    add({.type = event_type::bulk_exported, .ago = 1h, .actor = eva.id, .endpoint = "/x", .metadata = {{"what", "audit_logs"}, {"rows", "9"}}});
    add({.type = event_type::logout, .ago = 1h, .actor = eva.id});
    CHECK(answer_of("sensitive-access")
          == lines_of{time(1h) + ' ' + eva.id.text() + " BULK_DATA_EXPORT audit_logs  /x -",
                      time(2h) + ' ' + eva.id.text() + " DATA_MODIFIED books 1 /r -",
                      time(3h) + ' ' + ana.id.text() + " SENSITIVE_DATA_ACCESSED   /me a"});
}

TEST_CASE_METHOD(report_world, "changes of the configuration by who administers nothing show, and attempts that were refused")
{
    auto const root = user("root@example.org").id;
    add({.type = event_type::role_changed, .ago = 5h, .actor = root, .endpoint = "/api/v1/admin/roles"});
    add({.type = event_type::role_changed, .ago = 4h, .actor = ana.id, .endpoint = "/api/v1/admin/roles"});
    add({.type = event_type::configuration_changed, .ago = 3h});
    add({.type = event_type::escalation_attempted,
         .ago = 2h,
         .actor = eva.id,
         .endpoint = "/api/v1/admin/roles",
         .metadata = {{"rule", "default:deny"}}});
    add({.type = event_type::permission_denied,
         .ago = 1h,
         .actor = eva.id,
         .endpoint = "/api/v1/metadata/entities",
         .metadata = {{"rule", "default:deny"}}});
    add({.type = event_type::permission_denied, .ago = 1h, .actor = eva.id, .endpoint = "/api/v1/entities/{id}/records"});
    CHECK(answer_of("configuration-changes")
          == lines_of{time(1h) + ' ' + eva.id.text() + " PERMISSION_DENIED POST /api/v1/metadata/entities refused default:deny -",
                      time(2h) + ' ' + eva.id.text() + " PRIVILEGE_ESCALATION_ATTEMPT POST /api/v1/admin/roles refused default:deny -",
                      time(4h) + ' ' + ana.id.text() + " ROLE_CHANGED POST /api/v1/admin/roles done  -"});
}

TEST_CASE_METHOD(report_world, "answers within the target are counted by day and endpoint, and one tick past it is too late")
{
    for (auto const ms : {100, 200, 201}) add({.endpoint = "/a", .ms = ms});
    auto const day = time(1h).substr(0, 10);
    CHECK(answer_of("response-targets", {{}, {}, 200}) == lines_of{day + " POST /a 3 2 66.66 200"});
    CHECK(answer_of("response-targets", {{}, {}, 201}) == lines_of{day + " POST /a 3 3 100.0 201"});
    CHECK(answer_of("response-targets") == lines_of{day + " POST /a 3 3 100.0 500"});
}

TEST_CASE_METHOD(report_world, "injections are counted by address and by where they were seen")
{
    add({.type = event_type::injection_attempted, .ago = 3h, .ip = "a", .metadata = {{"requests", "12"}}});
    add({.type = event_type::injection_attempted, .ago = 1h, .ip = "a", .metadata = {{"requests", "3"}}});
    add({.ago = 2h, .ip = "b", .agent = "Mozilla <script>alert(1)</script>"});
    add({.ago = 2h, .ip = "c"});
    CHECK(answer_of("injection-attempts") == lines_of{"a request 15 " + time(3h) + ' ' + time(1h), "b user_agent 1 " + time(2h) + ' ' + time(2h)});
}

TEST_CASE_METHOD(report_world, "requests for what isn't in the contract are counted by address")
{
    add({.type = event_type::path_unknown, .ago = 3h, .ip = "scanner", .metadata = {{"requests", "40"}}});
    add({.type = event_type::path_unknown, .ago = 1h, .metadata = {{"requests", "2"}}});
    add({.ago = 2h, .ip = "old", .endpoint = "/api/v0/gone"});
    add({.ago = 2h, .ip = "new", .endpoint = "/api/v1/known"});
    CHECK(answer_of("undocumented-endpoints")
          == lines_of{"scanner unknown path 40 " + time(3h) + ' ' + time(3h), "- unknown path 2 " + time(1h) + ' ' + time(1h),
                      "old /api/v0/gone 1 " + time(2h) + ' ' + time(2h)});
}

TEST_CASE_METHOD(report_world, "an address that fails often, fast and evenly shows, with how steady it is")
{
    for (int i = 0; i < 20; ++i) attempt_from("machine", false, 1h - std::chrono::milliseconds{100} * i, {}, i % 2 == 0 ? "x" : "y");
    for (int i = 0; i < 19; ++i) attempt_from("too few", false, 1h - std::chrono::milliseconds{100} * i);
    for (int i = 0; i < 30; ++i) attempt_from("too slow", false, 3h - std::chrono::seconds{6} * i);
    for (int i = 0; i < 30; ++i) attempt_from("gets in", true, 1h - std::chrono::milliseconds{100} * i);
    CHECK(answer_of("timing-patterns") == lines_of{"machine 20 2 100.0 1.000"});
}

TEST_CASE_METHOD(report_world, "a report says whether it is whole, and leaves the oldest rows out where it isn't")
{
    for (int i = 0; i < 30; ++i) add({.ago = 1h + std::chrono::minutes{i}, .endpoint = "/a"});
    CHECK(ask("time-per-operation").complete);
    usecases::report_limits few;
    few.rows_examined_max = 10;
    usecases::run_report const limited(store, store, clock, random, {}, few);
    auto const made = granted(limited(*usecases::report_named("time-per-operation"), {clock.now() - 10h, clock.now(), {}}, admin(), request()));
    CHECK_FALSE(made.complete);
    CHECK(lines(made).at(0).starts_with("POST /a 10 "));
}

TEST_CASE_METHOD(report_world, "reports and attempts are for who administers, and a time that ends before it begins is refused")
{
    usecases::caller const who{eva, std::nullopt, catalogues.current()};
    usecases::list_attempts const list(store, store, clock, random);
    CHECK(why(run(*usecases::report_named("sensitive-access"), {}, who, request())) == problem::forbidden);
    CHECK(why(list({}, who, request())) == problem::forbidden);
    CHECK(why(run(*usecases::report_named("sensitive-access"), {clock.now(), clock.now(), {}}, admin(), request())) == problem::invalid_parameter);
    attempt_from("a", true, 1h);
    CHECK(granted(list({}, admin(), request())).attempts.size() == 1);
}

TEST_CASE("injections are known however they are written, and plain texts aren't any")
{
    for (auto const* bad : {"<SCRIPT>alert(1)", "%3Cscript%3E", "1' OR '1'='1", "1'+or+1=1", "x UNION   SELECT password", "../../etc/passwd",
                            "${jndi:ldap://x}", "%3cscript", "x union\tselect", "x union\nselect", "x union\r\nselect", "a; DROP TABLE users",
                            "'; WAITFOR DELAY '0:0:5'", "javascript:alert(1)"}) {
        INFO(bad);
        CHECK(audit::looks_like_injection(bad));
    }
    for (auto const* good : {"", "O'Brien or Smith", "Mozilla/5.0 (X11; Linux x86_64)", "select a seat", "union of workers", "drop-down table",
                             "100% sure", "100%", "%3", "%zzscript", "%3zscript", "%z3script", "script", "a/../b", "1 = 1"}) {
        INFO(good);
        CHECK_FALSE(audit::looks_like_injection(good));
    }
    CHECK(audit::looks_like_injection(std::string(4096 - 7, 'x') + "<script"));
    CHECK_FALSE(audit::looks_like_injection(std::string(4096 - 6, 'x') + "<script"));
}

TEST_CASE_METHOD(world, "stray requests are written once for an address, however many there were")
{
    usecases::stray_requests strays;
    auto const before = events().size();
    CHECK(*strays.flush(store, clock, random) == 0);
    for (int i = 0; i < 1'000; ++i) strays.note(usecases::stray_kind::path_unknown, {"a"});
    for (int i = 0; i < 7; ++i) strays.note(usecases::stray_kind::injection, {"a"});
    CHECK(*strays.flush(store, clock, random) == 2);
    CHECK(event_names(before) == std::vector<std::string>{"RUTA_DESCONOCIDA", "INYECCION_DETECTADA"});
    CHECK(value_of(events(2).back(), "requests") == "1000");
    CHECK(events(1).front().ip == identity::ip_hash{"a"});
    CHECK(*strays.flush(store, clock, random) == 0);
}

TEST_CASE_METHOD(world, "many addresses make few rows, and no request is lost by that or by a failure")
{
    usecases::stray_requests strays;
    for (int i = 0; i < 3'000; ++i) strays.note(usecases::stray_kind::path_unknown, {"address " + std::to_string(i)});
    store.fail_next(fakes::outage_store::stage::commit, errc::unavailable);
    CHECK_FALSE(strays.flush(store, clock, random));
    strays.note(usecases::stray_kind::path_unknown, {"address 1"});
    auto const before = events().size();
    CHECK(*strays.flush(store, clock, random) == usecases::stray_requests::rows_max + 1);
    std::size_t total = 0;
    auto const rows = events();
    for (std::size_t i = 0; i < rows.size() - before; ++i) total += std::stoul(value_of(rows[i], "requests"));
    CHECK(total == 3'001);
}
