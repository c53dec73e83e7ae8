#include "tests/unit/access/world.hpp"

using namespace mb;
using namespace mb::testing;
using namespace std::chrono_literals;

TEST_CASE_METHOD(world, "JWT kid rotation: token firmado con clave retirada -> todavía válido")
{
    make_user("ana@example.org");
    auto const old = enter("ana@example.org");
    auto const old_kid = catalogues.current()->keys.active()->kid;
    auto const said = rotate_signing_key(admin(), request());
    auto const& made = granted(said);
    CHECK(made.kid != old_kid);
    CHECK(made.kid.size() == 16);
    CHECK(made.state == tokens::key_state::active);

    granted(authenticate(old.access_token));
    auto const refreshed = refresh_session(old.refresh_token.reveal(), clock.now(), request());
    CHECK(family(granted(refreshed).family)->kid == made.kid);
    CHECK(family(enter("ana@example.org").family)->kid == made.kid);
}

TEST_CASE_METHOD(world, "a rotation is written down, with both keys and without their material")
{
    auto const old_kid = catalogues.current()->keys.active()->kid;
    auto const kid = granted(rotate_signing_key(admin(), request())).kid;
    auto const row = events(1).front();
    CHECK(audit::entry_of(row.type).name == "CLAVE_JWT_ROTADA");
    CHECK(row.metadata == audit::event_metadata{{"kid", kid}, {"retired", old_kid}});
    CHECK(row.actor == user("root@example.org").id);
}

TEST_CASE_METHOD(world, "a retired key ends when the last token that it signed has ended")
{
    make_user("ana@example.org");
    auto const pair = enter("ana@example.org");
    clock.advance(1h);
    granted(rotate_signing_key(admin(), request()));
    auto const keys = granted(list_signing_keys(admin(), request()));
    REQUIRE(keys.size() == 2);
    CHECK(keys[0].state == tokens::key_state::active);
    CHECK(keys[1].state == tokens::key_state::retired);
    CHECK(keys[1].retired_at == clock.now());
    CHECK(keys[1].expires_at == clock.now() + std::chrono::days{7});
    CHECK(*keys[1].expires_at >= pair.refresh_expires_at);
}

TEST_CASE_METHOD(world, "rotating twice fast keeps every session")
{
    make_user("ana@example.org");
    auto const pair = enter("ana@example.org");
    granted(rotate_signing_key(admin(), request()));
    granted(rotate_signing_key(admin(), request()));
    granted(authenticate(pair.access_token));
    granted(refresh_session(pair.refresh_token.reveal(), clock.now(), request()));
    auto const keys = granted(list_signing_keys(admin(), request()));
    CHECK(std::ranges::count(keys, tokens::key_state::active, &usecases::key_summary::state) == 1);
}

TEST_CASE_METHOD(world, "another server's key is found when a token names it")
{
    make_user("ana@example.org");
    usecases::catalogue_cache elsewhere{memory, patterns, clock};
    REQUIRE(elsewhere.refresh());
    usecases::rotate_signing_key const rotate_there{memory, elsewhere, clock, random, tokens_policy};
    usecases::log_in const log_in_there{gate, proofs, elsewhere, clock, random, codec, tokens_policy};
    granted(rotate_there(admin(), request()));
    auto const pair = entered(log_in_there({"ana@example.org", secret{std::string_view{"right password"}}}, request()));

    REQUIRE(catalogues.current()->keys.find(family(pair.family)->kid, clock.now()) == nullptr);
    SECTION("as an access token") { granted(authenticate(pair.access_token)); }
    SECTION("as a refresh token") { granted(refresh_session(pair.refresh_token.reveal(), clock.now(), request())); }
    SECTION("as a logout") { granted(log_out(pair.refresh_token.reveal(), request())); }
}

TEST_CASE_METHOD(world, "a token whose key was removed is refused, though the signature was good under what was cached")
{
    make_user("ana@example.org");
    auto const pair = enter("ana@example.org");
    auto const kid = family(pair.family)->kid;
    REQUIRE(memory.transact([&](ports::transaction& tx) -> outcome<void> {
        MB_TRY(auto keys, tx.signing_keys().list());
        for (auto& key : keys) {
            key.state = tokens::key_state::retired;
            key.expires_at = clock.now();
            MB_CHECK(tx.signing_keys().save(key));
        }
        return tx.catalogue().advance();
    }));
    REQUIRE(catalogues.current()->keys.find(kid, clock.now()) != nullptr);
    CHECK(why(authenticate(pair.access_token)) == problem::invalid_token);
}

TEST_CASE_METHOD(world, "without an active key nothing is issued, and that is an error")
{
    make_user("ana@example.org");
    auto const pair = enter("ana@example.org");
    REQUIRE(memory.transact([&](ports::transaction& tx) -> outcome<void> {
        MB_TRY(auto keys, tx.signing_keys().list());
        for (auto& key : keys) {
            key.state = tokens::key_state::retired;
            MB_CHECK(tx.signing_keys().save(key));
        }
        return tx.catalogue().advance();
    }));
    REQUIRE(catalogues.refresh());
    CHECK_FALSE(refresh_session(pair.refresh_token.reveal(), clock.now(), request()));
    CHECK_FALSE(attempt("ana@example.org", "right password"));
}
