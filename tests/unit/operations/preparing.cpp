#include "tests/unit/access/together.hpp"
#include "tests/unit/access/world.hpp"

using namespace mb;
using namespace mb::testing;
using namespace std::chrono_literals;
using strings = std::vector<std::string>;

namespace {

usecases::preparation given(std::string email = "boss@example.org", std::string password = "a long password")
{
    return {secret{std::string(32, 's')}, usecases::first_admin{std::move(email), secret{std::move(password)}}};
}

/// A server that has never been started.
struct unprepared : world {
    memory::memory_store fresh;
    usecases::prepare_store prepare{fresh, clock, random, hasher, judge, passwords};

    template <class Read>
    auto look(Read read)
    {
        auto found = ports::read(fresh, read);
        REQUIRE(found);
        return *std::move(found);
    }
    std::vector<identity::user> users()
    {
        return look([](ports::transaction& tx) { return tx.users().list({}); });
    }
    std::vector<tokens::signing_key> keys()
    {
        return look([](ports::transaction& tx) { return tx.signing_keys().list(); });
    }
    std::size_t rows()
    {
        return look([](ports::transaction& tx) { return tx.audit().newest(100); }).size();
    }
};

}  // namespace

TEST_CASE_METHOD(unprepared, "the first start makes roles, a key of the given secret and the first admin")
{
    auto const made = granted(prepare(given(), {}));
    CHECK(made.roles_saved);
    CHECK(made.key_made);
    CHECK(made.admin_made);
    CHECK(look([](ports::transaction& tx) { return tx.roles().list(); }).size() == 4);
    REQUIRE(keys().size() == 1);
    auto const made_keys = keys();
    CHECK(made_keys[0].material.reveal() == std::string(32, 's'));
    CHECK(made_keys[0].state == tokens::key_state::active);
    CHECK(made_keys[0].kid.size() == 16);
    REQUIRE(users().size() == 1);
    auto const made_users = users();
    CHECK(made_users[0].address.text() == "boss@example.org");
    CHECK(made_users[0].email_verified);
    CHECK(made_users[0].roles == strings{"admin"});
    CHECK(rows() == 3);
}

TEST_CASE_METHOD(unprepared, "a second start makes nothing and writes nothing")
{
    granted(prepare(given(), {}));
    auto const revision = look([](ports::transaction& tx) { return tx.catalogue().current(); });
    auto const hashes = hasher.hashes();
    auto const again = granted(prepare(given("other@example.org"), {}));
    CHECK_FALSE(again.roles_saved);
    CHECK_FALSE(again.key_made);
    CHECK_FALSE(again.admin_made);
    CHECK(users().size() == 1);
    CHECK(rows() == 3);
    CHECK(hasher.hashes() == hashes);
    CHECK(look([](ports::transaction& tx) { return tx.catalogue().current(); }) == revision);
}

TEST_CASE_METHOD(unprepared, "without a first admin and a secret, roles and a drawn key are made")
{
    auto const made = granted(prepare({}, {}));
    CHECK(made.key_made);
    CHECK_FALSE(made.admin_made);
    CHECK(keys().at(0).material.size() == 32);
    CHECK(users().empty());
    CHECK(granted(prepare(given(), {})).admin_made);
}

TEST_CASE_METHOD(unprepared, "a secret of 32 bytes is enough and one of 31 is not")
{
    auto short_secret = given();
    short_secret.jwt_secret = secret{std::string(31, 's')};
    CHECK(broken(prepare(short_secret, {})) == violations{{"/jwt_secret", violation_code::too_short, "32"}});
    CHECK(rows() == 0);
    granted(prepare(given(), {}));
}

TEST_CASE_METHOD(unprepared, "a first admin that breaks the rules is refused, and nothing is made")
{
    CHECK(broken(prepare(given("no address", "short"), {}))
          == violations{{"/admin/email", violation_code::wrong_format, "email"}, {"/admin/password", violation_code::too_short, "8"}});
    CHECK(rows() == 0);
    CHECK(keys().empty());
}

TEST_CASE_METHOD(unprepared, "an account that somebody registered is never promoted to first admin")
{
    granted(prepare({}, {}));
    usecases::create_user const create{fresh, clock, random, hasher, judge, passwords};
    granted(create({"boss@example.org", secret{std::string_view{"right password"}}, {}, {}, {"user"}}, {}));
    CHECK(why(prepare(given("BOSS@example.org"), {})) == problem::duplicate_value);
    CHECK(users().at(0).roles == strings{"user"});
}

TEST_CASE_METHOD(unprepared, "a disabled admin keeps the door of the first admin closed")
{
    granted(prepare(given(), {}));
    auto boss = users().at(0);
    boss.status = identity::user_status::disabled;
    REQUIRE(fresh.transact([&](ports::transaction& tx) { return tx.users().update(boss); }));
    CHECK_FALSE(granted(prepare(given("other@example.org"), {})).admin_made);
}

TEST_CASE_METHOD(unprepared, "a built-in role that was changed is as it was built in again")
{
    granted(prepare(given(), {}));
    REQUIRE(fresh.transact([](ports::transaction& tx) {
        return tx.roles().save({"viewer", "", {{std::nullopt, access::action::remove}}, true, true});
    }));
    CHECK(granted(prepare(given(), {})).roles_saved);
    for (auto const& each : look([](ports::transaction& tx) { return tx.roles().list(); })) CHECK(each.administers == (each.name == "admin"));
}

TEST_CASE("servers that start at once make one key and one admin")
{
    for (int round = 0; round < 200; ++round) {
        unprepared start;
        std::atomic<int> keys = 0;
        std::atomic<int> admins = 0;
        together(3, [&](int i) {
            auto const said = start.prepare(given("boss" + std::to_string(i) + "@example.org"), {});
            if (said && said->granted() != nullptr) {
                keys += said->granted()->key_made;
                admins += said->granted()->admin_made;
            }
        });
        REQUIRE(keys == 1);
        REQUIRE(admins == 1);
        REQUIRE(start.users().size() == 1);
    }
}

TEST_CASE_METHOD(world, "the operator makes verified accounts with roles")
{
    usecases::new_user const wanted{"ana@example.org", secret{std::string_view{"right password"}}, "ana", "Ana", {"editor", "viewer", "editor"}};
    auto const made = granted(create_user(wanted, {}));
    CHECK(made.email_verified);
    CHECK(made.roles == strings{"editor", "viewer"});
    CHECK(made.display_name == "Ana");
    CHECK(audit::entry_of(events(1).front().type).name == "REGISTRO");
    CHECK(events(1).front().status_code == 0);
    enter("ana");
    make_user("second@example.org", {"admin"});
    CHECK(audit::entry_of(events(1).front().type).name == "ADMIN_CREADO");
}

TEST_CASE_METHOD(world, "an operator's mistake is said whole, and writes nothing")
{
    auto const before = dump();
    CHECK(broken(create_user({"x", secret{std::string_view{"short"}}, "y", "", {"nosuch"}}, {})).size() == 5);
    CHECK(why(create_user({"ROOT@example.org", secret{std::string_view{"right password"}}, {}, {}, {}}, {})) == problem::duplicate_value);
    CHECK(dump() == before);
    granted(create_user({"a@example.org", secret{std::string_view{"right password"}}, "ana", {}, {}}, {}));
    CHECK(why(create_user({"b@example.org", secret{std::string_view{"right password"}}, "ANA", {}, {}}, {})) == problem::username_taken);
}
