#include "tests/unit/access/together.hpp"
#include "tests/unit/access/world.hpp"

#include <optional>

using namespace mb;
using namespace mb::testing;
using namespace std::chrono_literals;

namespace {

struct signed_in : world {
    signed_in() { make_user("ana@example.org"); }

    outcome<answer<usecases::token_pair>> refresh(secret const& token) { return refresh(token, clock.now()); }
    outcome<answer<usecases::token_pair>> refresh(secret const& token, instant arrived)
    {
        return refresh_session(token.reveal(), arrived, request());
    }
    bool opens(usecases::token_pair const& pair)
    {
        auto const said = authenticate(pair.access_token);
        REQUIRE(said);
        return said->granted() != nullptr;
    }
};

}  // namespace

TEST_CASE_METHOD(signed_in, "a refresh gives a new pair of the same session, for the same user")
{
    auto const first = enter("ana@example.org");
    clock.advance(10min);
    auto const before = events().size();
    auto const said = refresh(first.refresh_token);
    auto const& second = granted(said);
    CHECK(second.family == first.family);
    CHECK(second.user.id == first.user.id);
    CHECK(second.access_token != first.access_token);
    CHECK_FALSE(second.refresh_token.same(first.refresh_token));
    CHECK(second.expires_in == 900s);
    CHECK(second.refresh_expires_at == clock.now() + std::chrono::days{7});
    CHECK(opens(second));
    CHECK(event_names(before) == std::vector<std::string>{"TOKEN_RENOVADO"});
    auto const row = events(1).front();
    CHECK(row.user == first.user.id);
    CHECK(value_of(row, "session") == first.family.text());
    CHECK(row.status_code == 200);
}

TEST_CASE_METHOD(signed_in, "Family Tracking: RT reutilizado -> 401 + familia revocada + log TOKEN_ROBO_DETECTADO")
{
    auto const first = enter("ana@example.org");
    auto const said = refresh(first.refresh_token);
    auto const& second = granted(said);
    clock.advance(1s);
    auto const before = events().size();
    CHECK(why(refresh(first.refresh_token)) == problem::token_theft);

    auto const held = family(first.family);
    REQUIRE(held);
    CHECK(held->revoked_at == clock.now());
    CHECK(held->revoked_reason == tokens::revocation_reason::stolen);
    CHECK(event_names(before) == std::vector<std::string>{"TOKEN_ROBO_DETECTADO"});
    CHECK(events(1).front().status_code == 401);
    CHECK(events(1).front().level == audit::severity::critical);
    CHECK_FALSE(opens(second));
    CHECK(why(refresh(second.refresh_token)) == problem::invalid_token);
}

TEST_CASE_METHOD(signed_in, "a theft ends one session, and the others of the user go on")
{
    auto const stolen = enter("ana@example.org");
    auto const other = enter("ana@example.org");
    granted(refresh(stolen.refresh_token));
    clock.advance(1s);
    CHECK(why(refresh(stolen.refresh_token)) == problem::token_theft);
    CHECK(opens(other));
    granted(refresh(other.refresh_token));
}

TEST_CASE_METHOD(signed_in, "a request that arrived before the rotation lost a race and revokes nothing")
{
    auto const first = enter("ana@example.org");
    clock.advance(1min);
    auto const arrived = clock.now();
    clock.advance(5ms);
    auto const said = refresh(first.refresh_token, arrived);
    auto const& second = granted(said);
    clock.advance(5ms);
    auto const before = dump();
    CHECK(why(refresh(first.refresh_token, arrived)) == problem::concurrent_refresh);
    CHECK(dump() == before);
    CHECK(opens(second));
    CHECK(opens(first));  // the replaced access token, within the overlap
    clock.advance(10s);
    CHECK_FALSE(opens(first));
    CHECK(opens(second));
}

TEST_CASE_METHOD(signed_in, "Race condition: dos refresh con el mismo RT -> solo un 200, el otro 401, y la familia vive")
{
    for (int round = 0; round < 200; ++round) {
        auto const first = enter("ana@example.org");
        clock.advance(1s);
        auto const arrived = clock.now();
        std::optional<outcome<answer<usecases::token_pair>>> said[2];
        together(2, [&](int i) { said[i].emplace(refresh(first.refresh_token, arrived)); });

        int const winner = said[0]->value().granted() != nullptr ? 0 : 1;
        auto const& won = granted(*said[winner]);
        REQUIRE(why(*said[1 - winner]) == problem::concurrent_refresh);
        REQUIRE_FALSE(family(first.family)->revoked_at);
        REQUIRE(opens(won));

        clock.advance(1s);
        REQUIRE(why(refresh(first.refresh_token)) == problem::token_theft);
        REQUIRE_FALSE(opens(won));
        REQUIRE(why(refresh(won.refresh_token)) == problem::invalid_token);
    }
}

TEST_CASE_METHOD(signed_in, "where replay is allowed a repeated refresh gets the identical pair, also after the signing key has changed")
{
    auto policy = tokens_policy;
    policy.refresh_replay = 2s;
    usecases::refresh_session const replaying{store, catalogues, clock, random, codec, policy, watch};
    auto const first = enter("ana@example.org");
    clock.advance(1500ms);
    auto const said = replaying(first.refresh_token.reveal(), clock.now(), request());
    auto const& second = granted(said);
    granted(rotate_signing_key(admin(), request()));
    clock.advance(2s - 1us);
    auto const before = events().size();
    auto const held = family(first.family);
    auto const repeated = replaying(first.refresh_token.reveal(), clock.now(), request());
    auto const& same = granted(repeated);
    CHECK(same.access_token == second.access_token);
    CHECK(same.refresh_token.same(second.refresh_token));
    CHECK(same.refresh_expires_at == second.refresh_expires_at);
    CHECK(event_names(before) == std::vector<std::string>{"TOKEN_RENOVADO"});
    CHECK(value_of(events(1).front(), "replay") == "true");
    CHECK(family(first.family)->last_used_at == held->last_used_at);
    CHECK(opens(same));
    clock.advance(1us);
    CHECK(why(replaying(first.refresh_token.reveal(), clock.now(), request())) == problem::token_theft);
    CHECK_FALSE(opens(same));
}

TEST_CASE_METHOD(signed_in, "fifty refreshes of one token give one pair, whenever they arrived")
{
    for (int round = 0; round < 20; ++round) {
        auto const first = enter("ana@example.org");
        auto const arrived = clock.now();
        std::atomic<int> pairs = 0;
        std::atomic<int> lost = 0;
        together(50, [&](int) {
            auto const said = refresh(first.refresh_token, arrived);
            if (said->granted() != nullptr) ++pairs;
            if (said->denied() != nullptr && said->denied()->why == problem::concurrent_refresh) ++lost;
        });
        REQUIRE(pairs == 1);
        REQUIRE(lost == 49);
    }
}

TEST_CASE_METHOD(signed_in, "a disabled account ends its session at the next refresh")
{
    auto const pair = enter("ana@example.org");
    auto ana = user("ana@example.org");
    ana.status = identity::user_status::disabled;
    REQUIRE(memory.transact([&](ports::transaction& tx) { return tx.users().update(ana); }));
    CHECK(why(refresh(pair.refresh_token)) == problem::invalid_token);
    CHECK(family(pair.family)->revoked_reason == tokens::revocation_reason::admin);
    CHECK(audit::entry_of(events(1).front().type).name == "SESSION_INVALIDATED");
}

TEST_CASE_METHOD(signed_in, "the roles in a new access token are those of the user now")
{
    auto const pair = enter("ana@example.org");
    auto ana = user("ana@example.org");
    ana.roles = {"viewer"};
    REQUIRE(memory.transact([&](ports::transaction& tx) { return tx.users().update(ana); }));
    auto const said = refresh(pair.refresh_token);
    auto const read = codec.read_access(granted(said).access_token, catalogues.current()->keys, clock.now());
    CHECK(std::get<tokens::access_claims>(read).roles == std::vector<std::string>{"viewer"});
}

TEST_CASE_METHOD(signed_in, "a token of another user, family or kind refreshes nothing and writes nothing")
{
    auto const pair = enter("ana@example.org");
    auto const held = *family(pair.family);
    auto const& key = *catalogues.current()->keys.active();
    tokens::refresh_claims const good{held.owner, held.current_jti, key.kid, held.id, to_seconds(clock.now()), to_seconds(clock.now()) + 100};
    auto const before = dump();

    auto other_user = good;
    other_user.subject = user("root@example.org").id;
    CHECK(why(refresh(secret{codec.write(other_user, key)})) == problem::invalid_token);
    auto other_family = good;
    other_family.family.bytes.fill(1);
    CHECK(why(refresh(secret{codec.write(other_family, key)})) == problem::invalid_token);
    CHECK(why(refresh(secret{std::string_view{pair.access_token}})) == problem::invalid_token);
    CHECK(dump() == before);
    granted(refresh(secret{codec.write(good, key)}));
}

TEST_CASE_METHOD(signed_in, "Fuzz testing: tokens malformados -> 401, y nada se escribe")
{
    auto const pair = enter("ana@example.org");
    auto const before = dump();
    std::string const good(pair.refresh_token.reveal());
    for (std::size_t i = 0; i < good.size(); ++i) {
        auto flipped = good;
        flipped[i] = static_cast<char>(flipped[i] ^ 1);
        REQUIRE(why(refresh(secret{std::string_view{flipped}})) == problem::invalid_token);
        REQUIRE(why(refresh(secret{good.substr(0, i)})) == problem::invalid_token);
        REQUIRE(why(authenticate(good.substr(0, i))) == problem::invalid_token);
    }
    CHECK(dump() == before);
}

TEST_CASE_METHOD(signed_in, "a family that ended in the store before its token is refused as expired")
{
    auto const pair = enter("ana@example.org");
    auto held = *family(pair.family);
    held.expires_at = clock.now() + 1h;
    REQUIRE(memory.transact([&](ports::transaction& tx) { return tx.families().save(held); }));
    clock.advance(1h);
    CHECK(why(refresh(pair.refresh_token)) == problem::expired_token);
    CHECK(audit::entry_of(events(1).front().type).name == "SESSION_EXPIRED");
}

TEST_CASE_METHOD(signed_in, "a lost answer of the store is an error, and no pair is given")
{
    auto const pair = enter("ana@example.org");
    store.fail_next(fakes::outage_store::stage::answer, errc::outcome_unknown);
    auto const said = refresh(pair.refresh_token);
    REQUIRE_FALSE(said);
    CHECK(said.error().code == errc::outcome_unknown);
}

TEST_CASE_METHOD(signed_in, "a refresh that meets a conflict rotates once")
{
    auto const pair = enter("ana@example.org");
    auto const before = events().size();
    store.conflict_next(2);
    granted(refresh(pair.refresh_token));
    CHECK(event_names(before) == std::vector<std::string>{"TOKEN_RENOVADO"});
}
