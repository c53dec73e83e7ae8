#include "adapters/memory/database/memory_store.hpp"
#include "core/usecases/operations/import_users.hpp"
#include "tests/unit/access/world.hpp"

#include <functional>

using namespace mb;
using namespace mb::testing;
using usecases::import_line;
using usecases::import_policy;
using usecases::import_problem;
using usecases::import_wishes;
using usecases::imported_account;
using told = std::vector<import_problem>;
using strings = std::vector<std::string>;

namespace {

imported_account account(std::string email)
{
    imported_account made;
    made.email = std::move(email);
    made.email_verified = true;
    made.password_hash = "$foreign$right password";
    return made;
}

std::vector<imported_account> several(std::size_t count)
{
    std::vector<imported_account> made;
    for (std::size_t i = 0; i < count; ++i) made.push_back(account("user" + std::to_string(i) + "@example.org"));
    return made;
}

struct importing : world {
    outcome<usecases::import_report> attempt_import(std::vector<imported_account> const& accounts, import_wishes const& wishes = {},
                                                    import_policy const& policy = {})
    {
        usecases::import_users const import_now(store, clock, random, hasher, policy);
        auto const walk = [&](function_ref<outcome<bool>(import_line &&)> take) -> outcome<void> {
            ++walks;
            if (before_walk) before_walk(walks);
            std::size_t number = 0;
            for (auto const& each : accounts) {
                MB_TRY(bool const going, take({++number, each}));
                if (!going) break;
            }
            return {};
        };
        return import_now(walk, wishes, request());
    }
    usecases::import_report run(std::vector<imported_account> const& accounts, import_wishes const& wishes = {}, import_policy const& policy = {})
    {
        auto said = attempt_import(accounts, wishes, policy);
        REQUIRE(said);
        return *std::move(said);
    }
    /// What is wrong with one account.
    told wrong(imported_account const& asked)
    {
        auto const before = dump();
        auto const report = run({asked});
        CHECK(report.created == 0);
        CHECK(dump() == before);
        return report.problems;
    }
    std::size_t accounts_stored()
    {
        auto found = ports::read(memory, [](ports::transaction& tx) {
            ports::user_filter all;
            all.limit = 10'000;
            return tx.users().list(all);
        });
        REQUIRE(found);
        return found->size() - 1;  // but for the administrator
    }

    int walks = 0;
    std::function<void(int)> before_walk;
};

import_problem at(std::size_t line, char const* pointer, violation_code code, std::string expected = "")
{
    return {line, {pointer, code, std::move(expected)}};
}

}  // namespace

TEST_CASE_METHOD(importing, "an imported account logs in with its password, and its hash is ours from then on")
{
    auto ana = account("Ana@Example.org");
    ana.username = "Ana";
    ana.display_name = "Ana Pérez";
    ana.roles = strings{"user", "editor", "user"};
    auto const report = run({ana, account("eva@example.org")});
    CHECK(report.accounts == 2);
    CHECK(report.created == 2);
    CHECK(report.problems_total == 0);

    auto const made = user("ana@example.org");
    CHECK(made.name->text() == "ana");
    CHECK(made.display_name == "Ana Pérez");
    CHECK(made.roles == strings{"user", "editor"});
    CHECK(made.email_verified);
    CHECK(made.password_hash == "$foreign$right password");
    CHECK(made.created_at == clock.now());
    CHECK(user("eva@example.org").roles == strings{"user"});

    CHECK(why(attempt("ana", "wrong password")) == problem::invalid_credentials);
    CHECK(user("ana@example.org").password_hash == "$foreign$right password");
    granted(attempt("ana", "right password"));
    CHECK(user("ana@example.org").password_hash->starts_with("mb1$"));
    granted(attempt("ana", "right password"));
}

TEST_CASE_METHOD(importing, "an account may come without a password, and unverified")
{
    imported_account bare;
    bare.email = "ana@example.org";
    CHECK(run({bare}).created == 1);
    CHECK_FALSE(user("ana@example.org").password_hash);
    CHECK_FALSE(user("ana@example.org").email_verified);
    CHECK(why(attempt("ana@example.org", "")) == problem::invalid_credentials);
}

TEST_CASE_METHOD(importing, "an import leaves one row for itself and one for each account, which name it")
{
    auto const before = events().size();
    run(several(2));
    CHECK(event_names(before) == strings{"USUARIOS_IMPORTADOS", "REGISTRO", "REGISTRO"});
    auto const rows = events(3);
    auto const& whole = rows[2].type == audit::event_type::users_imported ? rows[2] : rows[0];
    CHECK(value_of(whole, "accounts") == "2");
    for (auto const& each : rows)
        if (each.type == audit::event_type::user_registered) {
            CHECK(value_of(each, "import") == whole.id.text());
            CHECK(each.user);
            CHECK_FALSE(each.actor);
        }
}

TEST_CASE_METHOD(importing, "every problem of every line is told, with its line, and nothing is written")
{
    auto const before = dump();
    auto bad = account("no address");
    bad.username = "x";
    bad.display_name = "";
    bad.roles = strings{"user", "pirate"};
    bad.password_hash = "$1$md5";
    auto const report = run({account("ana@example.org"), bad, account("eva@example.org"), account("neither")});
    CHECK(report.accounts == 4);
    CHECK(report.created == 0);
    CHECK(report.problems
          == told{at(2, "/email", violation_code::wrong_format, "email"), at(2, "/username", violation_code::wrong_format, "username"),
                  at(2, "/display_name", violation_code::too_short, "1"), at(2, "/roles/1", violation_code::not_an_option),
                  at(2, "/password_hash", violation_code::wrong_format, "bcrypt, argon2"), at(4, "/email", violation_code::wrong_format, "email")});
    CHECK(walks == 1);
    CHECK(dump() == before);
}

TEST_CASE_METHOD(importing, "names are judged as when registering")
{
    auto named = account("ana@example.org");
    named.display_name = std::string(201, 'x');
    CHECK(wrong(named) == told{at(1, "/display_name", violation_code::too_long, "200")});
    named.display_name = std::string(200, 'x');
    CHECK(run({named}).created == 1);
}

TEST_CASE_METHOD(importing, "a hash of ours is no import")
{
    auto forged = account("ana@example.org");
    forged.password_hash = user("root@example.org").password_hash;
    CHECK(wrong(forged).size() == 1);
}

TEST_CASE_METHOD(importing, "what stands twice in a file is told with the line where it stood first")
{
    auto first = account("ana@example.org");
    first.username = "ana";
    auto second = account("eva@example.org");
    second.username = "ANA";
    auto const report = run({first, second, account("ANA@example.org")});
    CHECK(report.problems == told{at(2, "/username", violation_code::duplicate, "1"), at(3, "/email", violation_code::duplicate, "1")});
    CHECK(accounts_stored() == 0);
    // also where batches lie between them
    auto many = several(7);
    many.push_back(account("user0@example.org"));
    CHECK(run(many, {}, {100, 2, 10}).problems == told{at(8, "/email", violation_code::duplicate, "1")});
}

TEST_CASE_METHOD(importing, "who has an account already is a problem, or is left alone where that was wished for")
{
    make_user("ana@example.org");
    auto const before = user("ana@example.org");
    std::vector<imported_account> const both{account("ana@example.org"), account("eva@example.org")};
    CHECK(run(both).problems == told{at(1, "/email", violation_code::duplicate, "account")});
    CHECK(accounts_stored() == 1);

    import_wishes wishes;
    wishes.known = usecases::known_account::is_left_alone;
    auto const report = run(both, wishes);
    CHECK(report.created == 1);
    CHECK(report.left_alone == 1);
    CHECK(user("ana@example.org").password_hash == before.password_hash);
    CHECK(run(both, wishes).left_alone == 2);
}

TEST_CASE_METHOD(importing, "a user name of somebody else is a problem in any case")
{
    granted(create_user({"eva@example.org", secret{std::string_view{"right password"}}, "ana", {}, {"user"}}, request()));
    import_wishes wishes;
    wishes.known = usecases::known_account::is_left_alone;
    auto thief = account("ana@example.org");
    thief.username = "ana";
    CHECK(run({thief}, wishes).problems == told{at(1, "/username", violation_code::duplicate, "account")});
}

TEST_CASE_METHOD(importing, "nobody becomes an administrator unless that was wished for")
{
    auto boss = account("boss@example.org");
    boss.roles = strings{"user", "admin"};
    CHECK(wrong(boss) == told{at(1, "/roles/1", violation_code::not_allowed_here)});
    // nor by a role of another name that administers
    granted(create_role({"steward", "", {}, true}, admin(), request()));
    boss.roles = strings{"steward"};
    CHECK(wrong(boss) == told{at(1, "/roles/0", violation_code::not_allowed_here)});

    import_wishes wishes;
    wishes.admins = usecases::admin_import::allowed;
    auto const before = events().size();
    CHECK(run({boss}, wishes).created == 1);
    CHECK(event_names(before) == strings{"USUARIOS_IMPORTADOS", "ADMIN_CREADO"});
}

TEST_CASE_METHOD(importing, "only looking writes nothing, and says how many there would be")
{
    make_user("user0@example.org");
    auto const before = dump();
    import_wishes wishes;
    wishes.effect = usecases::import_effect::only_looks;
    wishes.known = usecases::known_account::is_left_alone;
    auto const report = run(several(3), wishes);
    CHECK(report.accounts == 3);
    CHECK(report.left_alone == 1);
    CHECK(report.created == 0);
    CHECK(dump() == before);
}

TEST_CASE_METHOD(importing, "as many accounts as the limit are made, and with one more none is")
{
    import_policy const policy{5, 2, 10};
    auto const past = run(several(6), {}, policy);
    CHECK(past.problems == told{at(6, "", violation_code::too_many, "5")});
    CHECK(accounts_stored() == 0);
    CHECK(run(several(5), {}, policy).created == 5);
    CHECK(accounts_stored() == 5);
}

TEST_CASE_METHOD(importing, "batches that are full, and one that isn't, are all written")
{
    for (std::size_t const count : {1U, 2U, 3U, 4U}) {
        world fresh;
        usecases::import_users const import_now(fresh.store, fresh.clock, fresh.random, fresh.hasher, {100, 2, 10});
        auto const accounts = several(count);
        auto const said = import_now(
            [&](function_ref<outcome<bool>(import_line &&)> take) -> outcome<void> {
                for (std::size_t i = 0; i < accounts.size(); ++i) {
                    MB_TRY(bool const going, take({i + 1, accounts[i]}));
                    CHECK(going);
                }
                return {};
            },
            {}, fresh.request());
        REQUIRE(said);
        CHECK(said->created == count);
        for (auto const& each : accounts) CHECK(fresh.user(each.email).email_verified);
    }
}

TEST_CASE_METHOD(importing, "so many problems are told, and the others are counted")
{
    std::vector<imported_account> const bad(5, account("no address"));
    auto const all = run(bad, {}, {100, 2, 5});
    CHECK(all.problems.size() == 5);
    auto const some = run(bad, {}, {100, 2, 4});
    CHECK(some.problems.size() == 4);
    CHECK(some.problems_total == 5);
}

TEST_CASE_METHOD(importing, "who registers while an import is written stops it there, and it goes on where it was")
{
    before_walk = [&](int walk) {
        if (walk == 2) make_user("user2@example.org");
    };
    import_policy const policy{100, 2, 10};
    auto const report = run(several(6), {}, policy);
    CHECK(report.created == 2);
    CHECK(report.problems == told{at(3, "/email", violation_code::duplicate, "account")});
    CHECK(accounts_stored() == 3);

    import_wishes wishes;
    wishes.known = usecases::known_account::is_left_alone;
    auto const rest = run(several(6), wishes, policy);
    CHECK(rest.created == 3);
    CHECK(rest.left_alone == 3);
}

TEST_CASE_METHOD(importing, "a role that is deleted, or begins to administer, while an import is written stops it")
{
    granted(create_role({"clerk", "", {}, false}, admin(), request()));
    auto one = account("ana@example.org");
    one.roles = strings{"clerk"};
    SECTION("deleted")
    {
        before_walk = [&](int walk) {
            if (walk == 2) granted(delete_role("clerk", std::nullopt, std::nullopt, admin(), request()));
        };
        CHECK(run({one}).problems == told{at(1, "/roles/0", violation_code::not_an_option)});
    }
    SECTION("administers")
    {
        before_walk = [&](int walk) {
            if (walk != 2) return;
            auto held = ports::read(memory, [](ports::transaction& tx) { return tx.roles().find("clerk"); });
            REQUIRE((held && *held));
            (*held)->administers = true;
            REQUIRE(memory.transact([&](ports::transaction& tx) { return tx.roles().save(**held); }));
        };
        CHECK(run({one}).problems == told{at(1, "/roles/0", violation_code::not_allowed_here)});
    }
    CHECK(accounts_stored() == 0);
}

TEST_CASE_METHOD(importing, "a line that can't be read is told with the others, and one that became so stops the writing")
{
    usecases::import_users const import_now(store, clock, random, hasher, {100, 1, 10});
    int walk = 0;
    auto const lines = [&](function_ref<outcome<bool>(import_line &&)> take) -> outcome<void> {
        bool const readable = ++walk == 1;
        MB_TRY(bool const going, take({1, account("ana@example.org")}));
        if (!going) return {};
        if (readable)
            MB_CHECK(take({2, account("eva@example.org")}));
        else
            MB_CHECK(take({2, violations{{"", violation_code::wrong_format, "JSON: syntax"}}}));
        return {};
    };
    auto const said = import_now(lines, {}, request());
    REQUIRE(said);
    CHECK(said->created == 1);
    CHECK(said->problems == told{at(2, "", violation_code::wrong_format, "JSON: syntax")});
    auto const again = import_now(lines, {}, request());  // the second time and on it can't be read
    REQUIRE(again);
    CHECK(again->problems_total == 2);
}

TEST_CASE_METHOD(importing, "an outage is an error, and what was written before it stays")
{
    store.fail_next_read(errc::unavailable);
    CHECK_FALSE(attempt_import(several(2)));
    CHECK(accounts_stored() == 0);
    before_walk = [&](int walk) {
        if (walk == 3) store.fail_next(fakes::outage_store::stage::commit, errc::unavailable);
    };
    walks = 1;
    auto const said = attempt_import(several(2));
    REQUIRE_FALSE(said);
    CHECK(said.error().code == errc::unavailable);
    CHECK(accounts_stored() == 0);
}
