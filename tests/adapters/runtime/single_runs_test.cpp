#include "adapters/runtime/single_runs.hpp"

#include "adapters/memory/shared/memory_job_turns.hpp"
#include "tests/fakes/manual_clock.hpp"
#include "tests/fakes/randomness.hpp"

#include <catch2/catch.hpp>

#include <stdexcept>

using namespace mb;
using namespace std::chrono_literals;

namespace {

struct two_servers {
    fakes::manual_clock clock;
    fakes::counting_randomness random;
    memory::memory_job_turns turns{clock, random};
    runtime::single_runs one{turns, 10s};
    runtime::single_runs other{turns, 10s};

    bool runs(runtime::single_runs& where, std::string_view job)
    {
        bool ran = false;
        auto const said = where.run(job, [&] { ran = true; });
        CHECK(ran == (said == runtime::single_runs::ran::here));
        return ran;
    }
};

/// Nobody knows who has a turn.
class no_turns final : public ports::job_turns {
public:
    outcome<std::optional<ports::job_turn>> take(std::string_view, duration) override { return error{errc::unavailable, "test", ""}; }
    outcome<ports::turn_state> renew(ports::job_turn const&, duration) override { return error{errc::unavailable, "test", ""}; }
    outcome<void> give_back(ports::job_turn const&) override { return error{errc::unavailable, "test", ""}; }
};

}  // namespace

TEST_CASE_METHOD(two_servers, "a job runs on one server at a time", "[runtime][turns]")
{
    bool other_ran = true;
    bool other_job_ran = false;
    one.run("mail", [&] {
        other_ran = runs(other, "mail");
        other_job_ran = runs(other, "purge");
    });
    CHECK_FALSE(other_ran);
    CHECK(other_job_ran);
    CHECK(runs(other, "mail"));
}

TEST_CASE_METHOD(two_servers, "a job that takes long keeps its turn while it is renewed, and not longer", "[runtime][turns]")
{
    one.run("mail", [&] {
        for (int i = 0; i < 5; ++i) {
            clock.advance(9s);
            one.renew();
            CHECK_FALSE(runs(other, "mail"));
        }
        clock.advance(10s);
        CHECK(runs(other, "mail"));
        one.renew();
    });
}

TEST_CASE_METHOD(two_servers, "a job that throws gives its turn back", "[runtime][turns]")
{
    CHECK_THROWS_AS(one.run("mail", [] { throw std::runtime_error("no"); }), std::runtime_error);
    CHECK(runs(other, "mail"));
    one.renew();
    CHECK(runs(other, "mail"));
}

TEST_CASE("where nobody knows who has the turn the job runs", "[runtime][turns]")
{
    no_turns turns;
    runtime::single_runs alone(turns, 10s);
    bool ran = false;
    alone.run("mail", [&] {
        ran = true;
        alone.renew();
    });
    CHECK(ran);
}
