#include "core/usecases/access/verified_tokens.hpp"
#include "tests/unit/access/world.hpp"

using namespace mb;
using namespace mb::testing;
using namespace std::chrono_literals;

namespace {

/// Counts how often it is asked.
class counting_store final : public ports::store {
public:
    explicit counting_store(ports::store& behind) : behind_(behind) {}
    outcome<void> transact(ports::work_ref work) override
    {
        ++transactions;
        return behind_.transact(work);
    }
    outcome<void> read(ports::work_ref work) override
    {
        ++reads;
        return behind_.read(work);
    }
    int reads = 0;
    int transactions = 0;

private:
    ports::store& behind_;
};

}  // namespace

TEST_CASE_METHOD(world, "an access token shows who it was given to, their session and the catalogue")
{
    make_user("ana@example.org", {"viewer"});
    auto const pair = enter("ana@example.org");
    auto const who = granted(authenticate(pair.access_token));
    CHECK(who.user.address.text() == "ana@example.org");
    CHECK(who.session == pair.family);
    REQUIRE(who.known != nullptr);
    CHECK(who.known->roles.size() == 4);
}

TEST_CASE_METHOD(world, "authenticating is one read, and no write")
{
    make_user("ana@example.org");
    auto const pair = enter("ana@example.org");
    counting_store counted{memory};
    usecases::catalogue_cache const cache{counted, patterns, clock};
    REQUIRE(cache.refresh());
    usecases::authenticate const authenticate_counted{counted, cache, clock, codec, tokens_policy};
    counted.reads = 0;
    granted(authenticate_counted(pair.access_token));
    CHECK(counted.reads == 1);
    CHECK(counted.transactions == 0);
}

TEST_CASE_METHOD(world, "roles come from the user as stored, never from the token")
{
    make_user("ana@example.org");
    auto const pair = enter("ana@example.org");
    auto const held = *family(pair.family);
    auto const& key = *catalogues.current()->keys.active();
    auto const forged = codec.write(
        tokens::access_claims{held.owner, held.access_jti, key.kid, {"admin"}, to_seconds(clock.now()), to_seconds(clock.now()) + 900}, key);
    auto const who = granted(authenticate(forged));
    CHECK(who.user.roles == std::vector<std::string>{"user"});
    CHECK_FALSE(usecases::decide_administering(who).allowed);
}

TEST_CASE_METHOD(world, "a token that names another user than its session's is refused")
{
    make_user("ana@example.org");
    auto const pair = enter("ana@example.org");
    auto const& key = *catalogues.current()->keys.active();
    auto const held = *family(pair.family);
    auto const now = to_seconds(clock.now());
    auto const forged = codec.write(tokens::access_claims{user("root@example.org").id, held.access_jti, key.kid, {}, now, now + 900}, key);
    CHECK(why(authenticate(forged)) == problem::invalid_token);
}

TEST_CASE_METHOD(world, "a token without a session, a refresh token and no token at all are refused")
{
    make_user("ana@example.org");
    auto const pair = enter("ana@example.org");
    auto const& key = *catalogues.current()->keys.active();
    auto const now = to_seconds(clock.now());
    auto const loose = codec.write(tokens::access_claims{pair.user.id, {}, key.kid, {}, now, now + 900}, key);
    CHECK(why(authenticate(loose)) == problem::invalid_token);
    CHECK(why(authenticate(pair.refresh_token.reveal())) == problem::invalid_token);
    CHECK(why(authenticate("")) == problem::invalid_token);
}

TEST_CASE_METHOD(world, "a disabled account is refused at the next request, its session alive or not")
{
    make_user("ana@example.org");
    auto const pair = enter("ana@example.org");
    auto ana = user("ana@example.org");
    ana.status = identity::user_status::disabled;
    REQUIRE(memory.transact([&](ports::transaction& tx) { return tx.users().update(ana); }));
    CHECK_FALSE(family(pair.family)->revoked_at);
    CHECK(why(authenticate(pair.access_token)) == problem::invalid_token);
}

TEST_CASE_METHOD(world, "a session that ended before its access token is refused as expired")
{
    make_user("ana@example.org");
    auto const pair = enter("ana@example.org");
    auto held = *family(pair.family);
    held.expires_at = clock.now() + 1s;
    REQUIRE(memory.transact([&](ports::transaction& tx) { return tx.families().save(held); }));
    clock.advance(1s);
    CHECK(why(authenticate(pair.access_token)) == problem::expired_token);
}

TEST_CASE_METHOD(world, "when the store is down nobody is let in, and nobody is told that their token is bad")
{
    make_user("ana@example.org");
    auto const pair = enter("ana@example.org");
    store.fail_next_read(errc::unavailable);
    auto const said = authenticate(pair.access_token);
    REQUIRE_FALSE(said);
    CHECK(said.error().code == errc::unavailable);
}

TEST_CASE_METHOD(world, "a caller sees the catalogue of the moment in which they were looked up")
{
    make_user("ana@example.org");
    auto const pair = enter("ana@example.org");
    auto const known = catalogues.current()->revision;
    REQUIRE(memory.transact([&](ports::transaction& tx) -> outcome<void> {
        MB_CHECK(tx.roles().save({"auditor", "", {}, false, false}));
        return tx.catalogue().advance();
    }));
    CHECK(catalogues.current()->revision == known);
    auto const who = granted(authenticate(pair.access_token));
    CHECK(who.known->revision == known + 1);
    CHECK(who.known->roles.size() == 5);
}

TEST_CASE_METHOD(world, "unknown keys make the catalogue be read once a second, not once a request")
{
    counting_store counted{memory};
    usecases::catalogue_cache const cache{counted, patterns, clock};
    REQUIRE(cache.refresh());
    usecases::authenticate const authenticate_counted{counted, cache, clock, codec, tokens_policy};
    tokens::signing_key const foreign{"ffffffffffffffff", secret{std::string(32, 'x')}, tokens::key_state::active, {}, {}, {}, {}};
    auto const now = to_seconds(clock.now());
    auto const forged = codec.write(tokens::access_claims{{}, {}, foreign.kid, {}, now, now + 900}, foreign);
    counted.reads = 0;
    for (int i = 0; i < 100; ++i) CHECK(why(authenticate_counted(forged)) == problem::invalid_token);
    CHECK(counted.reads == 1);
    clock.advance(1s - 1us);
    CHECK(why(authenticate_counted(forged)) == problem::invalid_token);
    CHECK(counted.reads == 1);
    clock.advance(1us);
    CHECK(why(authenticate_counted(forged)) == problem::invalid_token);
    CHECK(counted.reads == 2);
}

TEST_CASE_METHOD(world, "what a signature was good for is remembered, what can change is not")
{
    make_user("ana@example.org");
    auto const pair = enter("ana@example.org");
    auto const told = pair.access_token;
    for (int i = 0; i < 3; ++i) granted(authenticate(told));
    auto tampered = told;
    tampered.back() = tampered.back() == 'A' ? 'B' : 'A';
    CHECK(why(authenticate(tampered)) == problem::invalid_token);
    tampered = told;
    tampered[tampered.size() / 2] ^= 1;  // in the payload, before a signature that is known
    CHECK(why(authenticate(tampered)) == problem::invalid_token);
    CHECK(why(authenticate(told + "A")) == problem::invalid_token);

    auto const held = *family(pair.family);
    clock.set(held.created_at + tokens_policy.access_life - 1us);
    granted(authenticate(told));
    clock.set(held.created_at + tokens_policy.access_life);
    CHECK(why(authenticate(told)) == problem::expired_token);
}

TEST_CASE_METHOD(world, "a remembered token ends with the key that signed it")
{
    make_user("ana@example.org");
    auto const pair = enter("ana@example.org");
    granted(authenticate(pair.access_token));
    auto key = catalogues.current()->keys.active()->clone();
    key.state = tokens::key_state::retired;
    key.retired_at = clock.now();
    key.expires_at = clock.now() + 10s;
    REQUIRE(memory.transact([&](ports::transaction& tx) -> outcome<void> {
        MB_CHECK(tx.signing_keys().save(key));
        return tx.catalogue().advance();
    }));
    granted(authenticate(pair.access_token));  // loads the catalogue in which the key is retired
    granted(authenticate(pair.access_token));
    clock.advance(10s - 1us);
    granted(authenticate(pair.access_token));
    clock.advance(1us);
    CHECK(why(authenticate(pair.access_token)) == problem::invalid_token);
}

TEST_CASE("a thread remembers tokens of one catalogue only", "[access]")
{
    auto const one = std::make_shared<usecases::catalogue const>();
    auto const other = std::make_shared<usecases::catalogue const>();
    usecases::verified_tokens kept;
    CHECK(kept.find("header.payload.signature", one) == nullptr);
    tokens::access_claims claims;
    claims.kid = "a";
    kept.keep("header.payload.signature", one, claims);
    REQUIRE(kept.find("header.payload.signature", one) != nullptr);
    CHECK(kept.find("header.payload.signature", one)->kid == "a");
    CHECK(kept.find("header.payl0ad.signature", one) == nullptr);
    CHECK(kept.find("header.payload.signature", other) == nullptr);
    kept.keep("another", other, claims);
    CHECK(kept.find("header.payload.signature", one) == nullptr);
    CHECK(kept.find("header.payload.signature", other) == nullptr);
    for (std::size_t i = 0; i < 4 * usecases::verified_tokens::places; ++i) kept.keep("many" + std::to_string(i), other, claims);
    CHECK(kept.find("many" + std::to_string(4 * usecases::verified_tokens::places - 1), other) != nullptr);
}

TEST_CASE_METHOD(world, "what else is read sees the caller on the same snapshot, and never runs for who is refused")
{
    make_user("ana@example.org");
    auto const pair = enter("ana@example.org");
    int ran = 0;
    auto const also = [&](ports::transaction& tx, usecases::caller const& who) -> outcome<void> {
        ++ran;
        MB_TRY(auto const revision, tx.catalogue().current());
        CHECK(revision == who.known->revision);
        CHECK(who.user.address.text() == "ana@example.org");
        return {};
    };
    granted(authenticate(pair.access_token, also));
    CHECK(ran == 1);
    REQUIRE(memory.transact([](ports::transaction& tx) { return tx.catalogue().advance(); }));
    granted(authenticate(pair.access_token, also));
    CHECK(ran == 1);  // the catalogue was older than the snapshot
    granted(authenticate(pair.access_token, also));
    CHECK(ran == 2);
    CHECK(why(authenticate("nonsense", also)) == problem::invalid_token);
    REQUIRE(log_out_everywhere(caller_of(pair), request()));
    CHECK(why(authenticate(pair.access_token, also)) == problem::invalid_token);
    CHECK(ran == 2);
    auto const said = authenticate(enter("ana@example.org").access_token, [](ports::transaction&, usecases::caller const&) -> outcome<void> {
        return error{errc::corrupt, "test", ""};
    });
    REQUIRE_FALSE(said);
    CHECK(said.error().code == errc::corrupt);
}

TEST_CASE_METHOD(world, "a 403 of the edge is written down, with the caller where there is one")
{
    auto const ana = make_user("ana@example.org");
    usecases::caller const who{ana, std::nullopt, catalogues.current()};
    REQUIRE(record_denial(&who, {problem::forbidden, "administer", "default:deny"}, request()));
    CHECK(audit::entry_of(events(1).front().type).name == "PERMISSION_DENIED");
    CHECK(events(1).front().user == ana.id);
    CHECK(events(1).front().status_code == 403);
    CHECK(events(1).front().endpoint == "/api/v1/test");
    CHECK(value_of(events(1).front(), "action") == "administer");
    CHECK(value_of(events(1).front(), "rule") == "default:deny");
    REQUIRE(record_denial(nullptr, {problem::origin_not_allowed, "call", "origin:deny"}, request()));
    CHECK_FALSE(events(1).front().user);
}
