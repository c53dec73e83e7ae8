#include "adapters/runtime/counters_with_fallback.hpp"

#include <catch2/catch.hpp>

#include <set>
#include <string>

using namespace mb;
using namespace std::chrono_literals;

namespace {

/// Counts that can be lost; nothing leaves them.
class losable final : public ports::rolling_counters {
public:
    outcome<std::vector<std::size_t>> note(std::span<ports::sighting const> seen) override
    {
        if (lost) return error{errc::unavailable, "test", ""};
        std::vector<std::size_t> counts;
        for (auto const& each : seen) {
            members.insert(std::string(each.member));
            counts.push_back(members.size());
        }
        return counts;
    }
    bool lost = false;
    std::set<std::string> members;
};

struct two_counters {
    losable shared;
    losable own;
    runtime::counters_with_fallback counters{shared, own};

    std::size_t note(std::string const& member)
    {
        ports::sighting const seen{"k", member, 1h};
        return counters.note({&seen, 1}).value().at(0);
    }
};

}  // namespace

TEST_CASE_METHOD(two_counters, "while the shared counts answer, they are the answer", "[runtime][counters]")
{
    shared.members = {"seen", "by", "others"};
    CHECK(note("a") == 4);
    CHECK(note("b") == 5);
    CHECK(counters.alone() == 0);
}

TEST_CASE_METHOD(two_counters, "where they are lost a server goes on from what it has seen by itself, and comes back", "[runtime][counters]")
{
    shared.members = {"seen", "by", "others"};
    note("a");
    note("b");
    shared.lost = true;
    CHECK(note("c") == 3);
    CHECK(note("a") == 3);
    CHECK(counters.alone() == 2);
    shared.lost = false;
    CHECK(note("d") == 6);
    CHECK(counters.alone() == 2);
}

TEST_CASE_METHOD(two_counters, "only where both are lost nobody knows", "[runtime][counters]")
{
    shared.lost = true;
    own.lost = true;
    ports::sighting const seen{"k", "a", 1h};
    auto const said = counters.note({&seen, 1});
    REQUIRE_FALSE(said);
    CHECK(said.error().code == errc::unavailable);
}
