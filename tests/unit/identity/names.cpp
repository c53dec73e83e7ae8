#include "core/domain/identity/user.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace mb::identity;

TEST_CASE("an address has one form")
{
    CHECK(email::parse("Ana@Example.ORG")->text() == "ana@example.org");
    CHECK(email::parse("ana@example.org") == email::parse("ANA@EXAMPLE.ORG"));
    CHECK_FALSE(email::parse("ana"));
    CHECK_FALSE(email::parse(" ana@example.org"));
    CHECK_FALSE(email::parse("ana@example.org\r\nBcc: x@y.z"));
}

TEST_CASE("a user name has 3 to 64 characters and one form")
{
    CHECK(username::parse("Ana.B_c-9")->text() == "ana.b_c-9");
    CHECK(username::parse("abc"));
    CHECK(username::parse(std::string(64, 'a')));
    auto const wrong = GENERATE(as<std::string>{}, "", "ab", std::string(65, 'a'), ".ab", "-ab", "_ab", "a b", "a@b", "a/b", "a:b", "a`b", "a{b",
                                "/ab", ":ab", "`ab", "{ab", "a\xc3\xb1o", "abc\n", "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
    CAPTURE(wrong);
    CHECK_FALSE(username::parse(wrong));
}

TEST_CASE("each status is found by its name")
{
    for (auto const status : {user_status::active, user_status::disabled}) CHECK(status_named(name_of(status)) == status);
    CHECK_FALSE(status_named("locked"));
}
