#include "adapters/openssl/common_passwords.hpp"
#include "adapters/openssl/zxcvbn_judge.hpp"
#include "core/domain/base/text.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

using namespace std::string_literals;
using namespace mb;
using openssl::zxcvbn_judge;

namespace {

identity::password_estimate judged(zxcvbn_judge const& judge, std::string_view password, std::vector<std::string> const& context = {})
{
    return judge.estimate(secret{password}, context);
}

}  // namespace

TEST_CASE("weak passwords score low and strong ones high")
{
    zxcvbn_judge const judge;
    for (auto const* weak : {"", "a", "aaaaaaaa", "password", "12345678", "qwertyui", "19840101", "abcdefgh"}) {
        INFO(weak);
        CHECK(judged(judge, weak).score <= 1);
    }
    for (auto const* strong : {"correct horse battery staple", "kX9#vQ2$mZ7!", "Tr0ub4dor&3-zebra-lamp"}) {
        INFO(strong);
        CHECK(judged(judge, strong).score == 4);
        CHECK_FALSE(judged(judge, strong).block_listed);
    }
    int previous = 0;
    for (auto const* stronger : {"tq", "tqzv", "tqzvx9", "tqzvx9kw", "tqzvx9kwpm4r"}) {
        CHECK(judged(judge, stronger).score >= previous);
        previous = judged(judge, stronger).score;
    }
    CHECK(previous == 4);
}

TEST_CASE("the words that an owner is known by make a password weak, in any case and in parts")
{
    zxcvbn_judge const judge;
    std::vector<std::string> const owner{"Zsigmondy.Quaxelbrunn@Thornvexil.example", "zq_admin"};
    CHECK(judged(judge, "quaxelbrunn7").score > judged(judge, "quaxelbrunn7", owner).score);
    CHECK(judged(judge, "Thornvexil").score > judged(judge, "Thornvexil", owner).score);
    CHECK(judged(judge, "quaxelbrunn", owner).block_listed);
    CHECK(judged(judge, "QUAXELBRUNN", owner).block_listed);
    CHECK(judged(judge, "zq_admin", owner).block_listed);
    CHECK(judged(judge, "zsigmondy.quaxelbrunn@thornvexil.example", owner).block_listed);
    CHECK_FALSE(judged(judge, "quaxelbrunn").block_listed);
    CHECK_FALSE(judged(judge, "quaxelbrunn-and-more", owner).block_listed);
    CHECK(judged(judge, "anything", std::vector<std::string>(10'000, "word")).score >= 0);
}

TEST_CASE("passwords that everybody tries are listed, in any case, and so is our own name")
{
    zxcvbn_judge const judge;
    CHECK(openssl::common_passwords().size() >= 200);
    for (auto const each : openssl::common_passwords()) {
        INFO(each);
        CHECK(each == ascii_lower(each));
        CHECK(judged(judge, each).block_listed);
    }
    for (auto const* listed : {"Password123", "MetaBuilder", "QWERTY", "Contraseña"}) CHECK(judged(judge, listed).block_listed);
    for (auto const* other : {"", "password-of-mine", "metabuilders"}) CHECK_FALSE(judged(judge, other).block_listed);
}

TEST_CASE("only the first hundred bytes are estimated, and a NUL hides nothing")
{
    zxcvbn_judge const judge;
    CHECK(judged(judge, std::string(100, 'a') + "kX9#vQ2$mZ7!").score == judged(judge, std::string(100, 'a')).score);
    CHECK(judged(judge, std::string(99, 'a') + "#").score >= judged(judge, std::string(100, 'a')).score);
    CHECK(judged(judge, "a\0kX9#vQ2$mZ7!"s).score == 4);
    CHECK(judged(judge, std::string(1'000'000, 'x')).score <= 4);
    CHECK(judged(judge, "\xff\xfe\x80\xc3(").score >= 0);
}

TEST_CASE("a file adds to the list, whatever its line ends and order")
{
    auto const path = std::filesystem::temp_directory_path() / ("mb_password_list_" + std::to_string(::getpid()));
    std::ofstream(path, std::ios::binary) << "Zebra-Lamp-77\r\n\nquiet river\nañejo-Queso";
    auto const judge = zxcvbn_judge::with_list(path.string());
    std::filesystem::remove(path);
    REQUIRE(judge);
    for (auto const* listed : {"zebra-lamp-77", "ZEBRA-LAMP-77", "quiet river", "añejo-queso", "password"})
        CHECK(judged(*judge, listed).block_listed);
    for (auto const* other : {"", "quiet", "zebra-lamp-77\r"}) CHECK_FALSE(judged(*judge, other).block_listed);
    CHECK_FALSE(judged(zxcvbn_judge(), "zebra-lamp-77").block_listed);

    auto const missing = zxcvbn_judge::with_list("/nonexistent/list");
    REQUIRE_FALSE(missing);
    CHECK(missing.error().code == errc::unavailable);
}

TEST_CASE("judging on several threads at once gives the same answers")
{
    zxcvbn_judge const judge;
    std::vector<std::string> const words{"password", "correct horse battery staple", "quaxelbrunn7", "tqzvx9kw"};
    std::vector<int> expected;
    for (auto const& each : words) expected.push_back(judged(judge, each, words).score);
    std::atomic<int> wrong = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&] {
            for (int round = 0; round < 200; ++round)
                for (std::size_t at = 0; at < words.size(); ++at) wrong += judged(judge, words[at], words).score != expected[at];
        });
    for (auto& each : threads) each.join();
    CHECK(wrong == 0);
}
