#include "tests/unit/access/world.hpp"

#include <functional>
#include <ostream>

// Whether an address has an account must not show in the work that an endpoint does for it: as many questions to the store, as many hashes, as many
// rows of every kind but the mail itself (security.md section 6.4). tests/bench/enumeration.py looks at the time.

using namespace mb;
using namespace mb::testing;
using namespace std::chrono_literals;

namespace {

struct work {
    int store_calls = 0;
    std::size_t hashes = 0;
    std::size_t verifications = 0;
    std::size_t events = 0;
    std::size_t attempts = 0;
    friend bool operator==(work const&, work const&) = default;
    friend std::ostream& operator<<(std::ostream& out, work const& done)
    {
        return out << done.store_calls << " calls, " << done.hashes << " hashes, " << done.verifications << " verifications, " << done.events
                   << " events, " << done.attempts << " attempts";
    }
};

/// Accounts in every state that a stranger must not be able to tell from none.
struct asked_by_strangers : world {
    asked_by_strangers()
    {
        granted(create_user({"ana@example.org", secret{std::string_view{"right password"}}, {}, {}, {"user"}}, request()));
        granted(create_user({"eva@example.org", secret{std::string_view{"right password"}}, "eva.b", {}, {"user"}}, request()));
        auto off = make_user("off@example.org");
        off.status = identity::user_status::disabled;
        auto unverified = make_user("new@example.org");
        unverified.email_verified = false;
        auto bare = make_user("bare@example.org");
        bare.password_hash.reset();
        auto factored = make_user("two@example.org");
        factored.second_factor = true;
        for (auto const& each : {off, unverified, bare, factored})
            REQUIRE(memory.transact([&](ports::transaction& tx) { return tx.users().update(each); }));
    }

    /// Another address each time: one that guesses on and on is known as attacking, whomever it guesses at.
    audit::origin from_elsewhere()
    {
        auto asked = request();
        asked.ip = identity::ip_hash{"address " + std::to_string(++addresses_)};
        return asked;
    }

    work of(std::function<void()> const& act)
    {
        constexpr int plenty = 1'000'000;
        work const before{0, hasher.hashes(), hasher.verifications(), events().size(), attempts().size()};
        brittle.calls_left = plenty;
        act();
        work const done{plenty - *brittle.calls_left, hasher.hashes() - before.hashes, hasher.verifications() - before.verifications,
                        events().size() - before.events, attempts().size() - before.attempts};
        brittle.calls_left.reset();
        return done;
    }

private:
    int addresses_ = 0;
};

usecases::credentials guess(std::string const& who) { return {who, secret{std::string_view{"wrong password"}}}; }

/// The first is nobody.
std::vector<std::string> const everybody{"nobody@example.org", "ana@example.org",  "off@example.org",
                                         "new@example.org",    "bare@example.org", "two@example.org"};

}  // namespace

TEST_CASE_METHOD(asked_by_strangers, "a wrong password takes the same work whoever it is for, at every door that takes one")
{
    auto names = everybody;
    names.insert(names.end(), {"eva.b", "nobody.b"});
    std::optional<work> login;
    std::optional<work> basic;
    std::optional<work> session;
    for (auto const& who : names) {
        INFO(who);
        auto const same = [&](std::optional<work>& first, work const& now) {
            CHECK(now == first.value_or(now));
            if (!first) first = now;
        };
        same(login, of([&] { REQUIRE(log_in(guess(who), from_elsewhere())); }));
        same(basic, of([&] { REQUIRE(prove_password(guess(who), from_elsewhere())); }));
        same(session, of([&] { REQUIRE(open_session(guess(who), from_elsewhere())); }));
    }
    CHECK(login->verifications == 1);
    CHECK(login->events == 1);
    CHECK(login->attempts == 1);
}

TEST_CASE_METHOD(asked_by_strangers, "the guess that locks and those that find the lock take the same work for an account and for nobody")
{
    for (int number = 1; number <= 7; ++number) {
        INFO("guess " << number);
        auto const nobody = of([&] { REQUIRE(log_in(guess("nobody@example.org"), request())); });
        CHECK(of([&] { REQUIRE(log_in(guess("ana@example.org"), request())); }) == nobody);
    }
}

TEST_CASE_METHOD(asked_by_strangers, "asking for a link takes the same work whoever it is for, and however often")
{
    auto const ask = [&](int which, std::string const& who) {
        switch (which) {
            case 0: return granted(request_reset(who, notify::language::es, request()));
            case 1: return granted(send_magic_link(who, notify::language::es, request()));
            default: return granted(resend_verification(who, notify::language::es, request()));
        }
    };
    for (int which = 0; which < 3; ++which) {
        auto const nobody = of([&] { ask(which, "nobody@example.org"); });
        CHECK(nobody.events == 1);
        for (int again = 0; again < 2; ++again)  // the second comes too soon
            for (auto const& who : everybody) {
                INFO("link " << which << ", " << who << ", time " << again);
                CHECK(of([&] { ask(which, who); }) == nobody);
            }
    }
}

TEST_CASE_METHOD(asked_by_strangers, "registering an address takes the same work whether or not it has an account")
{
    auto const work_for = [&](std::string const& who) {
        return of([&] { granted(register_user({who, secret{std::string_view{"right password"}}, {}, {}, notify::language::es}, request())); });
    };
    auto const fresh = work_for("nobody@example.org");
    CHECK(fresh.hashes == 1);
    CHECK(fresh.events == 1);
    for (auto const& who : everybody) {  // nobody has an account by now
        INFO(who);
        auto const before = mails().size();
        CHECK(work_for(who) == fresh);
        CHECK(mails().size() == before + 1);
    }
}
