#include "tests/unit/access/together.hpp"
#include "tests/unit/access/world.hpp"

#include <functional>
#include <utility>

using namespace mb;
using namespace mb::testing;
using namespace std::chrono_literals;

namespace {

struct with_ana : world {
    with_ana() { granted(create_user({"ana@example.org", secret{std::string_view{"right password"}}, "ana", {}, {"user"}}, request())); }

    void set(std::function<void(identity::user&)> change)
    {
        auto ana = user("ana@example.org");
        change(ana);
        REQUIRE(memory.transact([&](ports::transaction& tx) { return tx.users().update(ana); }));
    }
};

}  // namespace

TEST_CASE_METHOD(with_ana, "a right password gives tokens, by address or by user name, in any case")
{
    auto const name = GENERATE(as<std::string>{}, "ana@example.org", "ANA@Example.Org", "ana", "Ana");
    auto const before = events().size();
    auto const said = attempt(name, "right password");
    auto const& pair = granted(said);
    CHECK(pair.user.id == user("ana@example.org").id);
    CHECK(pair.expires_in == 900s);
    CHECK(user("ana@example.org").last_login_at == clock.now());
    auto const held = family(pair.family);
    CHECK(held->ip == identity::ip_hash{"hashed-address"});
    CHECK(held->user_agent == "agent");
    CHECK(held->expires_at == clock.now() + std::chrono::days{7});
    CHECK(granted(authenticate(pair.access_token)).session == pair.family);

    CHECK(event_names(before) == std::vector<std::string>{"LOGIN_EXITOSO"});
    CHECK(events(1).front().user == pair.user.id);
    auto const tries = attempts();
    REQUIRE(tries.size() == 1);
    CHECK(tries[0].successful);
    CHECK(tries[0].session == pair.family);
    CHECK(tries[0].failure_reason.empty());
}

TEST_CASE_METHOD(with_ana, "a wrong password and an unknown user are answered alike, with the same rows and the same hashing")
{
    auto const name = GENERATE(as<std::string>{}, "ana@example.org", "ana", "nobody@example.org", "nobody", "?!", "");
    CAPTURE(name);
    auto const before = events().size();
    auto const verifications = hasher.verifications();
    CHECK(denied(attempt(name, "wrong password")) == denial{problem::invalid_credentials});
    CHECK(hasher.verifications() == verifications + 1);
    CHECK(event_names(before) == std::vector<std::string>{"LOGIN_FALLIDO"});
    REQUIRE(attempts().size() == 1);
    CHECK(attempts()[0].failure_reason == "CREDENCIALES_INVALIDAS");
    CHECK_FALSE(attempts()[0].successful);
    CHECK(attempts()[0].identity_pseudonym.size() == 43);
    CHECK(attempts()[0].identity_pseudonym.find("nobody") == std::string::npos);
}

TEST_CASE_METHOD(with_ana, "an account without a password hashes like an unknown one")
{
    set([](identity::user& ana) { ana.password_hash.reset(); });
    CHECK(why(attempt("ana", "right password")) == problem::invalid_credentials);
    CHECK(hasher.verified_decoy_last());
}

TEST_CASE_METHOD(with_ana, "Account lockout: 5 intentos fallidos -> 423 Locked, intento 6 -> mismo 423, admin unlock -> login exitoso")
{
    for (int i = 1; i <= 4; ++i) CHECK(why(attempt("ana@example.org", "wrong password")) == problem::invalid_credentials);
    auto const before = events().size();
    CHECK(denied(attempt("ana@example.org", "wrong password")) == denial{problem::account_locked, 1800s});
    CHECK(event_names(before) == std::vector<std::string>{"LOGIN_FALLIDO", "CUENTA_BLOQUEADA"});
    CHECK(events(1).front().status_code == 423);
    CHECK(events(1).front().user == user("ana@example.org").id);

    clock.advance(1s);
    auto const verifications = hasher.verifications();
    CHECK(denied(attempt("ana@example.org", "right password")) == denial{problem::account_locked, 1799s});
    CHECK(hasher.verifications() == verifications);
    CHECK(granted(get_user(user("ana@example.org").id, admin(), request())).locked_until == clock.now() + 1799s);

    auto const unlocked = granted(unlock_user(user("ana@example.org").id, admin(), request()));
    CHECK_FALSE(unlocked.locked_until);
    CHECK(audit::entry_of(events(1).front().type).name == "CUENTA_DESBLOQUEADA");
    CHECK(events(1).front().actor == user("root@example.org").id);
    granted(attempt("ana@example.org", "right password"));
}

TEST_CASE_METHOD(with_ana, "an unknown identifier locks like a known one")
{
    auto const name = GENERATE(as<std::string>{}, "nobody@example.org", "nobody", "?!");
    for (int i = 1; i <= 4; ++i) CHECK(why(attempt(name, "wrong password")) == problem::invalid_credentials);
    auto const before = events().size();
    CHECK(denied(attempt(name, "wrong password")) == denial{problem::account_locked, 1800s});
    CHECK(event_names(before) == std::vector<std::string>{"LOGIN_FALLIDO", "CUENTA_BLOQUEADA"});
    CHECK(denied(attempt(name, "wrong password")) == denial{problem::account_locked, 1800s});
    CHECK(attempts().size() == 6);
    granted(attempt("ana@example.org", "right password"));
}

TEST_CASE_METHOD(with_ana, "one account has one count, however it is spelled")
{
    for (auto const* name : {"ana", "ANA", "ana@example.org", "Ana@EXAMPLE.org"})
        CHECK(why(attempt(name, "wrong password")) == problem::invalid_credentials);
    CHECK(why(attempt("aNa", "wrong password")) == problem::account_locked);
    CHECK(why(attempt("ana@example.org", "right password")) == problem::account_locked);
}

TEST_CASE_METHOD(with_ana, "nobody reaches an account's count by typing its id")
{
    auto const id = user("ana@example.org").id.text();
    for (int i = 0; i < 6; ++i) REQUIRE(attempt(id, "wrong password"));
    CHECK(why(attempt(id, "wrong password")) == problem::account_locked);
    granted(attempt("ana", "right password"));
}

TEST_CASE_METHOD(with_ana, "a right password starts the count again")
{
    for (int round = 0; round < 3; ++round) {
        for (int i = 0; i < 4; ++i) CHECK(why(attempt("ana", "wrong password")) == problem::invalid_credentials);
        granted(attempt("ana", "right password"));
    }
}

TEST_CASE_METHOD(with_ana, "a lock ends by itself, at its end and not before")
{
    for (int i = 0; i < 5; ++i) REQUIRE(attempt("ana", "wrong password"));
    clock.advance(30min - 1us);
    CHECK(denied(attempt("ana", "right password")) == denial{problem::account_locked, 1s});
    clock.advance(1us);
    granted(attempt("ana", "right password"));
}

TEST_CASE_METHOD(with_ana, "what is wrong with an account is said only after its right password, which clears the count")
{
    auto const [what, expected] = GENERATE(table<std::string, problem>({
        {"disabled", problem::account_disabled},
        {"unverified", problem::email_not_verified},
        {"both", problem::account_disabled},
    }));
    set([&](identity::user& ana) {
        if (what != "unverified") ana.status = identity::user_status::disabled;
        if (what != "disabled") ana.email_verified = false;
    });
    for (int round = 0; round < 2; ++round) {
        for (int i = 0; i < 4; ++i) CHECK(why(attempt("ana", "wrong password")) == problem::invalid_credentials);
        CHECK(denied(attempt("ana", "right password")) == denial{expected});
        CHECK(attempts()[0].failure_reason == entry_of(expected).code);
    }
    for (int i = 0; i < 5; ++i) REQUIRE(attempt("ana", "wrong password"));
    CHECK(why(attempt("ana", "right password")) == problem::account_locked);
}

TEST_CASE_METHOD(with_ana, "an outdated hash is replaced at the next login, and nothing else changes")
{
    fakes::quick_hasher const costlier{2};
    usecases::password_gate const costlier_gate{store, clock, random, costlier, digests, lockout, watch};
    usecases::log_in const log_in_now{costlier_gate, proofs, catalogues, clock, random, codec, tokens_policy};
    auto const before = user("ana@example.org").password_hash;
    granted(log_in_now({"ana", secret{std::string_view{"right password"}}}, request()));
    auto const after = user("ana@example.org").password_hash;
    CHECK(after != before);
    CHECK(after->starts_with("mb1$quick$2$"));
    granted(log_in_now({"ana", secret{std::string_view{"right password"}}}, request()));
    CHECK(user("ana@example.org").password_hash == after);
}

TEST_CASE_METHOD(with_ana, "a password that was changed while it was hashed is wrong")
{
    /// Lets something happen while a password is looked at.
    class slow_hasher final : public ports::password_hasher {
    public:
        slow_hasher(ports::password_hasher const& behind, std::function<void()> meanwhile) : behind_(behind), meanwhile_(std::move(meanwhile)) {}
        outcome<std::string> hash(secret const& password) const override { return behind_.hash(password); }
        outcome<verdict> verify(secret const& password, std::string_view stored) const override
        {
            meanwhile_();
            return behind_.verify(password, stored);
        }
        bool admits(std::string_view foreign) const noexcept override { return behind_.admits(foreign); }
        std::string_view decoy() const noexcept override { return behind_.decoy(); }

    private:
        ports::password_hasher const& behind_;
        std::function<void()> meanwhile_;
    };
    auto const [what, expected] = GENERATE(table<std::string, problem>({
        {"password", problem::invalid_credentials},
        {"status", problem::account_disabled},
    }));
    slow_hasher const slow{hasher, [&] {
                               set([&](identity::user& ana) {
                                   if (what == "password") ana.password_hash = *hasher.hash(secret{std::string_view{"new password"}});
                                   if (what == "status") ana.status = identity::user_status::disabled;
                               });
                           }};
    usecases::password_gate const slow_gate{store, clock, random, slow, digests, lockout, watch};
    usecases::log_in const slow_log_in{slow_gate, proofs, catalogues, clock, random, codec, tokens_policy};
    CHECK(why(slow_log_in({"ana", secret{std::string_view{"right password"}}}, request())) == expected);
    CHECK(granted(list_sessions({user("ana@example.org"), {}, catalogues.current()}, std::nullopt, 10)).families.empty());
}

TEST_CASE_METHOD(with_ana, "guesses in parallel never get more than five looks at the password")
{
    for (int round = 0; round < 200; ++round) {
        auto const name = "guess" + std::to_string(round);
        auto const before = hasher.verifications();
        std::atomic<int> locked = 0;
        together(8, [&](int) {
            auto const said = attempt(name, "wrong password");
            if (said && said->denied() != nullptr && said->denied()->why == problem::account_locked) ++locked;
        });
        REQUIRE(hasher.verifications() - before == 5);
        REQUIRE(locked == 4);  // the fifth guess, and the three that came too late
    }
}

TEST_CASE_METHOD(with_ana, "no row of a login holds what was typed")
{
    REQUIRE(attempt("ana@example.org", "wrong password"));
    REQUIRE(attempt("nobody@example.org", "wrong password"));
    enter("ana@example.org");
    for (auto const& row : events())
        for (auto const& [key, text] : row.metadata) {
            CHECK(text.find("example.org") == std::string::npos);
            CHECK(text.find("password") == std::string::npos);
        }
}

TEST_CASE_METHOD(with_ana, "an outage at any step of a login is an error, and gives no tokens")
{
    SECTION("counting the guess") { store.fail_next(fakes::outage_store::stage::begin, errc::unavailable); }
    SECTION("keeping the count") { store.fail_next(fakes::outage_store::stage::commit, errc::unavailable); }
    auto const verifications = hasher.verifications();
    auto const said = attempt("ana", "right password");
    REQUIRE_FALSE(said);
    CHECK(said.error().code == errc::unavailable);
    CHECK(hasher.verifications() == verifications);
}
