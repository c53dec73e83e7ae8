#include "core/domain/base/text.hpp"
#include "tests/unit/access/world.hpp"

using namespace mb;
using namespace mb::testing;
using namespace std::chrono_literals;

namespace {

struct remembered : world {
    remembered() { make_user("ana@example.org"); }

    outcome<answer<usecases::token_pair>> attempt_from(std::string_view device, std::string_view password, std::string const& who = "ana@example.org")
    {
        return straight(log_in({who, secret{password}, std::string(device)}, request()));
    }
    std::string cookie(std::string const& who = "ana@example.org") { return std::string(enter(who).device->text.reveal()); }
    void lock_strangers()
    {
        for (int i = 0; i < 5; ++i) REQUIRE(attempt_from("", "wrong password"));
        REQUIRE(why(attempt_from("", "right password")) == problem::account_locked);
    }
};

}  // namespace

TEST_CASE_METHOD(remembered, "whoever fails elsewhere doesn't lock the owner out of a browser that logged in before")
{
    auto const device = cookie();
    lock_strangers();
    granted(attempt_from(device, "right password"));
    CHECK(why(attempt_from("", "right password")) == problem::account_locked);
}

TEST_CASE_METHOD(remembered, "a known browser has five failures of its own, which lock nobody else")
{
    auto const first = cookie();
    auto const second = cookie();
    for (int i = 0; i < 4; ++i) CHECK(why(attempt_from(first, "wrong password")) == problem::invalid_credentials);
    CHECK(why(attempt_from(first, "wrong password")) == problem::account_locked);
    CHECK(why(attempt_from(first, "right password")) == problem::account_locked);
    granted(attempt_from(second, "right password"));
    granted(attempt_from("", "right password"));
    CHECK(why(attempt_from(first, "right password")) == problem::account_locked);
    clock.advance(30min);
    granted(attempt_from(first, "right password"));
}

TEST_CASE_METHOD(remembered, "a login renews the cookie of its browser, and the browser stays the same one")
{
    auto const device = cookie();
    for (int i = 0; i < 4; ++i) REQUIRE(attempt_from(device, "wrong password"));
    clock.advance(1h);
    auto const renewed = granted(attempt_from(device, "right password"));
    CHECK(renewed.device->text.reveal() != device);
    for (int i = 0; i < 4; ++i) CHECK(why(attempt_from(renewed.device->text.reveal(), "wrong password")) == problem::invalid_credentials);
    CHECK(why(attempt_from(device, "wrong password")) == problem::account_locked);
}

TEST_CASE_METHOD(remembered, "a cookie is good for 180 days, and not a microsecond longer")
{
    auto const device = cookie();
    clock.advance(180 * 24h - 1us);
    lock_strangers();
    granted(attempt_from(device, "right password"));
    clock.advance(1us);
    CHECK(why(attempt_from(device, "right password")) == problem::account_locked);
}

TEST_CASE_METHOD(remembered, "a cookie that is changed anywhere, or is somebody else's, is none")
{
    make_user("eva@example.org");
    auto const device = cookie();
    auto const others = cookie("eva@example.org");
    lock_strangers();
    CHECK(why(attempt_from(others, "right password")) == problem::account_locked);
    auto const bytes = *parse_base64url(device);
    REQUIRE(bytes.size() == 72);
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        auto changed = bytes;
        changed[at] = static_cast<char>(changed[at] ^ 1);
        CHECK(why(attempt_from(base64url(changed), "right password")) == problem::account_locked);
    }
    for (auto const& text : {std::string("x"), device + "A", device.substr(4), std::string(100'000, 'A')})
        CHECK(why(attempt_from(text, "right password")) == problem::account_locked);
    granted(attempt_from(device, "right password"));
}

TEST_CASE_METHOD(remembered, "a known browser's magic link and password change pass a lock that strangers caused")
{
    auto const device = cookie();
    granted(send_magic_link("ana@example.org", notify::language::es, request()));
    auto const link = std::string(mails().at(0).message.link_token.reveal());
    auto const who = caller_of(enter("ana@example.org"));
    lock_strangers();
    auto const change = [&](std::string_view from) {
        return change_password({secret{std::string_view{"right password"}}, secret{std::string_view{"another password"}}, {}, std::string(from)}, who,
                               request());
    };
    CHECK(why(log_in_by_link(link, "", request())) == problem::account_locked);
    CHECK(entered(log_in_by_link(link, device, request())).device);
    CHECK(why(change("")) == problem::account_locked);
    granted(change(device));
}

TEST_CASE_METHOD(remembered, "unlocking an account unlocks its browsers too")
{
    auto const device = cookie();
    for (int i = 0; i < 5; ++i) REQUIRE(attempt_from(device, "wrong password"));
    granted(unlock_user(user("ana@example.org").id, admin(), request()));
    granted(attempt_from(device, "right password"));
}
