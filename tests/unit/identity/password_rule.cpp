#include "core/domain/identity/password.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace mb;
using namespace mb::identity;

namespace {

violations judge(std::string const& password, password_estimate estimate = {4, false}, password_policy const& policy = {})
{
    return decide_password(secret{std::string_view{password}}, estimate, policy, "/password");
}

std::string times(std::string const& text, int count)
{
    std::string all;
    for (int i = 0; i < count; ++i) all += text;
    return all;
}

}  // namespace

TEST_CASE("eight characters are enough and seven are not, counted in code points")
{
    CHECK(judge("12345678").empty());
    CHECK(judge("1234567") == violations{{"/password", violation_code::too_short, "8"}});
    CHECK(judge(times("\xc3\xb1", 8)).empty());
    CHECK(judge(times("\xc3\xb1", 7)) == violations{{"/password", violation_code::too_short, "8"}});
}

TEST_CASE("the minimum is the policy's")
{
    password_policy const single_factor{.characters_min = 15};
    CHECK(judge(std::string(15, 'x'), {4, false}, single_factor).empty());
    CHECK(judge(std::string(14, 'x'), {4, false}, single_factor) == violations{{"/password", violation_code::too_short, "15"}});
}

TEST_CASE("1,024 bytes are taken and 1,025 are not")
{
    CHECK(judge(std::string(1024, 'x')).empty());
    CHECK(judge(std::string(1025, 'x')) == violations{{"/password", violation_code::too_long, "1024"}});
}

TEST_CASE("a score of three is enough and two is not")
{
    CHECK(judge("long enough", {3, false}).empty());
    CHECK(judge("long enough", {2, false}) == violations{{"/password", violation_code::too_guessable, "3"}});
}

TEST_CASE("a common password is refused whatever its score, and said to be common")
{
    CHECK(judge("long enough", {4, true}) == violations{{"/password", violation_code::block_listed, ""}});
    CHECK(judge("long enough", {0, true}) == violations{{"/password", violation_code::block_listed, ""}});
}

TEST_CASE("no kind of character is asked for")
{
    CHECK(judge("correct horse battery staple").empty());
    CHECK(judge("        ").empty());
}
