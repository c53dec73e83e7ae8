#include "tests/unit/identity/factor_world.hpp"

using namespace mb;
using namespace mb::testing;

namespace {

/// Verifies as the real one does, finds every hash outdated, and can't make a new one.
class worn_hasher final : public ports::password_hasher {
public:
    explicit worn_hasher(ports::password_hasher const& behind) noexcept : behind_(behind) {}
    outcome<std::string> hash(secret const&) const override { return error{errc::unavailable, "worn_hasher", {}}; }
    outcome<verdict> verify(secret const& password, std::string_view stored) const override
    {
        MB_TRY(auto found, behind_.verify(password, stored));
        found.outdated = true;
        return found;
    }
    bool admits(std::string_view foreign) const noexcept override { return behind_.admits(foreign); }
    std::string_view decoy() const noexcept override { return behind_.decoy(); }

private:
    ports::password_hasher const& behind_;
};

struct worn_world : with_factor {
    worn_hasher worn{hasher};
    template <class Answer>
    static void fails(outcome<Answer> const& said)
    {
        REQUIRE_FALSE(said);
        CHECK(said.error().code == errc::unavailable);
    }
};

}  // namespace

TEST_CASE_METHOD(worn_world, "a password that can't be hashed is not changed, whichever way it was to be")
{
    auto const stored = user("ana@example.org").password_hash;
    auto const who = caller_of(enter("ana@example.org"));
    SECTION("by its owner")
    {
        usecases::change_password const change{gate, proofs, clock, random, worn, judge, passwords, links};
        fails(change({secret{std::string_view{"right password"}}, secret{std::string_view{"another password"}}}, who, request()));
    }
    SECTION("by a link, which stays good")
    {
        granted(request_reset("ana@example.org", notify::language::es, request()));
        std::string const link(mails().at(0).message.link_token.reveal());
        usecases::reset_password const reset{store, clock, random, worn, judge, digests, passwords, links};
        fails(reset({link, secret{std::string_view{"another password"}}, {}}, request()));
        CHECK(user("ana@example.org").password_hash == stored);
        granted(reset_password({link, secret{std::string_view{"another password"}}, {}}, request()));
        return;
    }
    SECTION("by a login that finds it outdated, which lets nobody in")
    {
        usecases::password_gate const worn_gate{store, clock, random, worn, digests, lockout, watch};
        usecases::log_in const log_in_now{worn_gate, proofs, catalogues, clock, random, codec, tokens_policy};
        auto const sessions = granted(list_sessions(who, std::nullopt, 20)).families.size();
        fails(log_in_now({"ana@example.org", secret{std::string_view{"right password"}}}, request()));
        CHECK(granted(list_sessions(who, std::nullopt, 20)).families.size() == sessions);
    }
    CHECK(user("ana@example.org").password_hash == stored);
}

TEST_CASE_METHOD(worn_world, "a step-up by a password that can't be looked at is an error")
{
    auto const who = caller_of(enter("ana@example.org"));
    class blind_hasher final : public ports::password_hasher {
    public:
        outcome<std::string> hash(secret const&) const override { return error{errc::unavailable, "blind_hasher", {}}; }
        outcome<verdict> verify(secret const&, std::string_view) const override { return error{errc::unavailable, "blind_hasher", {}}; }
        bool admits(std::string_view) const noexcept override { return false; }
        std::string_view decoy() const noexcept override { return "decoy"; }
    } const blind;
    usecases::password_gate const blind_gate{store, clock, random, blind, digests, lockout, watch};
    usecases::step_up const step_up_now{store, blind_gate, proofs, factors, clock, random};
    fails(step_up_now(password_of("right password"), who, request()));
    usecases::open_session const open_now{blind_gate, proofs, clock, random, digests, session_policy};
    fails(open_now({"ana@example.org", secret{std::string_view{"right password"}}, {}}, request()));
    usecases::change_password const change{blind_gate, proofs, clock, random, hasher, judge, passwords, links};
    fails(change({secret{std::string_view{"right password"}}, secret{std::string_view{"another password"}}}, who, request()));
}

TEST_CASE_METHOD(worn_world, "a step-up by password meets the lock, and is refused as a login is")
{
    auto const who = caller_of(enter("ana@example.org"));
    for (int i = 0; i < 4; ++i) CHECK(why(step_up(password_of("wrong password"), who, request())) == problem::invalid_credentials);
    CHECK(why(step_up(password_of("wrong password"), who, request())) == problem::account_locked);
    CHECK(why(step_up(password_of("right password"), who, request())) == problem::account_locked);
}
