#include "adapters/redis/redis_change_marks.hpp"
#include "adapters/redis/redis_job_turns.hpp"
#include "adapters/redis/redis_rate_limits.hpp"
#include "adapters/redis/redis_replay_guard.hpp"
#include "adapters/redis/redis_rolling_counters.hpp"
#include "tests/adapters/redis/garbage_server.hpp"
#include "tests/fakes/plain_cryptography.hpp"
#include "tests/fakes/randomness.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace mb;
using namespace mb::testing;
using namespace std::chrono_literals;

namespace {

struct all_ports {
    explicit all_ports(garbage_server const& server) : client(server.options(), random) {}

    fakes::counting_randomness random;
    fakes::plain_digester digests;
    redis::client client;
    redis::key_names names{digests};
    redis::redis_rate_limits limits{client, names};
    redis::redis_replay_guard replays{client, names};
    redis::redis_job_turns turns{client, names, random};
    redis::redis_change_marks marks{client, names, random, 10ms};
    redis::redis_rolling_counters counters{client, names};
};

std::vector<std::string> const answers = {
    "hello\r\n",
    "HTTP/1.1 400 Bad Request\r\n\r\n",
    "\r\n",
    std::string(3, '\0'),
    ":\r\n",
    ":99999999999999999999\r\n",
    "$-2\r\nx\r\n",
    "$5\r\nab\r\n",
    "$999999999\r\nab",
    "*2147483647\r\n",
    "*1025\r\n",
    "*-5\r\n",
    "*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n:1\r\n",
    "*4\r\n:1\r\n:5\r\n:0\r\n:7\r\n+more than was asked for\r\n",
    "-ERR no\r\n",
    "-LOADING Redis is loading the dataset in memory\r\n",
    "-READONLY You can't write against a read only replica.\r\n",
    "-MOVED 3999 127.0.0.1:6381\r\n",
    "-NOAUTH Authentication required.\r\n",
    "-WRONGTYPE Operation against a key holding the wrong kind of value\r\n",
    "-\r\n",
    "+PONG\r\n",
    "*0\r\n",
    "*-1\r\n",
    "*2\r\n$16\r\nzzzzzzzzzzzzzzzz\r\n$16\r\n0123456789abcdef\r\n",
    "*4\r\n:1\r\n:999\r\n:0\r\n:0\r\n",
    "*4\r\n:2\r\n:1\r\n:0\r\n:0\r\n",
    "*4\r\n:0\r\n:1\r\n:0\r\n:0\r\n",
    "*4\r\n:1\r\n:-1\r\n:0\r\n:0\r\n",
    "*4\r\n:1\r\n:1\r\n:0\r\n+x\r\n",
    "",
};

}  // namespace

TEST_CASE("an answer that makes no sense allows nothing, spends nothing and shows no mark", "[redis][garbage]")
{
    for (auto const& answer : answers) {
        INFO("answer: " << answer);
        garbage_server const server(answer);
        all_ports ports(server);
        REQUIRE(ports.client.is_up());
        auto const limited = ports.limits.take("k", 1, {10, 1min});
        CHECK_FALSE(limited);
        if (!limited) CHECK(limited.error().code == errc::unavailable);
        CHECK_FALSE(ports.replays.spend_once("proof", {}, 1s));
        CHECK_FALSE(ports.marks.look({}));
        auto const turn = ports.turns.take("mail", 1s);
        CHECK_FALSE((turn && *turn));
        ports::sighting const seen{"k", "m", 1s};
        CHECK_FALSE(ports.counters.note({&seen, 1}));
    }
}

TEST_CASE("a right script digest does not make nonsense right", "[redis][garbage]")
{
    // what SCRIPT LOAD would say, said to everything
    garbage_server const server("$40\r\n0123456789012345678901234567890123456789\r\n");
    all_ports ports(server);
    CHECK_FALSE(ports.limits.take("k", 1, {10, 1min}));
    CHECK_FALSE(ports.replays.spend_once("proof", {}, 1s));
    CHECK_FALSE(ports.marks.look({}));
}

TEST_CASE("a server that doesn't say which run it is is not used", "[redis][garbage]")
{
    for (auto const* introduction :
         {"+OK\r\n", "$2\r\nno\r\n", "$24\r\nrun_id:0123456789abcdefg\r\n", "$23\r\nrun_id:0123456789abcdeg\r\n", "-NOPERM no\r\n", ":1\r\n"}) {
        garbage_server const server("+OK\r\n", introduction);
        fakes::counting_randomness random;
        redis::client client(server.options(), random);
        INFO(introduction);
        CHECK(client.is_up() == (std::string_view{introduction}.starts_with("$24")));
    }
}
