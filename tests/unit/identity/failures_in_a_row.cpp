#include "tests/unit/identity/factor_world.hpp"

// No more than a hundred wrong passwords in a row, whatever locks came and went between (NIST SP 800-63B-4 section 3.2.2).

using namespace mb;
using namespace mb::testing;
using namespace std::chrono_literals;

namespace {

struct besieged : with_factor {
    /// What so many wrong passwords are answered, each as soon as it is looked at.
    std::vector<denial> fail(std::string const& who, int times, std::string const& device = {})
    {
        std::vector<denial> answers;
        for (int i = 0; i < times; ++i) {
            auto const said = denied(straight(log_in({who, secret{std::string_view{"wrong password"}}, device}, request())));
            answers.push_back(said);
            if (said.why == problem::account_locked) clock.advance(30min);
        }
        return answers;
    }
    outcome<answer<usecases::token_pair>> enter_from(std::string const& device)
    {
        return straight(log_in({"ana@example.org", secret{std::string_view{"right password"}}, device}, request()));
    }
    std::string mailed_link()
    {
        granted(request_reset("ana@example.org", notify::language::es, request()));
        return std::string(mails().at(0).message.link_token.reveal());
    }
    int warnings(std::string const& whose) { return static_cast<int>(std::ranges::count(mail_kinds(whose), "password_attempts")); }
};

}  // namespace

TEST_CASE_METHOD(besieged, "after 99 wrong passwords in a row the right one opens, and the count begins anew")
{
    fail("ana@example.org", 99);
    granted(attempt("ana@example.org", "right password"));
    fail("ana@example.org", 99);
    granted(attempt("ana@example.org", "right password"));
    CHECK(warnings("ana@example.org") == 0);
}

TEST_CASE_METHOD(besieged, "the hundredth guess is looked at, and where it is right it opens")
{
    fail("ana@example.org", 99);
    auto const verifications = hasher.verifications();
    granted(attempt("ana@example.org", "right password"));
    CHECK(hasher.verifications() == verifications + 1);
}

TEST_CASE_METHOD(besieged, "after the hundredth no password is looked at until a new one is set by mail, and the owner is told once")
{
    fail("ana@example.org", 100);
    CHECK(warnings("ana@example.org") == 1);
    CHECK(value_of(last(audit::event_type::account_locked), "then") == "new_password");
    auto const verifications = hasher.verifications();
    for (auto const wait : {0h, 1h, 24h, 24h * 300}) {
        clock.advance(wait);
        CHECK(denied(attempt("ana@example.org", "right password")) == denial{problem::account_locked, 30min});
        CHECK(denied(attempt("ana@example.org", "wrong password")) == denial{problem::account_locked, 30min});
        CHECK(why(prove_password({"ana@example.org", secret{std::string_view{"right password"}}}, request())) == problem::account_locked);
        CHECK(why(open_session({"ana@example.org", secret{std::string_view{"right password"}}}, request())) == problem::account_locked);
    }
    CHECK(hasher.verifications() == verifications);
    CHECK(warnings("ana@example.org") == 1);

    auto const link = mailed_link();
    granted(reset_password({link, secret{std::string_view{"another password"}}, {}}, request()));
    granted(attempt("ana@example.org", "another password"));
    fail("ana@example.org", 4);
    granted(attempt("ana@example.org", "another password"));
}

TEST_CASE_METHOD(besieged, "a stranger sees the same for an account and for nobody, guess after guess")
{
    CHECK(fail("ana@example.org", 105) == fail("nobody@example.org", 105));
    auto const answers = fail("nobody at all", 101);
    CHECK(answers == fail("eva@example.org", 101));
    CHECK(std::ranges::count(answers, problem::account_locked, &denial::why) == 20 + 1);
    CHECK(warnings("nobody@example.org") == 0);
}

TEST_CASE_METHOD(besieged, "a browser that is known keeps its own count, and gets in all the while")
{
    auto const device = std::string(enter("ana@example.org").device->text.reveal());
    fail("ana@example.org", 100);
    granted(enter_from(device));
    CHECK(why(attempt("ana@example.org", "right password")) == problem::account_locked);  // which clears nobody else's
    fail("ana@example.org", 100, device);
    CHECK(why(enter_from(device)) == problem::account_locked);
}

TEST_CASE_METHOD(besieged, "an administrator sees that an account is barred, and may lift it")
{
    fail("ana@example.org", 100);
    clock.advance(24h);
    auto const shown = granted(get_user(user("ana@example.org").id, admin(), request()));
    REQUIRE(shown.locked_until);
    CHECK(*shown.locked_until > clock.now() + 24h * 300);
    granted(unlock_user(shown.user.id, admin(), request()));
    CHECK_FALSE(granted(get_user(shown.user.id, admin(), request())).locked_until);
    granted(attempt("ana@example.org", "right password"));
}

TEST_CASE_METHOD(besieged, "a link that was mailed opens meanwhile: it shows the mailbox, and no password")
{
    fail("ana@example.org", 100);
    granted(send_magic_link("ana@example.org", notify::language::es, request()));
    auto const link = std::string(mails().at(0).message.link_token.reveal());
    granted(straight(log_in_by_link(link, "", request())));
}

TEST_CASE_METHOD(besieged, "codes have such a count too, which an administrator lifts")
{
    auto const codes = enrol();
    auto const token = [&] { return first_step(); };
    for (int i = 0; i < 100; ++i)
        if (why(second_step(token(), wrong_code("ana@example.org"))) == problem::account_locked) clock.advance(30min);
    CHECK(why(second_step(token(), code("ana@example.org"))) == problem::account_locked);
    clock.advance(24h * 30);
    CHECK(why(second_step(token(), code("ana@example.org"))) == problem::account_locked);
    CHECK(why(recover(token(), codes[0])) == problem::account_locked);
    granted(unlock_user(user("ana@example.org").id, admin(), request()));
    in(recover(token(), codes[0]));
}
