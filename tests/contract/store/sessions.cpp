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

tokens::session bare_session(std::uint32_t number, identity::user_id whose)
{
    tokens::session made;
    made.id = nth<tokens::session_id>(number);
    made.owner = whose;
    for (std::size_t i = 0; i < made.digest.size(); ++i) made.digest[i] = static_cast<std::uint8_t>(i * 43 + number);
    made.created_at = start;
    made.last_seen_at = start + tick;
    made.expires_at = start + 1h;
    return made;
}

tokens::session full_session(std::uint32_t number, identity::user_id whose)
{
    auto made = bare_session(number, whose);
    made.ip = {"hash-of-an-address"};
    made.user_agent = "Agent 'x' \"y\" \\ % ñ € 😀";
    made.revoked_at = start + 2s + tick;
    made.revoked_reason = tokens::session_end::other_address;
    return made;
}

void save(ports::store& store, tokens::session const& saved)
{
    write(store, [&](ports::transaction& tx) { return tx.sessions().save(saved); });
}

std::optional<ports::live_session> find(ports::store& store, tokens::session const& which)
{
    return look(store, [&](ports::transaction& tx) { return tx.sessions().find_access(which.digest); });
}

void check_same_session(tokens::session const& got, tokens::session const& wanted)
{
    CHECK(got.id.text() == wanted.id.text());
    CHECK((got.owner == wanted.owner));
    CHECK((got.digest == wanted.digest));
    CHECK(got.ip.text == wanted.ip.text);
    CHECK(got.user_agent == wanted.user_agent);
    CHECK((got.created_at == wanted.created_at));
    CHECK((got.last_seen_at == wanted.last_seen_at));
    CHECK((got.expires_at == wanted.expires_at));
    CHECK((got.revoked_at == wanted.revoked_at));
    CHECK((got.revoked_reason == wanted.revoked_reason));
}

}  // namespace

TEST_CASE("a classic session comes back with every column as it was and with its owner, and is replaced whole", "[contract][sessions]")
{
    MB_ON_EVERY_STORE(store);
    seed_owners(store);
    auto moved = full_session(1, owner.id);
    moved.ip = {"another-hash"};
    moved.user_agent = "";
    moved.last_seen_at = start + 5s;
    moved.expires_at = start + 2h;
    moved.revoked_at.reset();
    moved.revoked_reason.reset();
    for (auto const& wanted : {full_session(1, owner.id), bare_session(2, neighbour.id), moved}) {
        save(store, wanted);
        auto const found = find(store, wanted).value();
        check_same_session(found.session, wanted);
        check_same(found.owner, wanted.owner == owner.id ? owner : neighbour);
    }
    CHECK_FALSE(find(store, bare_session(3, owner.id)));
}

TEST_CASE("no two sessions have one digest", "[contract][sessions]")
{
    MB_ON_EVERY_STORE(store);
    seed_owners(store);
    save(store, bare_session(1, owner.id));
    auto twin = bare_session(2, neighbour.id);
    twin.digest = bare_session(1, owner.id).digest;
    CHECK(failure(store.transact([&](ports::transaction& tx) { return tx.sessions().save(twin); })) == errc::duplicate);
    CHECK((find(store, twin)->session.owner == owner.id));
}

TEST_CASE("every living session of a user is ended, no other", "[contract][sessions]")
{
    MB_ON_EVERY_STORE(store);
    seed_owners(store);
    auto expired = bare_session(1, owner.id);
    expired.expires_at = start + 1min;
    for (auto const& each : {expired, full_session(2, owner.id), bare_session(3, owner.id), bare_session(4, owner.id), bare_session(5, neighbour.id)})
        save(store, each);
    auto const end = [&] {
        return write_for(store, [](ports::transaction& tx) { return tx.sessions().end_all(owner.id, tokens::session_end::admin, start + 1min); });
    };
    CHECK(end() == 2);
    CHECK(end() == 0);
    auto const ended = find(store, bare_session(3, owner.id))->session;
    CHECK((ended.revoked_at == start + 1min));
    CHECK((ended.revoked_reason == tokens::session_end::admin));
    check_same_session(find(store, expired)->session, expired);
    check_same_session(find(store, full_session(2, owner.id))->session, full_session(2, owner.id));
    check_same_session(find(store, bare_session(5, neighbour.id))->session, bare_session(5, neighbour.id));
}

TEST_CASE("a later sighting is noted, an earlier one and one of a session that is gone change nothing", "[contract][sessions]")
{
    MB_ON_EVERY_STORE(store);
    seed_owners(store);
    save(store, bare_session(1, owner.id));
    auto const note = [&](instant at) {
        write(store, [&](ports::transaction& tx) {
            return tx.sessions().note_sightings({{nth<tokens::session_id>(1), at}, {nth<tokens::session_id>(9), at}});
        });
    };
    auto const last = [&] { return find(store, bare_session(1, owner.id))->session.last_seen_at; };
    note(start + 5s);
    CHECK((last() == start + 5s));
    note(start + 4s);
    CHECK((last() == start + 5s));
}

TEST_CASE("sessions that ended are purged at their end and not before, in batches", "[contract][sessions]")
{
    MB_ON_EVERY_STORE(store);
    seed_owners(store);
    auto revoked = bare_session(1, owner.id);
    revoked.revoked_at = start + 1min;
    for (auto const& each : {revoked, bare_session(2, owner.id), bare_session(3, owner.id)}) save(store, each);
    auto const purge = [&](instant before, std::size_t batch) {
        return write_for(store, [&](ports::transaction& tx) { return tx.sessions().purge(before, batch); });
    };
    CHECK(purge(start + 1min - tick, 5) == 0);
    CHECK(purge(start + 1min, 5) == 1);
    CHECK_FALSE(find(store, revoked));
    CHECK(purge(start + 1h - tick, 5) == 0);
    CHECK(purge(start + 1h, 1) == 1);
    CHECK(purge(start + 1h, 5) == 1);
    CHECK(purge(start + 1h, 5) == 0);
}
