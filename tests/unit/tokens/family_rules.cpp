#include "core/domain/tokens/claims.hpp"
#include "core/domain/tokens/family.hpp"

#include <catch2/catch.hpp>

using namespace mb;
using namespace mb::tokens;
using namespace std::chrono_literals;

namespace {

constexpr instant start = from_micros(1'769'250'600'000'000);
constexpr token_policy policy{};

token_id token(std::uint8_t number)
{
    token_id made;
    made.bytes.fill(number);
    return made;
}

/// Logged in at `start`: refresh token 1, access token 2.
family fresh()
{
    family held;
    held.kid = "k1";
    held.current_jti = token(1);
    held.access_jti = token(2);
    held.created_at = start;
    held.last_used_at = start;
    held.expires_at = start + policy.refresh_life;
    return held;
}

auto refresh(family const& held, token_id presented, instant arrived, instant now)
{
    return decide_refresh(held, {presented, arrived, now}, token(11), token(12), "k2", policy);
}

refresh_refusal refusal(family const& held, token_id presented, instant arrived, instant now)
{
    auto const decided = refresh(held, presented, arrived, now);
    REQUIRE(std::holds_alternative<refresh_refusal>(decided));
    return std::get<refresh_refusal>(decided);
}

family rotated(family const& held, instant now)
{
    auto const decided = refresh(held, held.current_jti, now, now);
    REQUIRE(std::holds_alternative<refresh_granted>(decided));
    return std::get<refresh_granted>(decided).rotated;
}

}  // namespace

TEST_CASE("the head of a family is spent for a new head, and the family lives on from there")
{
    auto const now = start + 1h;
    auto const after = rotated(fresh(), now);
    CHECK(after.current_jti == token(11));
    CHECK(after.prev_jti == token(1));
    CHECK(after.access_jti == token(12));
    CHECK(after.prev_access_jti == token(2));
    CHECK(after.kid == "k2");
    CHECK(after.rotated_at == now);
    CHECK(after.last_used_at == now);
    CHECK(after.expires_at == now + policy.refresh_life);
    CHECK(after.created_at == start);
    CHECK_FALSE(after.revoked_at);
}

TEST_CASE("a family is alive one microsecond before its end, and dead at it")
{
    auto const end = start + policy.refresh_life;
    CHECK(std::holds_alternative<refresh_granted>(refresh(fresh(), token(1), end, end - 1us)));
    CHECK(refusal(fresh(), token(1), end, end) == refresh_refusal::expired);
}

TEST_CASE("a revoked family refuses its head, even when it has expired too")
{
    auto held = fresh();
    revoke(held, revocation_reason::logout, start + 1h);
    CHECK(refusal(held, token(1), start, start + 2h) == refresh_refusal::revoked);
    CHECK(refusal(held, token(1), start, start + 30 * 24h) == refresh_refusal::revoked);
}

TEST_CASE("a spent token that arrived before the rotation lost a race, one tick after it was stolen")
{
    auto const rotation = start + 1h;
    auto const held = rotated(fresh(), rotation);
    CHECK(refusal(held, token(1), rotation - 1us, rotation + 1s) == refresh_refusal::concurrent);
    CHECK(refusal(held, token(1), rotation, rotation + 1s) == refresh_refusal::concurrent);
    CHECK(refusal(held, token(1), rotation + 1us, rotation + 1s) == refresh_refusal::stolen);
}

TEST_CASE("only the token just before the head can have lost a race")
{
    auto const held = rotated(rotated(fresh(), start + 1h), start + 2h);
    CHECK(refusal(held, token(1), start, start + 2h) == refresh_refusal::stolen);
    CHECK(refusal(held, token(99), start, start + 2h) == refresh_refusal::stolen);
}

TEST_CASE("where replay is allowed, the token just spent gets the same pair again until the limit, and theft is theft at it")
{
    auto replaying = policy;
    replaying.refresh_replay = 2s;
    auto const rotation = start + 1h;
    auto const held = rotated(fresh(), rotation);
    auto const decide = [&](family const& of, std::uint8_t presented, instant now) {
        return decide_refresh(of, {token(presented), now, now}, token(21), token(22), "k3", replaying);
    };
    auto const again = decide(held, 1, rotation + 2s - 1us);
    REQUIRE(std::holds_alternative<refresh_granted>(again));
    auto const& [same, replayed] = std::get<refresh_granted>(again);
    CHECK(replayed);
    CHECK(same.current_jti == held.current_jti);
    CHECK(same.access_jti == held.access_jti);
    CHECK(same.kid == held.kid);
    CHECK(same.rotated_at == rotation);
    CHECK(std::get<refresh_refusal>(decide(held, 1, rotation + 2s)) == refresh_refusal::stolen);
    CHECK(std::get<refresh_refusal>(decide(held, 99, rotation)) == refresh_refusal::stolen);

    auto const further = rotated(held, rotation + 1s);
    CHECK(std::get<refresh_refusal>(decide(further, 1, rotation + 1s)) == refresh_refusal::stolen);
    auto ended = held;
    revoke(ended, revocation_reason::logout, rotation);
    CHECK(std::get<refresh_refusal>(decide(ended, 1, rotation)) == refresh_refusal::revoked);
}

TEST_CASE("where replay is not allowed, who looked at the clock before the rotation gets no pair either")
{
    REQUIRE(policy.refresh_replay == 0s);
    auto const rotation = start + 1h;
    auto const held = rotated(fresh(), rotation);
    auto const early = decide_refresh(held, {token(1), rotation - 1us, rotation - 1us}, token(21), token(22), "k3", policy);
    REQUIRE(std::holds_alternative<refresh_refusal>(early));
    CHECK(std::get<refresh_refusal>(early) == refresh_refusal::concurrent);
}

TEST_CASE("an unknown token of a family that never rotated is stolen")
{
    CHECK(refusal(fresh(), token(99), start, start + 1h) == refresh_refusal::stolen);
}

TEST_CASE("the access token of the head opens doors")
{
    CHECK(decide_access(fresh(), token(2), policy, start) == access_standing::good);
    CHECK(decide_access(fresh(), token(3), policy, start) == access_standing::replaced);
    auto const end = start + policy.refresh_life;
    CHECK(decide_access(fresh(), token(2), policy, end - 1us) == access_standing::good);
    CHECK(decide_access(fresh(), token(2), policy, end) == access_standing::expired);
}

TEST_CASE("a replaced access token stays good for the overlap, and not a tick longer")
{
    auto const rotation = start + 1h;
    auto const held = rotated(fresh(), rotation);
    CHECK(decide_access(held, token(12), policy, rotation) == access_standing::good);
    CHECK(decide_access(held, token(2), policy, rotation + policy.access_overlap - 1us) == access_standing::good);
    CHECK(decide_access(held, token(2), policy, rotation + policy.access_overlap) == access_standing::replaced);
}

TEST_CASE("no access token outlives a revocation, the overlap notwithstanding")
{
    auto const rotation = start + 1h;
    auto held = rotated(fresh(), rotation);
    revoke(held, revocation_reason::stolen, rotation + 1s);
    CHECK(decide_access(held, token(2), policy, rotation + 1s) == access_standing::revoked);
    CHECK(decide_access(held, token(12), policy, rotation + 1s) == access_standing::revoked);
}

TEST_CASE("a family that has ended keeps its first reason")
{
    auto held = fresh();
    revoke(held, revocation_reason::stolen, start + 1h);
    revoke(held, revocation_reason::logout, start + 2h);
    CHECK(held.revoked_at == start + 1h);
    CHECK(held.revoked_reason == revocation_reason::stolen);
}

TEST_CASE("each reason and each state of a key is found by its name")
{
    for (auto const reason : {revocation_reason::logout, revocation_reason::global_logout, revocation_reason::stolen,
                              revocation_reason::password_reset, revocation_reason::admin, revocation_reason::restored_backup})
        CHECK(revocation_reason_named(name_of(reason)) == reason);
    CHECK_FALSE(revocation_reason_named("LOGOUT"));
    for (auto const state : {key_state::standby, key_state::active, key_state::retired}) CHECK(key_state_named(name_of(state)) == state);
    CHECK_FALSE(key_state_named(""));
}

TEST_CASE("a ring gives active keys and retired ones until they end, and never one on standby")
{
    std::vector<signing_key> keys;
    keys.push_back({"active", {}, key_state::active, start, start, {}, {}});
    keys.push_back({"retired", {}, key_state::retired, start, start, start, start + 1h});
    keys.push_back({"standby", {}, key_state::standby, start, {}, {}, {}});
    key_ring const ring{std::move(keys)};
    CHECK(ring.active()->kid == "active");
    CHECK(ring.find("active", start + 100h) != nullptr);
    CHECK(ring.find("retired", start + 1h - 1us) != nullptr);
    CHECK(ring.find("retired", start + 1h) == nullptr);
    CHECK(ring.find("standby", start) == nullptr);
    CHECK(ring.find("unknown", start) == nullptr);
    CHECK(key_ring{{}}.active() == nullptr);
}
