#include "tests/contract/samples.hpp"
#include "tests/contract/steps.hpp"
#include "tests/contract/stores.hpp"

#include <algorithm>

using namespace mb;
using namespace mb::contract;

namespace {

identity::user const owner = full_user(1);
identity::user const neighbour = full_user(2);

void seed_owners(ports::store& store)
{
    write(store, [](ports::transaction& tx) -> outcome<void> {
        MB_CHECK(tx.users().insert(owner));
        return tx.users().insert(neighbour);
    });
}

void save(ports::store& store, identity::email_token const& saved)
{
    write(store, [&](ports::transaction& tx) { return tx.email_tokens().save(saved); });
}

std::optional<identity::email_token> find(ports::store& store, identity::email_token_id id)
{
    return look(store, [&](ports::transaction& tx) { return tx.email_tokens().find(id); });
}

void save(ports::store& store, identity::lockout_counter const& saved)
{
    write(store, [&](ports::transaction& tx) { return tx.lockouts().save(saved); });
}

std::optional<identity::lockout_counter> find(ports::store& store, std::string_view identity, std::string_view device)
{
    return look(store, [&](ports::transaction& tx) { return tx.lockouts().find(identity, device); });
}

void save(ports::store& store, tokens::signing_key const& saved)
{
    write(store, [&](ports::transaction& tx) { return tx.signing_keys().save(saved); });
}

std::vector<tokens::signing_key> keys(ports::store& store)
{
    auto all = look(store, [](ports::transaction& tx) { return tx.signing_keys().list(); });
    std::ranges::sort(all, {}, &tokens::signing_key::kid);
    return all;
}

std::optional<access::role> role(ports::store& store, std::string_view name)
{
    auto const all = look(store, [](ports::transaction& tx) { return tx.roles().list(); });
    auto const found = std::ranges::find(all, name, &access::role::name);
    return found == all.end() ? std::nullopt : std::optional(*found);
}

void check_same_role(access::role const& got, access::role const& wanted)
{
    CHECK(got.name == wanted.name);
    CHECK(got.description == wanted.description);
    CHECK((got.permissions == wanted.permissions));
    CHECK(got.built_in == wanted.built_in);
    CHECK(got.administers == wanted.administers);
    CHECK(got.version == wanted.version);
}

}  // namespace

TEST_CASE("a mailed link comes back with every column as it was, and is replaced whole", "[contract][email_tokens]")
{
    MB_ON_EVERY_STORE(store);
    seed_owners(store);
    auto emptied = bare_email_token(1, owner.id);
    emptied.type = full_email_token(1, owner.id).type;  // what a link is for is settled when it is made
    auto filled = full_email_token(2, owner.id);
    filled.type = bare_email_token(2, owner.id).type;
    for (auto const& wanted : {full_email_token(1, owner.id), bare_email_token(2, owner.id), emptied, filled}) {
        save(store, wanted);
        check_same(find(store, wanted.id).value(), wanted);
    }
    CHECK_FALSE(find(store, nth<identity::email_token_id>(3)));
}

TEST_CASE("the newest link of a type is found, used or not", "[contract][email_tokens]")
{
    MB_ON_EVERY_STORE(store);
    seed_owners(store);
    using enum identity::email_token_type;
    auto const newest = [&](identity::email_token_type type) {
        return look(store, [&](ports::transaction& tx) { return tx.email_tokens().newest(owner.id, type); });
    };
    CHECK_FALSE(newest(verify_email));

    auto used = bare_email_token(3, owner.id);
    used.used_at = start;
    auto reset = bare_email_token(4, owner.id);
    reset.type = password_reset;
    for (auto const& each : {used, bare_email_token(1, owner.id), bare_email_token(2, owner.id), reset, bare_email_token(5, neighbour.id)})
        save(store, each);
    check_same(newest(verify_email).value(), used);
    check_same(newest(password_reset).value(), reset);
    CHECK_FALSE(newest(magic_link));
}

TEST_CASE("wrong secrets are counted over the links of one user, from the last attempt on", "[contract][email_tokens]")
{
    MB_ON_EVERY_STORE(store);
    seed_owners(store);
    auto const failed = [&](std::uint32_t number, identity::user_id whose, int times, std::optional<instant> last) {
        auto each = bare_email_token(number, whose);
        each.failed_attempts = times;
        each.last_attempt_at = last;
        save(store, each);
    };
    auto const failures = [&](instant since) {
        return look(store, [&](ports::transaction& tx) { return tx.email_tokens().failures(owner.id, since); });
    };
    CHECK(failures(start) == 0);
    failed(1, owner.id, 2, start);
    failed(2, owner.id, 3, start + 1h);
    failed(3, neighbour.id, 7, start + 1h);
    failed(4, owner.id, 1, std::nullopt);
    CHECK(failures(start) == 5);
    CHECK(failures(start + tick) == 3);
    CHECK(failures(start + 1h) == 3);
    CHECK(failures(start + 1h + tick) == 0);
}

TEST_CASE("blocking the links of a user spares what is used or blocked, and everybody else's", "[contract][email_tokens]")
{
    MB_ON_EVERY_STORE(store);
    seed_owners(store);
    auto used = bare_email_token(1, owner.id);
    used.used_at = start;
    auto blocked = bare_email_token(2, owner.id);
    blocked.blocked_at = start;
    blocked.blocked_reason = "IP_MISMATCH";
    auto open = bare_email_token(3, owner.id);
    auto reset = bare_email_token(4, owner.id);
    reset.type = identity::email_token_type::password_reset;
    auto const others = bare_email_token(5, neighbour.id);
    for (auto const& each : {used, blocked, open, reset, others}) save(store, each);
    auto const block = [&] {
        return write_for(store,
                         [](ports::transaction& tx) { return tx.email_tokens().block_all(owner.id, identity::link_block::superseded, start + 1h); });
    };
    CHECK(block() == 2);
    CHECK(block() == 0);
    for (auto* each : {&open, &reset}) {
        each->blocked_at = start + 1h;
        each->blocked_reason = "SUPERSEDED";
    }
    for (auto const& each : {used, blocked, open, reset, others}) check_same(find(store, each.id).value(), each);
}

TEST_CASE("links that ended are purged at their end and not before, in batches", "[contract][email_tokens]")
{
    MB_ON_EVERY_STORE(store);
    seed_owners(store);
    for (auto const number : {1u, 2u, 3u}) {
        auto each = bare_email_token(number, owner.id);
        each.expires_at = number == 3 ? start + tick : start;
        save(store, each);
    }
    auto const purge = [&](std::size_t batch) {
        return write_for(store, [&](ports::transaction& tx) { return tx.email_tokens().purge(start, batch); });
    };
    CHECK(purge(1) == 1);
    CHECK(purge(5) == 1);
    CHECK(purge(5) == 0);
    CHECK_FALSE(find(store, nth<identity::email_token_id>(1)));
    CHECK_FALSE(find(store, nth<identity::email_token_id>(2)));
    CHECK(find(store, nth<identity::email_token_id>(3)));
}

TEST_CASE("failures are counted apart for each device of an identity", "[contract][lockouts]")
{
    MB_ON_EVERY_STORE(store);
    identity::lockout_counter const unknown{"pseudonym", "", 2, {}, start + 1h, 42, start + 20min + tick};
    identity::lockout_counter const phone{"pseudonym", "phone", 5, start + 30min + tick, start + 2h};
    identity::lockout_counter const other{"pseudonym2", "", 1, {}, start + 3h};
    for (auto const& each : {unknown, phone, other}) save(store, each);
    check_same(find(store, "pseudonym", "").value(), unknown);
    check_same(find(store, "pseudonym", "phone").value(), phone);
    check_same(find(store, "pseudonym2", "").value(), other);
    CHECK_FALSE(find(store, "pseudonym", "laptop"));
    CHECK_FALSE(find(store, "pseudo", ""));

    SECTION("a counter is replaced whole")
    {
        identity::lockout_counter const cleared{"pseudonym", "phone", 0, {}, start};
        save(store, cleared);
        check_same(find(store, "pseudonym", "phone").value(), cleared);
    }
    SECTION("clearing a device leaves the others")
    {
        write(store, [](ports::transaction& tx) { return tx.lockouts().clear("pseudonym", ""); });
        CHECK_FALSE(find(store, "pseudonym", ""));
        CHECK(find(store, "pseudonym", "phone"));
    }
    SECTION("clearing an identity forgets all its devices and nobody else's")
    {
        write(store, [](ports::transaction& tx) { return tx.lockouts().clear("pseudonym", std::nullopt); });
        CHECK_FALSE(find(store, "pseudonym", ""));
        CHECK_FALSE(find(store, "pseudonym", "phone"));
        CHECK(find(store, "pseudonym2", ""));
    }
    SECTION("counters are purged at their end and not before, in batches")
    {
        auto const purge = [&](instant before, std::size_t batch) {
            return write_for(store, [&](ports::transaction& tx) { return tx.lockouts().purge(before, batch); });
        };
        CHECK(purge(start + 1h - tick, 5) == 0);
        CHECK(purge(start + 2h, 1) == 1);
        CHECK(purge(start + 2h, 5) == 1);
        CHECK(find(store, "pseudonym2", ""));
    }
}

TEST_CASE("a signing key comes back with every column as it was, and is replaced whole", "[contract][signing_keys]")
{
    MB_ON_EVERY_STORE(store);
    CHECK(keys(store).empty());
    save(store, full_key(2));
    save(store, bare_key(1));
    {
        auto const held = keys(store);
        REQUIRE(held.size() == 2);
        check_same(held[0], bare_key(1));
        check_same(held[1], full_key(2));
    }
    save(store, full_key(1));
    save(store, bare_key(2));
    auto const held = keys(store);
    REQUIRE(held.size() == 2);
    check_same(held[0], full_key(1));
    check_same(held[1], bare_key(2));
}

TEST_CASE("retired keys are purged at their end and not before, and the rest has none", "[contract][signing_keys]")
{
    MB_ON_EVERY_STORE(store);
    auto key = full_key(1);
    key.expires_at = start;
    save(store, key);
    key.kid = full_key(2).kid;
    save(store, key);
    key.kid = full_key(3).kid;
    key.expires_at = start + tick;
    save(store, key);
    save(store, bare_key(4));
    auto const purge = [&](std::size_t batch) {
        return write_for(store, [&](ports::transaction& tx) { return tx.signing_keys().purge(start, batch); });
    };
    CHECK(purge(1) == 1);
    CHECK(purge(5) == 1);
    CHECK(purge(5) == 0);
    auto const left = keys(store);
    REQUIRE(left.size() == 2);
    CHECK(left[0].kid == full_key(3).kid);
    CHECK(left[1].kid == bare_key(4).kid);
}

TEST_CASE("a role comes back with every column as it was, and is replaced whole", "[contract][roles]")
{
    MB_ON_EVERY_STORE(store);
    access::role const full{"auditor",
                            "Reads 'everything' ñ",
                            {{std::nullopt, access::action::list},
                             {nth<entities::entity_id>(7), access::action::remove},
                             {nth<entities::entity_id>(8), access::action::get, access::reach::own},
                             {std::nullopt, access::action::update, access::reach::own}},
                            true,
                            true,
                            7};
    access::role const bare{"guest", "", {}, false, false};
    for (auto const& each : {full, bare}) write(store, [&](ports::transaction& tx) { return tx.roles().save(each); });
    check_same_role(role(store, "auditor").value(), full);
    check_same_role(role(store, "guest").value(), bare);
    CHECK_FALSE(role(store, "nobody"));

    access::role const changed{"auditor", "", {{std::nullopt, access::action::get}}, false, false};
    write(store, [&](ports::transaction& tx) { return tx.roles().save(changed); });
    check_same_role(role(store, "auditor").value(), changed);
}

TEST_CASE("a role is found by its name, inserted once, and gone where it was removed", "[contract][roles]")
{
    MB_ON_EVERY_STORE(store);
    access::role const guest{"guest", "first", {{std::nullopt, access::action::get}}, false, false};
    access::role const twin{"guest", "second", {}, false, true};
    write(store, [&](ports::transaction& tx) { return tx.roles().insert(guest); });
    auto const found = [&](std::string_view name) { return look(store, [&](ports::transaction& tx) { return tx.roles().find(name); }); };
    check_same_role(found("guest").value(), guest);
    CHECK_FALSE(found("Guest"));
    CHECK_FALSE(found(""));

    CHECK(failure(store.transact([&](ports::transaction& tx) { return tx.roles().insert(twin); })) == errc::duplicate);
    check_same_role(found("guest").value(), guest);
    write(store, [&](ports::transaction& tx) -> outcome<void> {  // and who wants to goes on after it
        CHECK(failure(tx.roles().insert(twin)) == errc::duplicate);
        return tx.roles().insert({"other", "", {}, false, false});
    });
    CHECK(found("other"));

    write(store, [](ports::transaction& tx) { return tx.roles().remove("guest"); });
    CHECK_FALSE(found("guest"));
    CHECK(found("other"));
    write(store, [](ports::transaction& tx) { return tx.roles().remove("guest"); });
}

TEST_CASE("the catalogue's revision grows with each advance and only where it is committed", "[contract][catalogue]")
{
    MB_ON_EVERY_STORE(store);
    auto const current = [&] { return look(store, [](ports::transaction& tx) { return tx.catalogue().current(); }); };
    auto const first = current();
    write(store, [](ports::transaction& tx) { return tx.catalogue().advance(); });
    auto const second = current();
    CHECK(second > first);
    (void)store.transact([](ports::transaction& tx) -> outcome<void> {
        MB_CHECK(tx.catalogue().advance());
        return error{errc::unavailable, "test", ""};
    });
    CHECK(current() == second);
}

TEST_CASE("restores are counted where they are committed, apart from the catalogue's revision", "[contract][catalogue]")
{
    MB_ON_EVERY_STORE(store);
    auto const counted = [&] { return write_for(store, [](ports::transaction& tx) { return tx.catalogue().count_restore(); }); };
    auto const revision = look(store, [](ports::transaction& tx) { return tx.catalogue().current(); });
    auto const first = counted();
    (void)store.transact([](ports::transaction& tx) -> outcome<void> {
        MB_CHECK(tx.catalogue().count_restore());
        return error{errc::unavailable, "test", ""};
    });
    CHECK(counted() == first + 1);
    CHECK(look(store, [](ports::transaction& tx) { return tx.catalogue().current(); }) == revision);
}
