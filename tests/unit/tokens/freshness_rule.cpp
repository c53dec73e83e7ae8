#include "core/domain/tokens/proof.hpp"

#include <catch2/catch.hpp>

using namespace mb;
using namespace mb::tokens;
using namespace std::chrono_literals;

namespace {

constexpr instant now = from_micros(1'769'250'600'000'000);
constexpr proof_policy policy;

template <class Id>
Id numbered(std::uint8_t number)
{
    Id made;
    made.bytes[15] = number;
    return made;
}

asking caller(bool second_factor, std::optional<instant> entered_at = now - 1h)
{
    return {numbered<identity::user_id>(1), second_factor, numbered<family_id>(2), entered_at};
}

proof_claims proof(shown_by how)
{
    proof_claims made;
    made.kind = proof_kind::step_up;
    made.subject = numbered<identity::user_id>(1);
    made.session = numbered<family_id>(2);
    made.how = how;
    made.issued_at = to_seconds(now);
    made.expires_at = made.issued_at + 600;
    return made;
}

bool fresh(asking const& who, std::optional<proof_claims> const& shown = {}, instant at = now)
{
    return decide_freshness(who, shown ? &*shown : nullptr, policy, at) == freshness::fresh;
}

}  // namespace

TEST_CASE("with a second factor only the factor makes a caller fresh, however fresh the login is")
{
    CHECK_FALSE(fresh(caller(true)));
    CHECK_FALSE(fresh(caller(true, now)));
    CHECK_FALSE(fresh(caller(true, now), proof(shown_by::password)));
    CHECK_FALSE(fresh(caller(true, now), proof(shown_by::link)));
    CHECK(fresh(caller(true), proof(shown_by::totp)));
    CHECK(fresh(caller(true), proof(shown_by::recovery_code)));
}

TEST_CASE("without one the password does, or a login of less than ten minutes ago")
{
    CHECK_FALSE(fresh(caller(false)));
    CHECK(fresh(caller(false), proof(shown_by::password)));
    CHECK(fresh(caller(false), proof(shown_by::totp)));
    CHECK(fresh(caller(false, now - 10min + 1us)));
    CHECK_FALSE(fresh(caller(false, now - 10min)));
    CHECK_FALSE(fresh(caller(false, std::nullopt)));
}

TEST_CASE("a proof is good in its own session, for its own account, as its own kind, until its second")
{
    auto const good = proof(shown_by::totp);
    auto changed = good;
    changed.subject = numbered<identity::user_id>(3);
    CHECK_FALSE(fresh(caller(true), changed));
    changed = good;
    changed.session = numbered<family_id>(3);
    CHECK_FALSE(fresh(caller(true), changed));
    changed = good;
    changed.session.reset();
    CHECK_FALSE(fresh(caller(true), changed));
    changed = good;
    changed.kind = proof_kind::mfa_session;
    CHECK_FALSE(fresh(caller(true), changed));
    auto const end = from_micros(good.expires_at * 1'000'000);
    CHECK(fresh(caller(true), good, end - 1us));
    CHECK_FALSE(fresh(caller(true), good, end));
}

TEST_CASE("who came with an API key is never fresh")
{
    auto key = caller(false, std::nullopt);
    key.session.reset();
    auto anywhere = proof(shown_by::totp);
    anywhere.session.reset();
    CHECK_FALSE(fresh(key, anywhere));
    key.second_factor = true;
    CHECK_FALSE(fresh(key, anywhere));
}
