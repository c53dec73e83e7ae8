#include "adapters/redis/redis_change_marks.hpp"
#include "adapters/redis/redis_job_turns.hpp"
#include "adapters/redis/redis_rate_limits.hpp"
#include "adapters/redis/redis_replay_guard.hpp"
#include "adapters/redis/redis_rolling_counters.hpp"
#include "tests/fakes/plain_cryptography.hpp"
#include "tests/fakes/randomness.hpp"
#include "tests/redis/redis_server.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

using namespace mb;
using namespace mb::testing;
using namespace std::chrono_literals;
using redis::command;
using steady = std::chrono::steady_clock;

namespace {

constexpr limits::rate five_an_hour{5, 1h};

/// One replica: a client and the ports on it.
struct replica {
    explicit replica(redis_server const& server, duration timeout = 500ms, duration trust = 300ms)
        : client(server.options(timeout), random),
          trust(trust)
    {
    }

    /// Waits until the client has found its server again.
    bool returns()
    {
        auto const deadline = steady::now() + 30s;
        while (!client.is_up() && steady::now() < deadline) std::this_thread::sleep_for(2ms);
        return client.is_up();
    }

    fakes::counting_randomness random{static_cast<std::uint64_t>(std::hash<std::thread::id>{}(std::this_thread::get_id()))};
    fakes::plain_digester digests;
    redis::client client;
    duration trust;
    redis::key_names names{digests};
    redis::redis_rate_limits limits{client, names};
    redis::redis_replay_guard replays{client, names};
    redis::redis_job_turns turns{client, names, random};
    redis::redis_change_marks marks{client, names, random, trust};
    redis::redis_rolling_counters counters{client, names};

    outcome<std::vector<std::size_t>> note(std::string_view key, std::string_view member, duration window = 1h)
    {
        ports::sighting const seen{key, member, window};
        return counters.note({&seen, 1});
    }
};

identity::user_id ana()
{
    identity::user_id made;
    made.bytes[0] = 7;
    return made;
}

/// Nothing is allowed, spent or trusted, and every port says that it doesn't know.
void refuses_everything(replica& at)
{
    auto const limited = at.limits.take("k", 1, five_an_hour);
    REQUIRE_FALSE(limited);
    CHECK(limited.error().code == errc::unavailable);
    auto const spent = at.replays.spend_once("proof", {}, 10ms);
    REQUIRE_FALSE(spent);
    CHECK(spent.error().code == errc::unavailable);
    auto const looked = at.marks.look(ana());
    REQUIRE_FALSE(looked);
    CHECK(looked.error().code == errc::unavailable);
    auto const turn = at.turns.take("mail", 1s);
    REQUIRE_FALSE(turn);
    CHECK(turn.error().code == errc::unavailable);
    auto const counted = at.note("k", "m");
    REQUIRE_FALSE(counted);
    CHECK(counted.error().code == errc::unavailable);
}

}  // namespace

TEST_CASE("a client that begins without a server refuses at once and finds the server later", "[redis][outage]")
{
    redis_server server;
    server.kill();
    replica one(server);
    CHECK_FALSE(one.client.is_up());
    refuses_everything(one);
    server.start();
    REQUIRE(one.returns());
    CHECK(one.limits.take("k", 1, five_an_hour));
}

TEST_CASE("when the server dies every port refuses, and works again when it is back", "[redis][outage]")
{
    redis_server server;
    replica one(server);
    for (int round = 0; round < 3; ++round) {
        REQUIRE(one.limits.take("k" + std::to_string(round), 1, five_an_hour));
        auto const before = one.client.counted().outages;
        server.kill();
        refuses_everything(one);
        CHECK_FALSE(one.client.is_up());
        CHECK(one.client.counted().outages == before + 1);
        server.start();
        REQUIRE(one.returns());
        CHECK(one.limits.take("k", 1, five_an_hour));
        CHECK(one.marks.look(ana()));
    }
}

TEST_CASE("a server that hangs costs one wait, then calls fail at once until it answers again", "[redis][outage]")
{
    redis_server server;
    replica one(server, 300ms);
    REQUIRE(one.limits.take("k", 1, five_an_hour));
    server.pause();
    auto const began = steady::now();
    CHECK_FALSE(one.limits.take("k", 1, five_an_hour));
    auto const first = steady::now() - began;
    CHECK(first >= 300ms);
    for (int i = 0; i < 1000; ++i) REQUIRE_FALSE(one.limits.take("k", 1, five_an_hour));
    CHECK(steady::now() - began < first + 10s);  // a thousand waits would take 300 s
    refuses_everything(one);
    server.resume();
    REQUIRE(one.returns());
    CHECK(one.limits.take("k", 1, five_an_hour));
}

TEST_CASE("a password is asked for and given", "[redis]")
{
    redis_server const server(redis_server::keeping::nothing, "s3cret p@ss");
    replica one(server);
    CHECK(one.client.is_up());
    CHECK(one.limits.take("k", 1, five_an_hour));
    auto wrong = server.options();
    wrong.where.password = secret{std::string_view{"other"}};
    redis::client const refused(std::move(wrong), one.random);
    CHECK_FALSE(refused.is_up());
    auto none = server.options();
    none.where.password = {};
    redis::client const locked_out(std::move(none), one.random);
    CHECK_FALSE(locked_out.is_up());
}

TEST_CASE("databases of one server are apart", "[redis]")
{
    redis_server const server;
    replica one(server);
    auto other_options = server.options();
    other_options.where.database = 3;
    redis::client other(std::move(other_options), one.random);
    REQUIRE(one.client.call(command{"SET", "k", "1"}));
    auto const there = other.call(command{"GET", "k"});
    REQUIRE(there);
    CHECK(there->what == redis::reply::kind::nothing);
}

TEST_CASE("a script that the server has lost is sent again", "[redis]")
{
    redis_server server;
    replica one(server);
    REQUIRE(one.limits.take("k", 1, five_an_hour));
    server.tell(command{"SCRIPT", "FLUSH"});
    auto const decided = one.limits.take("k", 1, five_an_hour);
    REQUIRE(decided);
    CHECK(decided->remaining == 3);
}

TEST_CASE("commands that go together are answered in their order, refusals among them", "[redis]")
{
    redis_server const server;
    replica one(server);
    std::vector<command> const all{command{"SET", "a", "1"}, command{"INCR", "a"}, command{"LPUSH", "a", "x"}, command{"GET", "a"}};
    auto const said = one.client.ask(all);
    REQUIRE(said);
    REQUIRE(said->replies.size() == 4);
    CHECK(said->replies[0].is_status("OK"));
    CHECK(said->replies[1].number == 2);
    CHECK(said->replies[2].what == redis::reply::kind::failure);
    CHECK(said->replies[3].text == "2");
    CHECK_FALSE(one.client.call(command{"LPUSH", "a", "x"}));
    CHECK(one.client.is_up());
}

TEST_CASE("an answer of the greatest length is read, and a longer one ends the connection", "[redis]")
{
    redis_server const server;
    replica one(server);
    std::string const most(std::size_t{1} << 19, 'x');
    REQUIRE(one.client.call(command{"SET", "big", most}));
    auto const got = one.client.call(command{"GET", "big"});
    REQUIRE(got);
    CHECK(got->text == most);
    REQUIRE(one.client.call(command{"SET", "big", std::string(std::size_t{2} << 20, 'x')}));
    CHECK_FALSE(one.client.call(command{"GET", "big"}));
    REQUIRE(one.returns());
    CHECK(one.client.call(command{"PING"}));
}

TEST_CASE("many threads share the connections, and none gets the answer of another", "[redis][race]")
{
    redis_server const server;
    replica one(server, 10s);
    std::atomic<int> wrong = 0;
    {
        std::vector<std::jthread> threads;
        for (int t = 0; t < 8; ++t)
            threads.emplace_back([&, t] {
                for (int i = 0; i < 200; ++i) {
                    auto const said = std::to_string(t) + ":" + std::to_string(i);
                    auto const heard = one.client.call(command{"ECHO", said});
                    if (!heard || heard->text != said) ++wrong;
                }
            });
    }
    CHECK(wrong == 0);
    CHECK(one.client.counted().calls == 1600);
}

TEST_CASE("no answer is given to another caller when calls time out under load", "[redis][race]")
{
    redis_server server;
    replica one(server, 20ms);
    std::atomic<int> wrong = 0;
    std::atomic<bool> done = false;
    {
        std::vector<std::jthread> threads;
        for (int t = 0; t < 3; ++t)
            threads.emplace_back([&, t] {
                for (int i = 0; !done; ++i) {
                    auto const said = std::to_string(t) + ":" + std::to_string(i);
                    auto const heard = one.client.call(command{"ECHO", said});
                    if (heard && heard->text != said) ++wrong;
                    if (!heard) std::this_thread::sleep_for(1ms);
                }
            });
        for (int round = 0; round < 20; ++round) {
            server.pause();
            std::this_thread::sleep_for(30ms);
            server.resume();
            std::this_thread::sleep_for(10ms);
        }
        done = true;
    }
    CHECK(wrong == 0);
}

TEST_CASE("no more connections are opened than are allowed", "[redis]")
{
    redis_server server;
    auto few = server.options(2s);
    few.connections_max = 2;
    fakes::counting_randomness random;
    redis::client client(std::move(few), random);
    std::atomic<int> refused = 0;
    std::atomic<int> answered = 0;
    {
        std::vector<std::jthread> threads;
        for (int t = 0; t < 3; ++t) threads.emplace_back([&] { client.call(command{"BLPOP", "nothing", "0.3"}) ? ++answered : ++refused; });
    }
    CHECK(answered == 2);
    CHECK(refused == 1);
    CHECK(client.is_up());
    CHECK(client.call(command{"PING"}));
}

TEST_CASE("a value that is no rate limit is an error and no allowance", "[redis][garbage]")
{
    redis_server server;
    replica one(server);
    REQUIRE(one.limits.take("k", 1, five_an_hour));
    auto const key = one.names.hidden("rate", "k");
    for (auto const* garbage : {"", "x", "1 2", "-1 0 0", "1 2 3 4", "9e99 0 0"}) {
        server.tell(command{"SET", key, garbage});
        CHECK_FALSE(one.limits.take("k", 1, five_an_hour));
        CHECK_FALSE(one.limits.penalise("k"));
    }
    server.tell(command{"DEL", key});
    server.tell(command{"LPUSH", key, "x"});
    CHECK_FALSE(one.limits.take("k", 1, five_an_hour));
    server.tell(command{"DEL", key});
    CHECK(one.limits.take("k", 1, five_an_hour));
}

TEST_CASE("an arrival far ahead, as after a clock that went back, holds a key for one period at most", "[redis]")
{
    redis_server server;
    replica one(server);
    server.tell(command{"SET", one.names.hidden("rate", "k"), "9000000000000000 0 9000000000000000"});
    auto const refused = one.limits.take("k", 1, five_an_hour);
    REQUIRE(refused);
    CHECK(refused->answer == limits::verdict::refused);
    CHECK(refused->retry_after <= 12min);
    CHECK(refused->reset <= 1h);
}

TEST_CASE("limits leave nothing behind when they are whole again", "[redis]")
{
    redis_server server;
    replica one(server);
    REQUIRE(one.limits.take("k", 1, {2, 100ms}));
    auto const key = one.names.hidden("rate", "k");
    CHECK(server.tell(command{"PTTL", key}).number <= 50);
    std::this_thread::sleep_for(80ms);
    CHECK(server.tell(command{"EXISTS", key}).number == 0);
}

TEST_CASE("counts leave nothing behind when their window has gone by", "[redis]")
{
    redis_server server;
    replica one(server);
    REQUIRE(one.note("logins", "a", 50ms).value().front() == 1);
    auto const key = one.names.hidden("seen", "logins");
    CHECK(server.tell(command{"PTTL", key}).number <= 50);
    std::this_thread::sleep_for(80ms);
    CHECK(server.tell(command{"EXISTS", key}).number == 0);
}

TEST_CASE("what was seen in the future, as after a clock that went back, is counted for one window at most", "[redis]")
{
    redis_server server;
    replica one(server);
    auto const key = one.names.hidden("seen", "logins");
    server.tell(command{"ZADD", key, "9000000000000000", "a"});
    CHECK(one.note("logins", "a", 50ms).value().front() == 1);
    std::this_thread::sleep_for(80ms);
    CHECK(one.note("logins", "b", 50ms).value().front() == 1);
}

TEST_CASE("a value that is no count is an error", "[redis][garbage]")
{
    redis_server server;
    replica one(server);
    server.tell(command{"SET", one.names.hidden("seen", "logins"), "x"});
    auto const counted = one.note("logins", "a");
    REQUIRE_FALSE(counted);
    CHECK(counted.error().code == errc::unavailable);
    CHECK(one.note("other", "a").value().front() == 1);
}

TEST_CASE("keys show neither what they are about nor meet those of another installation", "[redis]")
{
    redis_server server;
    replica one(server);
    fakes::plain_digester const other_master("other");
    redis::key_names const others(other_master);
    redis::redis_rate_limits other_limits(one.client, others);
    for (int i = 0; i < 5; ++i) REQUIRE(one.limits.take("203.0.113.7", 1, five_an_hour));
    CHECK(other_limits.take("203.0.113.7", 1, five_an_hour).value().answer == limits::verdict::allowed);
    for (auto const& key : server.tell(command{"KEYS", "*"}).items) CHECK(key.text.find("203.0.113") == std::string::npos);
}

TEST_CASE("a server that has forgotten what was spent isn't believed until it could know again", "[redis][outage]")
{
    redis_server server(redis_server::keeping::each_write);
    replica one(server);
    one.replays.begin();
    std::this_thread::sleep_for(110ms);
    identity::digest proof{};
    REQUIRE(one.replays.spend_once("proof", proof, 100ms).value() == ports::spending::fresh);

    SECTION("emptied") { server.tell(command{"FLUSHALL"}); }
    SECTION("restarted, with what it had kept")
    {
        server.kill();
        server.start();
        (void)one.client.call(command{"PING"});
        REQUIRE(one.returns());
    }
    auto const again = one.replays.spend_once("proof", proof, 10s);
    CHECK((!again || *again == ports::spending::spent));
    proof[0] = 1;
    auto const another = one.replays.spend_once("proof", proof, 10s);
    REQUIRE_FALSE(another);
    CHECK(another.error().code == errc::unavailable);
    std::this_thread::sleep_for(60ms);
    proof[0] = 2;
    CHECK(one.replays.spend_once("proof", proof, 50ms).value() == ports::spending::fresh);
}

TEST_CASE("marks of before a restart are never found again, though the server kept them", "[redis][outage]")
{
    redis_server server(redis_server::keeping::each_write);
    replica one(server);
    auto const before = one.marks.look(ana()).value();
    server.kill();
    server.start();
    (void)one.client.call(command{"PING"});
    REQUIRE(one.returns());
    auto const after = one.marks.look(ana()).value();
    CHECK(after.user == before.user);
    CHECK_FALSE(after == before);
}

TEST_CASE("an emptied server has new marks", "[redis][outage]")
{
    redis_server server;
    replica one(server);
    auto const before = one.marks.look(ana()).value();
    server.tell(command{"FLUSHALL"});
    CHECK_FALSE(one.marks.look(ana()).value() == before);
}

TEST_CASE("an urgent change that can't be told returns only when nobody trusts what was read before", "[redis][outage]")
{
    redis_server server;
    replica one(server, 100ms, 400ms);
    REQUIRE(one.marks.look(ana()));
    server.pause();
    auto const began = steady::now();
    one.marks.changed({{ana()}, false, true});
    CHECK(steady::now() - began >= 400ms);
    auto const again = steady::now();
    one.marks.changed({{ana()}, false, false});
    CHECK(steady::now() - again < 400ms);
    server.resume();
}

TEST_CASE("an urgent change that can be told again meanwhile returns earlier", "[redis][outage]")
{
    redis_server server;
    replica one(server, 100ms, 60s);
    auto const before = one.marks.look(ana()).value();
    server.pause();
    std::jthread const later([&] {
        std::this_thread::sleep_for(300ms);
        server.resume();
    });
    auto const began = steady::now();
    one.marks.changed({{ana()}, false, true});
    CHECK(steady::now() - began < 60s);
    REQUIRE(one.returns());
    CHECK_FALSE(one.marks.look(ana()).value() == before);
}
