#include "adapters/redis/near_change_marks.hpp"
#include "tests/fakes/plain_cryptography.hpp"
#include "tests/fakes/randomness.hpp"
#include "tests/redis/redis_server.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <thread>

using namespace mb;
using namespace mb::testing;
using namespace std::chrono_literals;
using steady = std::chrono::steady_clock;

namespace {

/// One replica with a near cache.
struct near_replica {
    near_replica(redis_server const& server, duration belief, std::uint64_t seed)
        : random(seed),
          client(server.options(1s), random),
          far(client, redis::key_names(digests), random, 300ms),
          marks(far, server.options(1s), belief)
    {
        hears();
    }
    bool hears()
    {
        auto const deadline = steady::now() + 30s;
        while (!marks.is_listening() && steady::now() < deadline) std::this_thread::sleep_for(2ms);
        return marks.is_listening();
    }
    std::uint64_t asked() const { return client.counted().calls; }

    fakes::counting_randomness random;
    fakes::plain_digester digests;
    redis::client client;
    redis::redis_change_marks far;
    redis::near_change_marks marks;
};

identity::user_id ana()
{
    identity::user_id made;
    made.bytes = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
    return made;
}

template <class Claim>
bool eventually(Claim claim)
{
    auto const deadline = steady::now() + 30s;
    while (steady::now() < deadline) {
        if (claim()) return true;
        std::this_thread::sleep_for(2ms);
    }
    return claim();
}

}  // namespace

TEST_CASE("a mark that was seen is believed without asking, until its time is over", "[redis][near]")
{
    redis_server const server;
    near_replica one(server, 200ms, 1);
    REQUIRE(one.marks.is_listening());
    auto const first = one.marks.look(ana()).value();
    auto const asked = one.asked();
    auto const began = steady::now();
    for (int i = 0; i < 100; ++i) {
        auto const seen = one.marks.look(ana()).value();
        if (steady::now() - began < 150ms) REQUIRE(seen == first);
    }
    if (steady::now() - began < 150ms) CHECK(one.asked() == asked);
    std::this_thread::sleep_for(200ms);
    CHECK(one.marks.look(ana()).value() == first);
    CHECK(one.asked() > asked);
}

TEST_CASE("a change of this replica is felt here at once, and told to the others", "[redis][near]")
{
    redis_server const server;
    near_replica one(server, 60s, 1);
    near_replica other(server, 60s, 1'000'000);
    auto const here = one.marks.look(ana()).value();
    auto const there = other.marks.look(ana()).value();
    CHECK(here == there);
    one.marks.changed({{ana()}, false, true});
    CHECK_FALSE(one.marks.look(ana()).value() == here);
    CHECK(eventually([&] { return !(other.marks.look(ana()).value() == there); }));

    auto const again = other.marks.look(ana()).value();
    one.marks.changed({{}, true, true});
    CHECK(eventually([&] { return !(other.marks.look(ana()).value() == again); }));
}

TEST_CASE("nothing is believed while the server isn't heard", "[redis][near]")
{
    redis_server server;
    near_replica one(server, 60s, 1);
    REQUIRE(one.marks.look(ana()));
    server.kill();
    REQUIRE(eventually([&] { return !one.marks.is_listening(); }));
    CHECK_FALSE(one.marks.look(ana()));
    server.start();
    REQUIRE(one.hears());
    CHECK(eventually([&] { return one.marks.look(ana()).has_value(); }));
}

TEST_CASE("what the channel says is believed or not, and never ends the process", "[redis][near][garbage]")
{
    redis_server server;
    near_replica one(server, 60s, 1);
    auto const first = one.marks.look(ana()).value();
    for (auto const* garbage :
         {"", "x", "*", "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz", "0102030405060708090a0b0c0d0e0f1", "0102030405060708090a0b0c0d0e0f100"})
        server.tell(redis::command{"PUBLISH", one.far.channel(), garbage});
    CHECK(one.marks.look(ana()).value() == first);  // forgotten or not, the mark itself has not changed
    CHECK(one.marks.is_listening());
}
