#include "tests/contract/samples.hpp"
#include "tests/contract/steps.hpp"
#include "tests/contract/stores.hpp"

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

access::scope_set scopes(std::vector<std::string> const& names) { return std::get<access::scope_set>(access::scope_set::parse(names)); }

tokens::api_key bare_key_of(std::uint32_t number, identity::user_id whose)
{
    tokens::api_key made;
    made.id = nth<tokens::api_key_id>(number);
    made.owner = whose;
    made.prefix = "sk_live_ABCDEFGH";
    for (std::size_t i = 0; i < made.digest.size(); ++i) made.digest[i] = static_cast<std::uint8_t>(i * 41 + number);
    made.created_at = start;
    return made;
}

tokens::api_key full_key_of(std::uint32_t number, identity::user_id whose)
{
    auto made = bare_key_of(number, whose);
    made.name = "Robot 'x' \"y\" \\ % ñ € 😀";
    made.scopes = scopes({"get", "list:" + nth<entities::entity_id>(3).text(), "account", "keys", "password", "administer"});
    made.expires_at = start + 1h + tick;
    made.last_used_at = start + 2s + tick;
    made.revoked_at = start + 3s + tick;
    return made;
}

void save(ports::store& store, tokens::api_key const& saved)
{
    write(store, [&](ports::transaction& tx) { return tx.api_keys().save(saved); });
}

std::optional<tokens::api_key> find(ports::store& store, tokens::api_key_id id)
{
    return look(store, [&](ports::transaction& tx) { return tx.api_keys().find(id); });
}

void check_same_key(tokens::api_key const& got, tokens::api_key const& wanted)
{
    CHECK(got.id.text() == wanted.id.text());
    CHECK((got.owner == wanted.owner));
    CHECK(got.name == wanted.name);
    CHECK(got.prefix == wanted.prefix);
    CHECK((got.digest == wanted.digest));
    CHECK(got.scopes.names() == wanted.scopes.names());
    CHECK((got.expires_at == wanted.expires_at));
    CHECK((got.last_used_at == wanted.last_used_at));
    CHECK((got.revoked_at == wanted.revoked_at));
    CHECK((got.created_at == wanted.created_at));
}

}  // namespace

TEST_CASE("an API key comes back with every column as it was, and is replaced whole", "[contract][api_keys]")
{
    MB_ON_EVERY_STORE(store);
    seed_owners(store);
    auto emptied = full_key_of(1, owner.id);
    emptied.name = "";
    emptied.scopes = {};
    emptied.expires_at.reset();
    emptied.last_used_at.reset();
    emptied.revoked_at.reset();
    for (auto const& wanted : {full_key_of(1, owner.id), bare_key_of(2, owner.id), emptied, full_key_of(2, owner.id)}) {
        save(store, wanted);
        check_same_key(find(store, wanted.id).value(), wanted);
    }
    CHECK_FALSE(find(store, nth<tokens::api_key_id>(3)));
}

TEST_CASE("a digest leads to its key, ended or not, its owner and the catalogue's revision", "[contract][api_keys]")
{
    MB_ON_EVERY_STORE(store);
    seed_owners(store);
    auto const held = full_key_of(1, neighbour.id);
    save(store, held);
    save(store, bare_key_of(2, owner.id));
    write(store, [](ports::transaction& tx) { return tx.catalogue().advance(); });
    auto const access = [&](identity::digest const& digest) {
        return look(store, [&](ports::transaction& tx) { return tx.api_keys().find_access(digest); });
    };
    auto const found = access(held.digest).value();
    check_same_key(found.key, held);
    check_same(found.owner, neighbour);
    CHECK(found.catalogue_revision == look(store, [](ports::transaction& tx) { return tx.catalogue().current(); }));
    CHECK_FALSE(access({}));
}

TEST_CASE("no two keys have one digest", "[contract][api_keys]")
{
    MB_ON_EVERY_STORE(store);
    seed_owners(store);
    save(store, bare_key_of(1, owner.id));
    auto twin = bare_key_of(2, neighbour.id);
    twin.digest = bare_key_of(1, owner.id).digest;
    CHECK(failure(store.transact([&](ports::transaction& tx) { return tx.api_keys().save(twin); })) == errc::duplicate);
    CHECK_FALSE(find(store, twin.id));
}

TEST_CASE("keys of one user are listed newest first, a page and one more", "[contract][api_keys]")
{
    MB_ON_EVERY_STORE(store);
    seed_owners(store);
    for (auto const number : {2u, 4u, 1u, 3u}) save(store, number == 3 ? full_key_of(number, owner.id) : bare_key_of(number, owner.id));
    save(store, bare_key_of(5, neighbour.id));
    auto const list = [&](std::optional<std::uint32_t> before, std::size_t limit) {
        std::vector<std::string> ids;
        auto const below = before ? std::optional(nth<tokens::api_key_id>(*before)) : std::nullopt;
        for (auto const& each : look(store, [&](ports::transaction& tx) { return tx.api_keys().list(owner.id, below, limit); }))
            ids.push_back(each.id.text());
        return ids;
    };
    auto const ids = [](std::vector<std::uint32_t> const& numbers) {
        std::vector<std::string> texts;
        for (auto const number : numbers) texts.push_back(nth<tokens::api_key_id>(number).text());
        return texts;
    };
    CHECK(list({}, 10) == ids({4, 3, 2, 1}));
    CHECK(list({}, 2) == ids({4, 3, 2}));
    CHECK(list(3, 10) == ids({2, 1}));
    CHECK(list(1, 10).empty());
}

TEST_CASE("only keys that are neither revoked nor expired count as living", "[contract][api_keys]")
{
    MB_ON_EVERY_STORE(store);
    seed_owners(store);
    auto ending = bare_key_of(1, owner.id);
    ending.expires_at = start + 1h;
    auto revoked = bare_key_of(2, owner.id);
    revoked.revoked_at = start;
    for (auto const& each : {ending, revoked, bare_key_of(3, owner.id), bare_key_of(4, neighbour.id)}) save(store, each);
    auto const living = [&](instant now) { return look(store, [&](ports::transaction& tx) { return tx.api_keys().count_live(owner.id, now); }); };
    CHECK(living(start + 1h - tick) == 2);
    CHECK(living(start + 1h) == 1);
}

TEST_CASE("a later use is noted, an earlier one and one of a key that is gone change nothing", "[contract][api_keys]")
{
    MB_ON_EVERY_STORE(store);
    seed_owners(store);
    save(store, bare_key_of(1, owner.id));
    save(store, bare_key_of(2, owner.id));
    auto const note = [&](std::vector<ports::api_key_use> const& uses) {
        write(store, [&](ports::transaction& tx) { return tx.api_keys().note_uses(uses); });
    };
    auto const last = [&](std::uint32_t number) { return find(store, nth<tokens::api_key_id>(number))->last_used_at; };
    note({{nth<tokens::api_key_id>(1), start + 5s}, {nth<tokens::api_key_id>(9), start}});
    CHECK((last(1) == start + 5s));
    CHECK_FALSE(last(2));
    note({{nth<tokens::api_key_id>(1), start + 4s}, {nth<tokens::api_key_id>(2), start + tick}});
    CHECK((last(1) == start + 5s));
    CHECK((last(2) == start + tick));
    CHECK_FALSE(find(store, nth<tokens::api_key_id>(9)));
}
