#include "tests/contract/samples.hpp"
#include "tests/contract/steps.hpp"
#include "tests/contract/stores.hpp"

using namespace mb;
using namespace mb::contract;
using tokens::family;

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

void save(ports::store& store, family const& saved)
{
    write(store, [&](ports::transaction& tx) { return tx.families().save(saved); });
}

std::optional<family> find(ports::store& store, tokens::family_id id)
{
    return look(store, [&](ports::transaction& tx) { return tx.families().find(id); });
}

std::optional<ports::live_access> find_access(ports::store& store, tokens::token_id jti)
{
    return look(store, [&](ports::transaction& tx) { return tx.families().find_access(jti); });
}

std::vector<tokens::family_id> active(ports::store& store, instant now, std::optional<tokens::family_id> before, std::size_t limit)
{
    std::vector<tokens::family_id> ids;
    for (auto const& each : look(store, [&](ports::transaction& tx) { return tx.families().list_active(owner.id, now, before, limit); }))
        ids.push_back(each.id);
    return ids;
}

}  // namespace

TEST_CASE("a family comes back with every column as it was, and is replaced whole", "[contract][families]")
{
    MB_ON_EVERY_STORE(store);
    seed_owners(store);
    for (auto const& wanted : {full_family(1, owner.id), bare_family(2, owner.id), bare_family(1, owner.id), full_family(2, owner.id)}) {
        save(store, wanted);
        check_same(find(store, wanted.id).value(), wanted);
    }
    CHECK_FALSE(find(store, nth<tokens::family_id>(3)));
}

TEST_CASE("every reason of a revocation comes back", "[contract][families]")
{
    MB_ON_EVERY_STORE(store);
    seed_owners(store);
    using enum tokens::revocation_reason;
    for (auto const reason : {logout, global_logout, stolen, password_reset, admin, restored_backup}) {
        auto wanted = full_family(1, owner.id);
        wanted.revoked_reason = reason;
        save(store, wanted);
        check_same(find(store, wanted.id).value(), wanted);
    }
}

TEST_CASE("an access token leads to its family, by its current and by its previous identity", "[contract][families]")
{
    MB_ON_EVERY_STORE(store);
    seed_owners(store);
    auto const first = bare_family(1, owner.id);
    save(store, first);
    write(store, [](ports::transaction& tx) { return tx.catalogue().advance(); });
    auto const revision = look(store, [](ports::transaction& tx) { return tx.catalogue().current(); });

    auto const found = find_access(store, first.access_jti).value();
    check_same(found.family, first);
    check_same(found.owner, owner);
    CHECK(found.catalogue_revision == revision);
    CHECK_FALSE(find_access(store, first.current_jti));

    auto rotated = first;
    rotated.prev_access_jti = first.access_jti;
    rotated.access_jti = nth<tokens::token_id>(500);
    save(store, rotated);
    check_same(find_access(store, rotated.access_jti).value().family, rotated);
    check_same(find_access(store, first.access_jti).value().family, rotated);

    auto again = rotated;
    again.prev_access_jti = rotated.access_jti;
    again.access_jti = nth<tokens::token_id>(501);
    save(store, again);
    CHECK_FALSE(find_access(store, first.access_jti));
    CHECK(find_access(store, rotated.access_jti));

    SECTION("a revoked one too")
    {
        tokens::revoke(again, tokens::revocation_reason::logout, start);
        save(store, again);
        check_same(find_access(store, again.access_jti).value().family, again);
    }
    SECTION("an expired one too")
    {
        again.expires_at = start - 1000h;
        save(store, again);
        check_same(find_access(store, again.access_jti).value().family, again);
    }
}

TEST_CASE("active families are listed newest first, one more than the limit", "[contract][families]")
{
    MB_ON_EVERY_STORE(store);
    seed_owners(store);
    for (auto const number : {2u, 1u, 4u, 3u}) save(store, bare_family(number, owner.id));
    save(store, bare_family(5, neighbour.id));
    auto revoked = bare_family(6, owner.id);
    tokens::revoke(revoked, tokens::revocation_reason::logout, start);
    save(store, revoked);
    auto const id = [](std::uint32_t number) { return nth<tokens::family_id>(number); };
    using ids = std::vector<tokens::family_id>;

    CHECK((active(store, start, {}, 10) == ids{id(4), id(3), id(2), id(1)}));
    CHECK((active(store, start, {}, 2) == ids{id(4), id(3), id(2)}));
    CHECK((active(store, start, id(3), 2) == ids{id(2), id(1)}));
    CHECK((active(store, start, id(3), 1) == ids{id(2), id(1)}));
    CHECK(active(store, start, id(1), 1).empty());
}

TEST_CASE("a family is active one microsecond before its end and not at it", "[contract][families]")
{
    MB_ON_EVERY_STORE(store);
    seed_owners(store);
    auto const one = bare_family(1, owner.id);
    save(store, one);
    CHECK(active(store, one.expires_at - tick, {}, 10).size() == 1);
    CHECK(active(store, one.expires_at, {}, 10).empty());
}

TEST_CASE("revoking all families of a user ends the live ones but the excepted, and counts them", "[contract][families]")
{
    MB_ON_EVERY_STORE(store);
    seed_owners(store);
    auto const kept = bare_family(1, owner.id);
    auto const ended = bare_family(2, owner.id);
    auto const also_ended = bare_family(3, owner.id);
    auto expired = bare_family(4, owner.id);
    expired.expires_at = start;
    auto const revoked = full_family(5, owner.id);
    auto const foreign = bare_family(6, neighbour.id);
    for (auto const& each : {kept, ended, also_ended, expired, revoked, foreign}) save(store, each);

    auto const count = write_for(
        store, [&](ports::transaction& tx) { return tx.families().revoke_all(owner.id, kept.id, tokens::revocation_reason::global_logout, start); });
    CHECK(count == 2);
    for (auto wanted : {ended, also_ended}) {
        wanted.revoked_at = start;
        wanted.revoked_reason = tokens::revocation_reason::global_logout;
        check_same(find(store, wanted.id).value(), wanted);
    }
    for (auto const& untouched : {kept, expired, revoked, foreign}) check_same(find(store, untouched.id).value(), untouched);

    auto const rest = write_for(store, [&](ports::transaction& tx) {
        return tx.families().revoke_all(owner.id, std::nullopt, tokens::revocation_reason::admin, start + 1s);
    });
    CHECK(rest == 1);
    CHECK((find(store, kept.id)->revoked_reason == tokens::revocation_reason::admin));
    CHECK((find(store, ended.id)->revoked_reason == tokens::revocation_reason::global_logout));
}

TEST_CASE("families that ended are purged at their end and not before, in batches", "[contract][families]")
{
    MB_ON_EVERY_STORE(store);
    seed_owners(store);
    auto expired = bare_family(1, owner.id);
    expired.expires_at = start;
    auto expires_later = bare_family(2, owner.id);
    expires_later.expires_at = start + tick;
    auto revoked = bare_family(3, owner.id);
    revoked.revoked_at = start;
    revoked.revoked_reason = tokens::revocation_reason::logout;
    auto revoked_later = bare_family(4, owner.id);
    revoked_later.revoked_at = start + tick;
    revoked_later.revoked_reason = tokens::revocation_reason::logout;
    auto const live = bare_family(5, owner.id);
    for (auto const& each : {expired, expires_later, revoked, revoked_later, live}) save(store, each);
    auto const purge = [&](std::size_t batch) { return write_for(store, [&](ports::transaction& tx) { return tx.families().purge(start, batch); }); };

    CHECK(purge(0) == 0);
    CHECK(purge(1) == 1);
    CHECK(purge(2) == 1);
    CHECK(purge(2) == 0);
    CHECK_FALSE(find(store, expired.id));
    CHECK_FALSE(find(store, revoked.id));
    CHECK_FALSE(find_access(store, expired.access_jti));
    for (auto const& kept : {expires_later, revoked_later, live}) CHECK(find(store, kept.id));
}
