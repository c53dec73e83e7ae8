#include "tests/unit/identity/factor_world.hpp"

// What owners are mailed who did not ask: logins with unknown browsers, and stolen sessions.

using namespace mb;
using namespace mb::testing;
using namespace std::chrono_literals;

namespace {

struct told : with_factor {
    outcome<answer<usecases::token_pair>> enter_from(std::string const& device, std::string const& who = "ana@example.org")
    {
        return straight(log_in({who, secret{std::string_view{"right password"}}, device}, request()));
    }
    std::string cookie_of(usecases::token_pair const& pair) { return std::string(pair.device->text.reveal()); }
    int notices(std::string_view kind = "new_device", std::string const& whose = "ana@example.org")
    {
        return static_cast<int>(std::ranges::count(mail_kinds(whose), kind));
    }
};

}  // namespace

TEST_CASE_METHOD(told, "an account's first login is no news, and neither is one with a browser that it is known by")
{
    auto const device = cookie_of(granted(enter_from("")));
    CHECK(notices() == 0);
    for (int i = 0; i < 3; ++i) {
        clock.advance(48h);
        granted(enter_from(device));
    }
    CHECK(notices() == 0);
}

TEST_CASE_METHOD(told, "a login with an unknown browser is told to the owner, once in 24 hours and not a microsecond sooner")
{
    granted(enter_from(""));
    clock.advance(1s);
    granted(enter_from(""));
    REQUIRE(notices() == 1);
    CHECK(mails().front().message.recipient.text() == "ana@example.org");
    CHECK(mails().front().message.link_token.empty());
    CHECK(mails().front().message.expires_at == clock.now() + 24h);
    clock.advance(24h - 1us);
    granted(enter_from("not a cookie"));
    CHECK(notices() == 1);
    clock.advance(1us);
    granted(enter_from(""));
    CHECK(notices() == 2);
    CHECK(notices("new_device", "eva@example.org") == 0);
}

TEST_CASE_METHOD(told, "somebody else's browser is an unknown one")
{
    granted(enter_from(""));
    auto const of_eva = cookie_of(granted(enter_from("", "eva@example.org")));
    granted(enter_from(of_eva));
    CHECK(notices() == 1);
}

TEST_CASE_METHOD(told, "a wrong password tells nobody, and a right one alone tells nobody where a second step comes")
{
    granted(enter_from(""));
    auto const known = cookie_of(granted(enter_from("")));
    auto const before = notices();
    clock.advance(24h);
    denied(straight(log_in({"ana@example.org", secret{std::string_view{"wrong password"}}}, request())));
    CHECK(notices() == before);
    enrol();
    clock.advance(24h);
    auto const half = notices();
    auto const token = first_step();
    CHECK(notices() == half);
    in(second_step(token, code("ana@example.org")));
    CHECK(notices() == half + 1);
    clock.advance(24h);
    in(second_step(first_step(), code("ana@example.org"), known));
    CHECK(notices() == half + 1);
}

TEST_CASE_METHOD(told, "a login by link with an unknown browser is told as well")
{
    auto const device = cookie_of(granted(enter_from("")));
    auto const link = [&] {
        clock.advance(1h);
        granted(send_magic_link("ana@example.org", notify::language::es, request()));
        return std::string(mails().front().message.link_token.reveal());
    };
    entered(log_in_by_link(link(), device, request()));
    CHECK(notices() == 0);
    entered(log_in_by_link(link(), "", request()));
    CHECK(notices() == 1);
}

TEST_CASE_METHOD(told, "a stolen session is told to its owner once, a race and a session that has ended are not")
{
    auto const first = granted(enter_from(""));
    auto const arrived = clock.now();
    clock.advance(1s);
    granted(refresh_session(first.refresh_token.reveal(), clock.now(), request()));
    CHECK(why(refresh_session(first.refresh_token.reveal(), arrived, request())) == problem::concurrent_refresh);
    CHECK(notices("token_theft") == 0);
    clock.advance(1min);
    CHECK(why(refresh_session(first.refresh_token.reveal(), clock.now(), request())) == problem::token_theft);
    CHECK(notices("token_theft") == 1);
    CHECK(why(refresh_session(first.refresh_token.reveal(), clock.now(), request())) == problem::invalid_token);
    CHECK(notices("token_theft") == 1);
    CHECK(mails().front().message.link_token.empty());
}
