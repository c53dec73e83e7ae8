#include "tests/contract/shared_memories.hpp"
#include "tests/contract/steps.hpp"

#include <atomic>
#include <optional>
#include <set>
#include <thread>

using namespace mb;
using namespace mb::contract;
using ports::change_marks;
using namespace std::chrono_literals;

namespace {

identity::user_id user(std::uint8_t number)
{
    identity::user_id made;
    made.bytes[15] = number;
    return made;
}

change_marks::changes of(identity::user_id who) { return {{who}, false, true}; }

}  // namespace

TEST_CASE("marks stay while nothing changes, and a change gives up those of its user alone", "[contract][marks]")
{
    MB_ON_EVERY_SHARED_MEMORY(shared);
    auto& marks = shared->marks();
    auto const ana = must(marks.look(user(1)));
    auto const eva = must(marks.look(user(2)));
    CHECK(must(marks.look(user(1))) == ana);
    CHECK(must(marks.look(user(2))) == eva);
    marks.changed(of(user(1)));
    CHECK_FALSE(must(marks.look(user(1))) == ana);
    CHECK(must(marks.look(user(2))) == eva);
}

TEST_CASE("a change of the catalogue gives up everybody's marks", "[contract][marks]")
{
    MB_ON_EVERY_SHARED_MEMORY(shared);
    auto& marks = shared->marks();
    auto const ana = must(marks.look(user(1)));
    auto const eva = must(marks.look(user(2)));
    marks.changed({{}, true, true});
    CHECK_FALSE(must(marks.look(user(1))) == ana);
    CHECK_FALSE(must(marks.look(user(2))) == eva);
}

TEST_CASE("a change of several users gives up all of theirs, and one of nobody gives up none", "[contract][marks]")
{
    MB_ON_EVERY_SHARED_MEMORY(shared);
    auto& marks = shared->marks();
    auto const ana = must(marks.look(user(1)));
    auto const eva = must(marks.look(user(2)));
    auto const leo = must(marks.look(user(3)));
    marks.changed({});
    CHECK(must(marks.look(user(1))) == ana);
    marks.changed({{user(1), user(2)}, false, false});
    CHECK_FALSE(must(marks.look(user(1))) == ana);
    CHECK_FALSE(must(marks.look(user(2))) == eva);
    CHECK(must(marks.look(user(3))) == leo);
}

TEST_CASE("a mark that was given up never comes back", "[contract][marks]")
{
    MB_ON_EVERY_SHARED_MEMORY(shared);
    std::set<std::uint64_t> seen;
    for (int round = 0; round < 200; ++round) {
        seen.insert(must(shared->marks().look(user(1))).user);
        shared->marks().changed(of(user(1)));
    }
    CHECK(seen.size() == 200);
}

TEST_CASE("what is kept under equal marks is never older than a change that was answered", "[contract][marks][race]")
{
    MB_ON_EVERY_SHARED_MEMORY(shared);
    auto& marks = shared->marks();
    std::atomic<int> stored = 0;    // what a store holds
    std::atomic<int> answered = 0;  // the last change that somebody was told of
    std::atomic<int> stale = 0;
    std::atomic<int> failed = 0;
    std::atomic<bool> done = false;
    {
        auto const read_on = [&] {
            struct reading {
                change_marks::seen under;
                int value;
            };
            std::optional<reading> kept;
            while (!done) {
                auto const least = answered.load();
                auto const seen = marks.look(user(1));
                if (!seen) {
                    ++failed;
                    continue;
                }
                if (!kept || !(kept->under == *seen)) kept = reading{*seen, stored.load()};
                if (kept->value < least) ++stale;
            }
        };
        std::jthread const one(read_on);
        std::jthread const other(read_on);
        for (int round = 1; round <= 500; ++round) {
            stored = round;
            marks.changed(of(user(1)));
            answered = round;
        }
        done = true;
    }
    CHECK(stale == 0);
    CHECK(failed == 0);
}
