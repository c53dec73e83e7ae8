#include "core/usecases/operations/list_attempts.hpp"
#include "core/usecases/operations/list_events.hpp"
#include "core/usecases/operations/run_report.hpp"
#include "core/usecases/operations/seal_audit.hpp"
#include "core/usecases/operations/verify_audit.hpp"
#include "tests/unit/operations/brittle_world.hpp"

using namespace mb;
using namespace mb::testing;
using namespace std::chrono_literals;

TEST_CASE_METHOD(brittle_world, "whichever call of the storage fails, a look at the logs says so")
{
    enter("ana@example.org");
    REQUIRE(attempt("ana@example.org", "wrong password"));
    SECTION("each report")
    {
        usecases::run_report const run{store, store, clock, random, {"/api/v1/known"}, {}};
        for (auto const& each : usecases::reports()) {
            INFO(each.name);
            survives_every_failure([&] { return run(each, {}, admin(), request()); });
        }
    }
    SECTION("a report that looks at the last rows alone")
    {
        usecases::report_limits few;
        few.rows_examined_max = 1;
        usecases::run_report const run{store, store, clock, random, {}, few};
        survives_every_failure([&] { return run(*usecases::report_named("attacking-addresses"), {}, admin(), request()); });
    }
    SECTION("a page of events, and a file of them")
    {
        usecases::list_events const list(store, store, clock, random);
        survives_every_failure([&] { return list({}, admin(), request()); });
        survives_every_failure([&] { return list.to_file({}, "", admin(), request()); });
    }
    SECTION("a page of attempts")
    {
        usecases::list_attempts const list(store, store, clock, random);
        survives_every_failure([&] { return list({}, admin(), request()); });
    }
    SECTION("what somebody may not see is refused, or nothing is said")
    {
        usecases::run_report const run{store, store, clock, random, {}, {}};
        usecases::list_events const events(store, store, clock, random);
        usecases::list_attempts const attempts(store, store, clock, random);
        auto const who = ana();
        survives_every_failure([&] { return run(usecases::reports().front(), {}, who, request()); });
        survives_every_failure([&] { return events({}, who, request()); });
        survives_every_failure([&] { return events.to_file({}, "", who, request()); });
        survives_every_failure([&] { return attempts({}, who, request()); });
    }
    SECTION("sealing, and the verdict on what was sealed")
    {
        usecases::seal_audit const seal{store, clock, random, digests, {}};
        clock.advance(1h);
        survives_every_failure([&] { return seal(); });
        usecases::verify_audit const verify{store, digests};
        survives_every_failure([&] { return verify(std::nullopt, 100); });
    }
}
