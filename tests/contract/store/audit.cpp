#include "tests/contract/samples.hpp"
#include "tests/contract/steps.hpp"
#include "tests/contract/stores.hpp"

using namespace mb;
using namespace mb::contract;

namespace {

identity::user const owner = full_user(1);
tokens::family const session = bare_family(1, owner.id);

void seed(ports::store& store)
{
    write(store, [](ports::transaction& tx) -> outcome<void> {
        MB_CHECK(tx.users().insert(owner));
        return tx.families().save(session);
    });
}

void append(ports::store& store, audit::event const& added)
{
    write(store, [&](ports::transaction& tx) { return tx.audit().append(added); });
}

void append(ports::store& store, ports::login_attempt const& added)
{
    write(store, [&](ports::transaction& tx) { return tx.login_attempts().append(added); });
}

std::vector<audit::event> events(ports::store& store, std::size_t limit)
{
    return look(store, [&](ports::transaction& tx) { return tx.audit().newest(limit); });
}

std::vector<ports::login_attempt> attempts(ports::store& store, std::size_t limit)
{
    return look(store, [&](ports::transaction& tx) { return tx.login_attempts().newest(limit); });
}

}  // namespace

TEST_CASE("audit rows come back with every column as it was, newest first", "[contract][audit]")
{
    MB_ON_EVERY_STORE(store);
    seed(store);
    CHECK(events(store, 5).empty());
    append(store, full_event(1, owner.id));
    append(store, bare_event(2));
    auto const held = events(store, 5);
    REQUIRE(held.size() == 2);
    check_same(held[0], bare_event(2));
    check_same(held[1], full_event(1, owner.id));
}

TEST_CASE("every event of the catalogue can be written and read", "[contract][audit]")
{
    MB_ON_EVERY_STORE(store);
    std::uint32_t number = 0;
    for (auto const& entry : audit::events()) {
        auto wanted = bare_event(++number);
        wanted.type = entry.type;
        wanted.level = entry.level;
        append(store, wanted);
        check_same(events(store, 1).at(0), wanted);
    }
}

TEST_CASE("the newest audit rows and login attempts are limited", "[contract][audit][login_attempts]")
{
    MB_ON_EVERY_STORE(store);
    for (auto const number : {1u, 2u, 3u}) {
        append(store, bare_event(number));
        append(store, bare_attempt(number));
    }
    CHECK(events(store, 0).empty());
    CHECK(attempts(store, 0).empty());
    CHECK(events(store, 2).size() == 2);
    CHECK(attempts(store, 2).size() == 2);
    CHECK(events(store, 4).size() == 3);
    CHECK((attempts(store, 4).at(0).id == nth<audit::log_id>(3)));
}

TEST_CASE("login attempts come back with every column as it was, newest first", "[contract][login_attempts]")
{
    MB_ON_EVERY_STORE(store);
    seed(store);
    append(store, full_attempt(1, owner.id, session.id));
    append(store, bare_attempt(2));
    auto const held = attempts(store, 5);
    REQUIRE(held.size() == 2);
    check_same(held[0], bare_attempt(2));
    check_same(held[1], full_attempt(1, owner.id, session.id));
}
