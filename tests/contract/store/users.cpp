#include "tests/contract/samples.hpp"
#include "tests/contract/steps.hpp"
#include "tests/contract/stores.hpp"

using namespace mb;
using namespace mb::contract;

namespace {

std::optional<identity::user> find(ports::store& store, identity::user_id id)
{
    return look(store, [&](ports::transaction& tx) { return tx.users().find(id); });
}

void insert(ports::store& store, identity::user const& added)
{
    write(store, [&](ports::transaction& tx) { return tx.users().insert(added); });
}

std::vector<std::string> names(ports::store& store, ports::user_filter const& filter)
{
    std::vector<std::string> found;
    for (auto const& each : look(store, [&](ports::transaction& tx) { return tx.users().list(filter); })) found.push_back(each.address.text());
    return found;
}

}  // namespace

TEST_CASE("a user comes back with every column as it was", "[contract][users]")
{
    MB_ON_EVERY_STORE(store);
    for (auto const& wanted : {full_user(1), bare_user(2)}) {
        insert(store, wanted);
        check_same(find(store, wanted.id).value(), wanted);
        check_same(look(store, [&](ports::transaction& tx) { return tx.users().find(wanted.address); }).value(), wanted);
    }
    auto const full = full_user(1);
    check_same(look(store, [&](ports::transaction& tx) { return tx.users().find(*full.name); }).value(), full);
}

TEST_CASE("an unknown user is not found, by identity, address or name", "[contract][users]")
{
    MB_ON_EVERY_STORE(store);
    insert(store, full_user(1));
    auto const stranger = full_user(2);
    CHECK_FALSE(find(store, stranger.id));
    CHECK_FALSE(look(store, [&](ports::transaction& tx) { return tx.users().find(stranger.address); }));
    CHECK_FALSE(look(store, [&](ports::transaction& tx) { return tx.users().find(*stranger.name); }));
}

TEST_CASE("an update replaces every column of a user", "[contract][users]")
{
    MB_ON_EVERY_STORE(store);
    auto const full = full_user(1);
    auto bare = bare_user(1);
    insert(store, full);

    write(store, [&](ports::transaction& tx) { return tx.users().update(bare); });
    check_same(find(store, full.id).value(), bare);
    CHECK_FALSE(look(store, [&](ports::transaction& tx) { return tx.users().find(full.address); }));
    CHECK_FALSE(look(store, [&](ports::transaction& tx) { return tx.users().find(*full.name); }));

    write(store, [&](ports::transaction& tx) { return tx.users().update(full); });
    check_same(find(store, full.id).value(), full);
}

TEST_CASE("updating a user who isn't there makes none", "[contract][users]")
{
    MB_ON_EVERY_STORE(store);
    (void)store.transact([&](ports::transaction& tx) { return tx.users().update(full_user(1)); });  // refused or without effect
    CHECK_FALSE(find(store, full_user(1).id));
}

TEST_CASE("an address and a user name belong to one user", "[contract][users]")
{
    MB_ON_EVERY_STORE(store);
    auto const first = full_user(1);
    auto other = full_user(2);
    insert(store, first);

    SECTION("inserting a taken address is refused and writes nothing")
    {
        other.address = first.address;
        CHECK(failure(store.transact([&](ports::transaction& tx) { return tx.users().insert(other); })) == errc::duplicate);
        CHECK_FALSE(find(store, other.id));
        CHECK_FALSE(look(store, [&](ports::transaction& tx) { return tx.users().find(*other.name); }));
    }
    SECTION("inserting a taken user name is refused and writes nothing")
    {
        other.name = first.name;
        CHECK(failure(store.transact([&](ports::transaction& tx) { return tx.users().insert(other); })) == errc::duplicate);
        CHECK_FALSE(find(store, other.id));
    }
    SECTION("updating to a taken user name is refused and changes nothing")
    {
        insert(store, other);
        auto renamed = other;
        renamed.name = first.name;
        renamed.display_name = "changed";
        CHECK(failure(store.transact([&](ports::transaction& tx) { return tx.users().update(renamed); })) == errc::duplicate);
        check_same(find(store, other.id).value(), other);
    }
    SECTION("a name that was given up can be taken")
    {
        auto nameless = first;
        nameless.name.reset();
        write(store, [&](ports::transaction& tx) { return tx.users().update(nameless); });
        other.name = first.name;
        insert(store, other);
        check_same(look(store, [&](ports::transaction& tx) { return tx.users().find(*first.name); }).value(), other);
    }
    SECTION("any number of users have no name")
    {
        insert(store, bare_user(3));
        insert(store, bare_user(4));
        CHECK(find(store, bare_user(4).id));
    }
}

TEST_CASE("users are listed in the order of identities, one more than the limit", "[contract][users]")
{
    MB_ON_EVERY_STORE(store);
    for (auto const number : {3u, 1u, 4u, 2u}) insert(store, bare_user(number));
    ports::user_filter filter;
    filter.limit = 2;
    CHECK(names(store, filter) == std::vector<std::string>{"bare1@example.org", "bare2@example.org", "bare3@example.org"});
    filter.after = bare_user(2).id;
    CHECK(names(store, filter) == std::vector<std::string>{"bare3@example.org", "bare4@example.org"});
    filter.limit = 1;
    CHECK(names(store, filter) == std::vector<std::string>{"bare3@example.org", "bare4@example.org"});
    filter.after = bare_user(4).id;
    CHECK(names(store, filter).empty());
}

TEST_CASE("users are found by role, status, verification and text", "[contract][users]")
{
    MB_ON_EVERY_STORE(store);
    auto plain = bare_user(1);
    plain.roles = {"user"};
    auto boss = bare_user(2);
    boss.roles = {"user", "admin"};
    boss.display_name = "Ana 100% MARTA_x";
    boss.email_verified = true;
    auto gone = bare_user(3);
    gone.roles = {"superadmin"};
    gone.status = identity::user_status::disabled;
    gone.name = identity::username::restore("zoe");
    for (auto const& each : {plain, boss, gone}) insert(store, each);
    auto const found = [&](auto change) {
        ports::user_filter filter;
        change(filter);
        return names(store, filter);
    };
    using all = std::vector<std::string>;
    auto const one = plain.address.text();
    auto const two = boss.address.text();
    auto const three = gone.address.text();

    CHECK(found([](auto& filter) { filter.role = "admin"; }) == all{two});
    CHECK(found([](auto& filter) { filter.role = "user"; }) == all{one, two});
    CHECK(found([](auto& filter) { filter.status = identity::user_status::disabled; }) == all{three});
    CHECK(found([](auto& filter) { filter.verified = true; }) == all{two});
    CHECK(found([](auto& filter) { filter.verified = false; }) == all{one, three});
    CHECK(found([](auto& filter) { filter.text = "bare2@"; }) == all{two});
    CHECK(found([](auto& filter) { filter.text = "BARE"; }) == all{one, two, three});
    CHECK(found([](auto& filter) { filter.text = "marta"; }) == all{two});
    CHECK(found([](auto& filter) { filter.text = "Zo"; }) == all{three});
    CHECK(found([](auto& filter) { filter.text = "%"; }) == all{two});
    CHECK(found([](auto& filter) { filter.text = "a_x"; }) == all{two});
    CHECK(found([](auto& filter) { filter.text = "a'x"; }).empty());
    CHECK(found([](auto& filter) {
              filter.role = "user";
              filter.verified = false;
          })
          == all{one});
}

TEST_CASE("active holders of a role are counted", "[contract][users]")
{
    MB_ON_EVERY_STORE(store);
    auto const count = [&](std::string_view role) { return look(store, [&](ports::transaction& tx) { return tx.users().count_active(role); }); };
    CHECK(count("admin") == 0);
    for (auto const number : {1u, 2u, 3u, 4u}) {
        auto each = bare_user(number);
        each.roles = number == 4 ? std::vector<std::string>{"adm"} : std::vector<std::string>{"user", "admin"};
        if (number == 3) each.status = identity::user_status::disabled;
        insert(store, each);
    }
    CHECK(count("admin") == 2);
    CHECK(count("adm") == 1);
    CHECK(count("owner") == 0);
}
