#include "core/usecases/identity/login_risk.hpp"

#include "core/domain/audit/risk.hpp"
#include "tests/unit/access/together.hpp"
#include "tests/unit/access/world.hpp"

using namespace mb;
using namespace mb::testing;
using namespace std::chrono_literals;

namespace {

struct weighed : world {
    weighed() { make_user("ana@example.org"); }

    /// A login of somebody at an address of a country.
    outcome<answer<usecases::token_pair>> from(std::string address, std::optional<std::string> country, std::string_view password,
                                               std::string_view device = "", std::string const& who = "ana@example.org")
    {
        auto asked = request();
        asked.ip = identity::ip_hash{std::move(address)};
        asked.country = std::move(country);
        return straight(log_in({who, secret{password}, std::string(device)}, asked));
    }
    /// Lets Ana in from Spain; what her browser keeps.
    std::string at_home()
    {
        auto const entered = granted(from("home", "ES", "right password"));
        return std::string(entered.device->text.reveal());
    }
    ports::login_attempt last() { return attempts().at(0); }
    void wrong(int times, std::string const& address, std::string const& who_prefix)
    {
        for (int i = 0; i < times; ++i) REQUIRE(from(address, {}, "wrong password", "", who_prefix + std::to_string(i) + "@example.org"));
    }
};

}  // namespace

TEST_CASE_METHOD(weighed, "the first login is no risk, and its country is written down")
{
    at_home();
    CHECK(last().country == "ES");
    CHECK(last().risk_score == 0);
    CHECK_FALSE(last().suspicious);
    CHECK(events(1).front().country == "ES");
    CHECK(events(1).front().risk_score == 0);
    CHECK(value_of(events(1).front(), "risk").empty());
    auto const learnt = identity::parse_habits(user("ana@example.org").login_habits.value());
    REQUIRE(learnt);
    CHECK(learnt->countries == std::vector<std::string>{"ES"});
}

TEST_CASE_METHOD(weighed, "a known browser from a known country is no risk, a new one from another is suspicious")
{
    auto const device = at_home();
    granted(from("home", "ES", "right password", device));
    CHECK(last().risk_score == 0);

    granted(from("away", "FR", "right password"));
    CHECK(last().risk_score == 60);
    CHECK(last().suspicious);
    CHECK(last().successful);
    CHECK(value_of(events(1).front(), "risk") == "new_country,new_device");
    CHECK(events(1).front().risk_score == 60);

    granted(from("away", "FR", "right password", device));
    CHECK(last().risk_score == 0);  // learnt
}

TEST_CASE_METHOD(weighed, "a refused login is weighed too, and teaches nothing")
{
    at_home();
    auto const before = user("ana@example.org").login_habits;
    CHECK(why(from("away", "FR", "wrong password")) == problem::invalid_credentials);
    CHECK(last().risk_score == 60);
    CHECK(last().suspicious);
    CHECK(last().country == "FR");
    CHECK(events(1).front().risk_score == 60);
    CHECK(user("ana@example.org").login_habits == before);
}

TEST_CASE_METHOD(weighed, "failures before a login count from the third on")
{
    auto const device = at_home();
    for (int failures = 1; failures <= 4; ++failures) {
        CHECK(why(from("home", "ES", "wrong password", device)) == problem::invalid_credentials);
        CHECK(last().risk_score == (failures - 1 >= audit::risk_failures_min ? 20 : 0));
    }
    granted(from("home", "ES", "right password", device));
    CHECK(last().risk_score == 20);
    granted(from("home", "ES", "right password", device));
    CHECK(last().risk_score == 0);
}

TEST_CASE_METHOD(weighed, "a login that a lock refuses is weighed, and its country written down")
{
    at_home();
    for (int i = 0; i < 5; ++i) REQUIRE(from("away", "FR", "wrong password"));
    CHECK(why(from("away", "FR", "right password")) == problem::account_locked);
    CHECK(last().failure_reason == "CUENTA_BLOQUEADA");
    CHECK(last().country == "FR");
    CHECK(last().risk_score == 80);
    CHECK(value_of(events(1).front(), "risk") == "new_country,new_device,recent_failures");
}

TEST_CASE_METHOD(weighed, "an address attacks from its tenth wrong password on, whoever they were for")
{
    auto const device = at_home();
    wrong(usecases::address_policy.failures_max - 1, "den", "nobody");
    granted(from("den", "ES", "right password", device));
    CHECK(last().risk_score == 0);
    wrong(1, "den", "somebody");
    granted(from("den", "ES", "right password", device));
    CHECK(last().risk_score == 35);
    CHECK(value_of(events(1).front(), "risk") == "attacking_address");
    granted(from("home", "ES", "right password", device));
    CHECK(last().risk_score == 0);
}

TEST_CASE_METHOD(weighed, "an address is an attacker's for a day, and not a microsecond longer")
{
    auto const device = at_home();
    wrong(usecases::address_policy.failures_max, "den", "nobody");
    clock.advance(24h - 1us);
    granted(from("den", "ES", "right password", device));
    CHECK(last().risk_score == 35);
    clock.advance(1us);
    granted(from("den", "ES", "right password", device));
    CHECK(last().risk_score == 0);
    wrong(usecases::address_policy.failures_max - 1, "den", "others");
    granted(from("den", "ES", "right password", device));
    CHECK(last().risk_score == 0);
}

TEST_CASE_METHOD(weighed, "wrong passwords an hour apart are no attack")
{
    auto const device = at_home();
    for (int i = 0; i < 2 * usecases::address_policy.failures_max; ++i) {
        wrong(1, "office", "day" + std::to_string(i) + "-");
        clock.advance(1h);
    }
    granted(from("office", "ES", "right password", device));
    CHECK(last().risk_score == 0);
}

TEST_CASE_METHOD(weighed, "only wrong passwords count against an address")
{
    make_user("eva@example.org");
    auto const device = at_home();
    for (int i = 0; i < 2 * usecases::address_policy.failures_max; ++i) granted(from("home", "ES", "right password", device));
    auto eva = user("eva@example.org");
    eva.status = identity::user_status::disabled;
    REQUIRE(memory.transact([&](ports::transaction& tx) { return tx.users().update(eva); }));
    for (int i = 0; i < 2 * usecases::address_policy.failures_max; ++i)
        CHECK(why(from("home", "ES", "right password", "", "eva@example.org")) == problem::account_disabled);
    granted(from("home", "ES", "right password", device));
    CHECK(last().risk_score == 0);
}

TEST_CASE_METHOD(weighed, "a login without an address is weighed by the rest")
{
    at_home();
    auto asked = request();
    asked.ip.reset();
    for (int i = 0; i < 4; ++i) REQUIRE(log_in({"ana@example.org", secret{std::string_view{"wrong password"}}, ""}, asked));
    CHECK(last().risk_score == 40);
}

TEST_CASE_METHOD(weighed, "who is inside already is not weighed when the password is asked for again")
{
    auto const who = caller_of(granted(from("home", "ES", "right password")));
    auto asked = request();
    asked.country = "FR";
    granted(change_password({secret{std::string_view{"right password"}}, secret{std::string_view{"another password"}}, {}, ""}, who, asked));
    CHECK_FALSE(last().risk_score);
    CHECK_FALSE(last().suspicious);
    CHECK(last().country == "FR");
    CHECK(identity::parse_habits(user("ana@example.org").login_habits.value())->countries == std::vector<std::string>{"ES"});
}

TEST_CASE_METHOD(weighed, "a login by link teaches the habits as well")
{
    granted(send_magic_link("ana@example.org", notify::language::es, request()));
    auto asked = request();
    asked.country = "PT";
    entered(log_in_by_link(mails().at(0).message.link_token.reveal(), "", asked));
    CHECK(identity::parse_habits(user("ana@example.org").login_habits.value())->countries == std::vector<std::string>{"PT"});
}

TEST_CASE_METHOD(weighed, "habits that can't be read are begun anew, and let in as before")
{
    auto ana = user("ana@example.org");
    ana.login_habits = "something else";
    REQUIRE(memory.transact([&](ports::transaction& tx) { return tx.users().update(ana); }));
    granted(from("away", "FR", "right password"));
    CHECK(last().risk_score == 0);
    CHECK(identity::parse_habits(user("ana@example.org").login_habits.value()));
}

TEST_CASE_METHOD(weighed, "parallel wrong passwords of one address count each")
{
    for (int round = 0; round < 200; ++round) {
        auto const den = "den" + std::to_string(round);
        auto const who = "r" + std::to_string(round) + "-";
        together(usecases::address_policy.failures_max, [&](int i) { (void)from(den, {}, "wrong password", "", who + std::to_string(i)); });
        REQUIRE(from(den, {}, "wrong password", "", who + "last"));
        REQUIRE(last().risk_score == 35);
    }
}

TEST_CASE_METHOD(weighed, "an address that goes on for weeks ends no login, and counts as attacking as before")
{
    at_home();
    for (int day = 0; day < 12; ++day) {
        wrong(10, "bad", "day" + std::to_string(day) + "-");
        clock.advance(25h);
    }
    wrong(10, "bad", "last-");
    granted(from("bad", "ES", "right password"));
    CHECK(value_of(events(1).front(), "risk").find("address") != std::string::npos);
}
