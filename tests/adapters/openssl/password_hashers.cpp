#include "adapters/openssl/password_hashers.hpp"

#include "adapters/openssl/stored_hash.hpp"
#include "adapters/openssl/system_randomness.hpp"
#include "core/domain/base/text.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

using namespace std::string_literals;
using namespace mb;
using openssl::password_algorithm;
using openssl::password_cost;
using openssl::password_hashers;

namespace {

openssl::system_randomness const random_bytes;
constexpr openssl::argon2_cost small_argon2{64, 1, 1};
constexpr password_cost cheap_bcrypt{password_algorithm::bcrypt, 4, small_argon2};
constexpr password_cost cheap_argon2{password_algorithm::argon2id, 4, small_argon2};

std::vector<openssl::pepper> peppers(std::vector<std::pair<std::string, std::string>> const& named = {{"p1", "the first pepper"}})
{
    std::vector<openssl::pepper> made;
    for (auto const& [id, key] : named) made.push_back({id, secret{std::string_view(key)}});
    return made;
}

secret word(std::string_view text) { return secret{text}; }

std::string hashed(password_hashers const& hashers, std::string_view password) { return *hashers.hash(word(password)); }

enum class answer { right, outdated, wrong, corrupt, unavailable };

answer verified(password_hashers const& hashers, std::string_view password, std::string_view stored)
{
    auto const found = hashers.verify(word(password), stored);
    if (!found) return found.error().code == errc::corrupt ? answer::corrupt : answer::unavailable;
    if (!found->matches) return answer::wrong;
    return found->outdated ? answer::outdated : answer::right;
}

}  // namespace

TEST_CASE("a password verifies against its own hash and no other does, with either algorithm")
{
    for (auto const& cost : {cheap_bcrypt, cheap_argon2}) {
        password_hashers const hashers(peppers(), cost, random_bytes);
        auto const stored = hashed(hashers, "correct horse");
        CHECK(verified(hashers, "correct horse", stored) == answer::right);
        for (auto const* wrong : {"", "correct hors", "correct horse ", " correct horse", "Correct horse", "correct  horse"})
            CHECK(verified(hashers, wrong, stored) == answer::wrong);
        CHECK(hashed(hashers, "correct horse") != stored);
        auto const empty = hashed(hashers, "");
        CHECK(verified(hashers, "", empty) == answer::right);
        CHECK(verified(hashers, "x", empty) == answer::wrong);
    }
}

TEST_CASE("a wrong password is never reported as outdated")
{
    password_hashers const hashers(peppers(), cheap_bcrypt, random_bytes);
    auto const found = hashers.verify(word("wrong"), "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW");
    REQUIRE(found);
    CHECK_FALSE(found->matches);
    CHECK_FALSE(found->outdated);
}

TEST_CASE("stored hashes name their algorithm, pepper and cost")
{
    CHECK_THAT(hashed({peppers(), cheap_bcrypt, random_bytes}, "a"), Catch::Matches(R"(mb1\$bcrypt\$p1\$2b\$04\$[./A-Za-z0-9]{53})"));
    CHECK_THAT(hashed({peppers(), cheap_argon2, random_bytes}, "a"),
               Catch::Matches(R"(mb1\$argon2id\$p1\$v=19\$m=64,t=1,p=1\$[+/A-Za-z0-9]{22}\$[+/A-Za-z0-9]{43})"));
}

TEST_CASE("the defaults are bcrypt 12 and Argon2id with 19 MiB in two passes")
{
    password_cost const defaults;
    CHECK(defaults.algorithm == password_algorithm::bcrypt);
    CHECK(defaults.bcrypt == 12);
    CHECK(defaults.argon2 == openssl::argon2_cost{19'456, 2, 1});
    password_hashers const hashers(peppers(), defaults, random_bytes);
    CHECK(hashers.decoy().starts_with("mb1$bcrypt$p1$2b$12$"));
}

TEST_CASE("what is hashed is base64(HMAC-SHA-384(pepper, password))")
{
    // RFC 4231, test case 2
    auto const mixed = *parse_base64("r0XS43ZIQDFhf3jStYprG5x+9GT1oBtH5C7Dc2MiRF6OIkDKXmnix4syOez6shZJ");
    REQUIRE(hex(mixed) == "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649");
    for (auto const& cost : {cheap_bcrypt, cheap_argon2}) {
        password_hashers const hashers(peppers({{"jefe", "Jefe"}}), cost, random_bytes);
        auto const stored = hashed(hashers, "what do ya want for nothing?");
        auto const bare = cost.algorithm == password_algorithm::bcrypt ? stored.substr("mb1$bcrypt$jefe"s.size())
                                                                       : "$argon2id" + stored.substr("mb1$argon2id$jefe"s.size());
        CHECK(verified(hashers, base64(mixed), bare) == answer::outdated);
    }
}

TEST_CASE("nothing of a password is cut or skipped: 72 bytes, NUL, 1,024 bytes")
{
    for (auto const& cost : {cheap_bcrypt, cheap_argon2}) {
        password_hashers const hashers(peppers(), cost, random_bytes);
        std::string const first(72, 'a');
        auto const stored = hashed(hashers, first + "x");
        CHECK(verified(hashers, first + "x", stored) == answer::right);
        CHECK(verified(hashers, first + "y", stored) == answer::wrong);
        CHECK(verified(hashers, first, stored) == answer::wrong);

        auto const with_nul = hashed(hashers, "a\0b"s);
        CHECK(verified(hashers, "a\0b"s, with_nul) == answer::right);
        CHECK(verified(hashers, "a\0c"s, with_nul) == answer::wrong);
        CHECK(verified(hashers, "a", with_nul) == answer::wrong);

        for (std::size_t const length : {1024, 5000}) {
            std::string const long_one(length, 'p');
            auto const of_long_one = hashed(hashers, long_one);
            CHECK(verified(hashers, long_one, of_long_one) == answer::right);
            CHECK(verified(hashers, long_one.substr(1) + "q", of_long_one) == answer::wrong);
            CHECK(verified(hashers, long_one.substr(1), of_long_one) == answer::wrong);
        }
    }
}

TEST_CASE("a matching hash is outdated when its algorithm, cost or pepper is not the current one")
{
    auto const two = peppers({{"p2", "the second pepper"}, {"p1", "the first pepper"}});
    password_hashers const before(peppers(), cheap_bcrypt, random_bytes);
    auto const stored = hashed(before, "word");
    auto const with_argon2 = hashed({peppers(), cheap_argon2, random_bytes}, "word");

    CHECK(verified(before, "word", stored) == answer::right);
    CHECK(verified({peppers(), {password_algorithm::bcrypt, 5, small_argon2}, random_bytes}, "word", stored) == answer::outdated);
    CHECK(verified({peppers(), cheap_argon2, random_bytes}, "word", stored) == answer::outdated);
    CHECK(verified(before, "word", with_argon2) == answer::outdated);
    for (auto const& changed : {openssl::argon2_cost{65, 1, 1}, openssl::argon2_cost{64, 2, 1}, openssl::argon2_cost{64, 1, 2}}) {
        password_hashers const dearer(peppers(), {password_algorithm::argon2id, 4, changed}, random_bytes);
        CHECK(verified(dearer, "word", with_argon2) == answer::outdated);
    }

    password_hashers const after(peppers({{"p2", "the second pepper"}, {"p1", "the first pepper"}}), cheap_bcrypt, random_bytes);
    CHECK(verified(after, "word", stored) == answer::outdated);
    CHECK(verified(after, "other", stored) == answer::wrong);
    CHECK(verified(after, "word", hashed(after, "word")) == answer::right);
    CHECK(verified(before, "word", hashed(after, "word")) == answer::corrupt);  // a pepper that is not there
    CHECK(verified({peppers({{"p1", "another key under the same id"}}), cheap_bcrypt, random_bytes}, "word", stored) == answer::wrong);
}

TEST_CASE("imported bcrypt hashes verify (crypt_blowfish's own vectors) and are outdated")
{
    password_hashers const hashers(peppers(), {password_algorithm::bcrypt, 5, small_argon2}, random_bytes);
    struct imported {
        std::string stored;
        std::string password;
    };
    std::vector<imported> const vectors{
        {"$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", "U*U"},
        {"$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", "U*U"},
        {"$2y$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", "U*U"},
        {"$2a$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK", "U*U*"},
        {"$2a$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a", "U*U*U"},
        {"$2a$05$CCCCCCCCCCCCCCCCCCCCC.7uG0VCzI2bS7j6ymqJi9CdcdxiRTWNy", ""},
        {"$2y$05$/OK.fbVrR/bpIqNJ5ianF.Sa7shbm4.OzKpvFnX1pQLmQW96oUlCq", "\xa3"},
        {"$2a$05$abcdefghijklmnopqrstuu5s2v8.iXieOjg/.AySBTTZIIVFJeBui",
         "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789chars after 72 are ignored"},
    };
    for (auto const& each : vectors) {
        INFO(each.stored);
        CHECK(verified(hashers, each.password, each.stored) == answer::outdated);
        CHECK(verified(hashers, "x" + each.password, each.stored) == answer::wrong);
    }
    CHECK(verified(hashers, "U*U\0anything"s, vectors[0].stored) == answer::wrong);
    CHECK(verified(hashers, std::string(2000, 'x'), vectors[0].stored) == answer::wrong);
    // spare bits of the salt's last character, as some libraries leave them
    CHECK(verified(hashers, "U*U", "$2b$05$CCCCCCCCCCCCCCCCCCCCCAE5YPO9kmyuRGyh0XouQYb4YMJKvyOeW") == answer::outdated);
}

TEST_CASE("imported Argon2id hashes verify (the reference implementation's own vectors) and are outdated")
{
    password_hashers const hashers(peppers(), {password_algorithm::argon2id, 4, {256, 2, 1}}, random_bytes);
    for (auto const* stored : {"$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
                               "$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc",
                               "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"}) {
        INFO(stored);
        CHECK(verified(hashers, "password", stored) == answer::outdated);
        CHECK(verified(hashers, "Password", stored) == answer::wrong);
    }
}

TEST_CASE("imported Argon2i hashes verify (the reference implementation's own vectors) and are outdated")
{
    password_hashers const hashers(peppers(), {password_algorithm::argon2id, 4, {256, 2, 1}}, random_bytes);
    for (auto const* stored : {"$argon2i$v=19$m=256,t=2,p=1$c29tZXNhbHQ$iekCn0Y3spW+sCcFanM2xBT63UP2sghkUoHLIUpWRS8",
                               "$argon2i$v=19$m=256,t=2,p=2$c29tZXNhbHQ$T/XOJ2mh1/TIpJHfCdQan76Q5esCFVoT5MAeIM1Oq2E"}) {
        INFO(stored);
        CHECK(verified(hashers, "password", stored) == answer::outdated);
        CHECK(verified(hashers, "Password", stored) == answer::wrong);
        CHECK(verified(hashers, "password", "$argon2id" + std::string(stored).substr(8)) == answer::wrong);
    }
}

TEST_CASE("what an import may cost is bounded, below what can be verified")
{
    password_hashers const hashers(peppers(), cheap_bcrypt, random_bytes);
    auto const bcrypt = [](std::string const& cost) { return "$2y$" + cost + "$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"; };
    for (auto const* cost : {"04", "10", "14"}) CHECK(hashers.admits(bcrypt(cost)));
    for (auto const* cost : {"03", "15", "16"}) CHECK_FALSE(hashers.admits(bcrypt(cost)));
    auto const argon2 = [](std::string const& kind, std::string const& cost) {
        return "$argon2" + kind + "$v=19$" + cost + "$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
    };
    for (auto const* kind : {"i", "id"}) {
        // what libraries of PHP, Python and Node make by default, and the limit
        for (auto const* cost : {"m=65536,t=4,p=1", "m=65536,t=3,p=4", "m=262144,t=2,p=1", "m=52428,t=10,p=1"})
            CHECK(hashers.admits(argon2(kind, cost)));
        for (auto const* cost : {"m=262144,t=3,p=1", "m=52429,t=10,p=1", "m=262145,t=1,p=1", "m=8,t=11,p=1"})
            CHECK_FALSE(hashers.admits(argon2(kind, cost)));
    }
}

TEST_CASE("only hashes of other systems are imports")
{
    for (auto const& cost : {cheap_bcrypt, cheap_argon2}) {
        password_hashers const hashers(peppers(), cost, random_bytes);
        CHECK_FALSE(hashers.admits(hashed(hashers, "word")));
        CHECK_FALSE(hashers.admits(hashers.decoy()));
    }
    password_hashers const hashers(peppers(), cheap_bcrypt, random_bytes);
    for (auto const* text : {"", "word", "$1$salt$hash", "$6$salt$hash", "$2x$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
                             "$argon2d$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4", "{SSHA}x", "pbkdf2_sha256$1$a$b"})
        CHECK_FALSE(hashers.admits(text));
}

TEST_CASE("costs are bounded, so that an import can't be an attack")
{
    auto const bcrypt = [](std::string const& cost) { return "$2b$" + cost + "$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"; };
    for (auto const* cost : {"04", "05", "12", "15"}) CHECK(openssl::parse_stored_hash(bcrypt(cost)));
    for (auto const* cost : {"00", "03", "16", "31", "99", "4", " 5", "-5", "+5", "0x"}) CHECK_FALSE(openssl::parse_stored_hash(bcrypt(cost)));

    auto const argon2 = [](std::string const& cost) { return "$argon2id$v=19$" + cost + "$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4"; };
    for (auto const* cost : {"m=8,t=1,p=1", "m=262144,t=1,p=1", "m=8,t=10,p=1", "m=32,t=1,p=4"}) CHECK(openssl::parse_stored_hash(argon2(cost)));
    for (auto const* cost :
         {"m=7,t=1,p=1", "m=262145,t=1,p=1", "m=8,t=11,p=1", "m=40,t=1,p=5", "m=31,t=1,p=4", "m=8,t=0,p=1", "m=8,t=1,p=0", "m=0,t=1,p=1",
          "m=08,t=1,p=1", "m=8,t=1", "t=1,m=8,p=1", "m=8,t=1,p=1,x=1", "m=-8,t=1,p=1", "m=8 ,t=1,p=1", "m=99999999999,t=1,p=1"})
        CHECK_FALSE(openssl::parse_stored_hash(argon2(cost)));
}

TEST_CASE("what is no password hash is corrupt, not wrong")
{
    password_hashers const hashers(peppers(), cheap_bcrypt, random_bytes);
    auto const good = hashed(hashers, "word");
    for (std::string const& stored :
         std::vector<std::string>{"",
                                  "$",
                                  "mb1$",
                                  "mb1$bcrypt",
                                  "mb1$bcrypt$p1",
                                  "mb1$bcrypt$p1$",
                                  "mb1$bcrypt$p9" + good.substr(13),
                                  "mb1$bcrypt$" + good.substr(13),
                                  "mb1$md5$p1" + good.substr(13),
                                  "mb1$argon2id$p1" + good.substr(13),
                                  "mb2" + good.substr(3),
                                  good + "a",
                                  good.substr(0, good.size() - 1),
                                  good + "\n",
                                  " " + good,
                                  "plain text",
                                  "$1$salt$hash",
                                  "$6$salt$hash",
                                  "$2x$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
                                  "$2$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
                                  "$2b$05$CCCCCCCCCCCCCCCCCCCCC:E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
                                  "$argon2d$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
                                  "mb1$argon2i$p1$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
                                  "$argon2id$v=16$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
                                  "$argon2id$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
                                  "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$",
                                  "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ",
                                  "$argon2id$v=19$m=256,t=2,p=1$$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
                                  "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ=$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
                                  "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4$x",
                                  "mb1$bcrypt$p1\0"s + good.substr(13)}) {
        INFO(stored);
        CHECK(verified(hashers, "word", stored) == answer::corrupt);
    }
}

TEST_CASE("the decoy has the current parameters, matches nothing and is another one in each process")
{
    for (auto const& cost : {cheap_bcrypt, cheap_argon2}) {
        password_hashers const hashers(peppers(), cost, random_bytes);
        auto const stored = hashed(hashers, "word");
        CHECK(hashers.decoy().size() == stored.size());
        CHECK(hashers.decoy().substr(0, 20) == stored.substr(0, 20));
        for (auto const* password : {"", "word", "password"}) CHECK(verified(hashers, password, hashers.decoy()) == answer::wrong);
        CHECK(hashers.decoy() != password_hashers(peppers(), cost, random_bytes).decoy());
    }
}

TEST_CASE("hashing on several threads at once gives right answers")
{
    password_hashers const hashers(peppers(), cheap_bcrypt, random_bytes);
    auto const stored = hashed(hashers, "word");
    std::atomic<int> wrong = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&, i] {
            for (int round = 0; round < 50; ++round) {
                auto const mine = "word " + std::to_string(i);
                if (verified(hashers, "word", stored) != answer::right || verified(hashers, mine, stored) != answer::wrong) ++wrong;
                if (verified(hashers, mine, hashed(hashers, mine)) != answer::right) ++wrong;
            }
        });
    for (auto& each : threads) each.join();
    CHECK(wrong == 0);
}
