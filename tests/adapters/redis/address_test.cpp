#include "adapters/redis/address.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace mb;
using redis::parse_address;

TEST_CASE("an address is read with what it leaves out", "[redis][address]")
{
    auto const plain = parse_address("redis://cache");
    REQUIRE(plain);
    CHECK(plain->host == "cache");
    CHECK(plain->port == 6379);
    CHECK(plain->user.empty());
    CHECK(plain->password.empty());
    CHECK(plain->database == 0);

    auto const full = parse_address("redis://mb:p%40ss%2Fw:rd@10.0.0.7:6380/3");
    REQUIRE(full);
    CHECK(full->host == "10.0.0.7");
    CHECK(full->port == 6380);
    CHECK(full->user == "mb");
    CHECK(full->password.reveal() == "p@ss/w:rd");
    CHECK(full->database == 3);

    auto const six = parse_address("redis://:secret@[::1]:6390/");
    REQUIRE(six);
    CHECK(six->host == "::1");
    CHECK(six->port == 6390);
    CHECK(six->user.empty());
    CHECK(six->password.reveal() == "secret");
}

TEST_CASE("what is no address is refused", "[redis][address]")
{
    for (auto const* wrong :
         {"", "redis:/cache", "redis://", "rediss://cache", "http://cache", "redis://cache:0", "redis://cache:65536", "redis://cache:x",
          "redis://:6379", "redis://cache/x", "redis://cache/-1", "redis://cache/65536", "redis://user@cache", "redis://user:@cache",
          "redis://u:%zz@cache", "redis://u:p%4@cache", "redis://[::1", "redis://[::1]x:1", "redis://@cache"}) {
        INFO(wrong);
        CHECK_FALSE(parse_address(wrong));
    }
    CHECK(parse_address("redis://cache:65535"));
    CHECK(parse_address("redis://cache:1/65535"));
}
