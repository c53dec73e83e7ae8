#include "tests/contract/shared_memories.hpp"
#include "tests/contract/steps.hpp"

#include <algorithm>
#include <mutex>
#include <numeric>
#include <string>
#include <thread>
#include <vector>

using namespace mb;
using namespace mb::contract;
using ports::rolling_counters;
using ports::sighting;
using namespace std::chrono_literals;

namespace {

std::size_t note(rolling_counters& on, std::string_view key, std::string_view member, duration window = 1h, duration ago = 0s)
{
    sighting const seen{key, member, window, ago};
    return must(on.note({&seen, 1})).at(0);
}

}  // namespace

TEST_CASE("what is different counts once each, under each key apart", "[contract][counters]")
{
    MB_ON_EVERY_SHARED_MEMORY(shared);
    auto& counters = shared->counters();
    CHECK(note(counters, "logins", "a") == 1);
    CHECK(note(counters, "logins", "b") == 2);
    CHECK(note(counters, "logins", "a") == 2);
    CHECK(note(counters, "logins", "c") == 3);
    CHECK(note(counters, "refreshes", "a") == 1);
    for (auto const& key : {std::string("a"), std::string("a\0", 2), std::string("a\r\n"), std::string(4096, 'a'), std::string()}) {
        CHECK(note(counters, key, std::string("m\0\r\n", 4)) == 1);
        CHECK(note(counters, key, "") == 2);
    }
}

TEST_CASE("several sightings are noted in their order and answered each", "[contract][counters]")
{
    MB_ON_EVERY_SHARED_MEMORY(shared);
    std::vector<sighting> const seen{{"one", "a", 1h}, {"two", "a", 1min}, {"one", "b", 1h}, {"one", "a", 1h}};
    CHECK(must(shared->counters().note(seen)) == std::vector<std::size_t>{1, 1, 2, 2});
    CHECK(must(shared->counters().note({})).empty());
}

TEST_CASE("what was seen leaves the window, and what is seen again stays in it", "[contract][counters]")
{
    MB_ON_EVERY_SHARED_MEMORY(shared);
    auto& counters = shared->counters();
    constexpr auto window = 400ms;
    CHECK(note(counters, "k", "a", window) == 1);
    CHECK(note(counters, "k", "b", window) == 2);
    shared->let_pass(250ms);
    CHECK(note(counters, "k", "a", window) == 2);
    shared->let_pass(250ms);
    CHECK(note(counters, "k", "c", window) == 2);  // b has left
    shared->let_pass(500ms);
    CHECK(note(counters, "k", "d", window) == 1);
}

TEST_CASE("what was seen a while ago leaves as much earlier, and isn't counted at all once it would have left", "[contract][counters]")
{
    MB_ON_EVERY_SHARED_MEMORY(shared);
    auto& counters = shared->counters();
    constexpr auto window = 600ms;
    CHECK(note(counters, "k", "old", window, 600ms) == 0);
    CHECK(note(counters, "k", "older", window, 1h) == 0);
    CHECK(note(counters, "k", "a", window, 400ms) == 1);
    CHECK(note(counters, "k", "b", window) == 2);
    CHECK(note(counters, "k", "b", window, 500ms) == 2);  // the later time holds
    shared->let_pass(300ms);
    CHECK(note(counters, "k", "b", window, 599ms) == 1);  // a has left, b has not
}

TEST_CASE("counts are exact up to the most that is counted, and no more is kept", "[contract][counters]")
{
    MB_ON_EVERY_SHARED_MEMORY(shared);
    auto& counters = shared->counters();
    std::vector<std::string> names(rolling_counters::members_max);
    std::vector<sighting> seen;
    for (std::size_t i = 0; i < names.size(); ++i) {
        names[i] = "m" + std::to_string(i);
        seen.push_back({"k", names[i], 1h});
    }
    std::vector<std::size_t> counts;
    for (std::size_t i = 0; i < seen.size(); i += 100) {
        auto const some = must(counters.note(std::span(seen).subspan(i, 100)));
        counts.insert(counts.end(), some.begin(), some.end());
    }
    std::vector<std::size_t> wanted(names.size());
    std::iota(wanted.begin(), wanted.end(), std::size_t{1});
    CHECK(counts == wanted);
    CHECK(note(counters, "k", "one more") == rolling_counters::members_max);
    CHECK(note(counters, "k", "and another") == rolling_counters::members_max);
}

TEST_CASE("of many who are noted at once each finds a count of its own", "[contract][counters][race]")
{
    MB_ON_EVERY_SHARED_MEMORY(shared);
    for (int round = 0; round < 200; ++round) {
        auto const key = "k" + std::to_string(round);
        std::mutex mutex;
        std::vector<std::size_t> counts;
        {
            std::vector<std::jthread> clients;
            for (int c = 0; c < 3; ++c)
                clients.emplace_back([&, c] {
                    for (int i = 0; i < 3; ++i) {
                        auto const member = std::to_string(c) + ":" + std::to_string(i);
                        sighting const seen{key, member, 1h};
                        auto const said = shared->counters().note({&seen, 1});
                        std::scoped_lock const lock(mutex);
                        counts.push_back(said ? said->at(0) : 0);
                    }
                });
        }
        std::ranges::sort(counts);
        REQUIRE(counts == std::vector<std::size_t>{1, 2, 3, 4, 5, 6, 7, 8, 9});
    }
}
