#include "adapters/re2/re2_pattern_compiler.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

using namespace mb;
using re2::re2_pattern_compiler;

namespace {

bool found(std::string_view source, std::string_view text)
{
    auto const pattern = re2_pattern_compiler{}.compile(source);
    REQUIRE(pattern != nullptr);
    return pattern->found_in(text);
}

std::string repeated(std::size_t times, std::string_view text)
{
    std::string all;
    for (std::size_t i = 0; i < times; ++i) all += text;
    return all;
}

}  // namespace

TEST_CASE("a pattern is found anywhere in the text unless it is anchored")
{
    CHECK(found("b+", "abbc"));
    CHECK_FALSE(found("^b+$", "abbc"));
    CHECK(found("^[A-Z]{2}-[0-9]{4}$", "AB-1234"));
    CHECK_FALSE(found("^[A-Z]{2}-[0-9]{4}$", "AB-1234\n"));
    CHECK_FALSE(found("^[A-Z]{2}-[0-9]{4}$", "ab-1234"));
    CHECK(found("(?i)abc", "xABCx"));
    CHECK(found("", ""));
}

TEST_CASE("a pattern counts code points, not bytes")
{
    CHECK(found("^.{3}$", "ñ€😀"));
    CHECK(found(R"(^\p{L}+$)", "ñandú"));
    CHECK_FALSE(found("^.{4}$", "😀"));
    CHECK_FALSE(found("^.$", "\xff"));
}

TEST_CASE("what RE2 does not know is no pattern")
{
    for (auto const* source : {"(", ")", "[a", "a{2,1}", "*", "a**", R"((a)\1)", "(?=a)", "(?<=a)b", "a{1001}", "\\", "\xff"}) {
        INFO(source);
        CHECK(re2_pattern_compiler{}.compile(source) == nullptr);
    }
}

TEST_CASE("a pattern of 1,000 bytes compiles, one more byte does not")
{
    CHECK(re2_pattern_compiler{}.compile(std::string(1000, 'a')) != nullptr);
    CHECK(re2_pattern_compiler{}.compile(std::string(1001, 'a')) == nullptr);
}

TEST_CASE("a pattern that would need too much memory is refused")
{
    CHECK(re2_pattern_compiler{}.compile(R"((\pL{500}){2})") == nullptr);
    CHECK(re2_pattern_compiler{}.compile(R"(\pL{20})") != nullptr);
    CHECK(re2_pattern_compiler{}.compile(repeated(200, "(") + "a" + repeated(200, ")")) != nullptr);
}

TEST_CASE("patterns that take others exponential time answer at once")
{
    std::string const text(20'000, 'a');
    CHECK_FALSE(found("^(a+)+$", text + "!"));
    CHECK_FALSE(found("^(a|aa)+$", text + "!"));
    CHECK_FALSE(found("^(.*a){12}b$", text));
    CHECK(found("(x+x+)+y", repeated(5'000, "x") + "y"));
}

TEST_CASE("one compiled pattern may be used by many threads")
{
    auto const pattern = re2_pattern_compiler{}.compile("^[a-z]+[0-9]{2,4}$");
    REQUIRE(pattern != nullptr);
    std::atomic<int> wrong = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&] {
            for (int round = 0; round < 500; ++round) wrong += !pattern->found_in("abc" + std::to_string(10 + round)) + pattern->found_in("abc");
        });
    for (auto& each : threads) each.join();
    CHECK(wrong == 0);
}
