#include "tests/unit/access/together.hpp"
#include "tests/unit/access/world.hpp"

#include <algorithm>
#include <utility>

using namespace mb;
using namespace mb::testing;
using namespace std::chrono_literals;
using strings = std::vector<std::string>;

namespace {

/// null in a patch
std::optional<std::optional<std::string>> const take_away{std::in_place};

struct administered : world {
    usecases::caller as(std::string const& email) { return {user(email), std::nullopt, catalogues.current()}; }
    outcome<answer<usecases::account>> change(identity::user_id target, usecases::user_change const& asked)
    {
        return change_user(target, asked, admin(), request());
    }

    identity::user const ana = make_user("ana@example.org");
};

}  // namespace

TEST_CASE_METHOD(administered, "RBAC: admin -> 200, editor, user y viewer -> 403, y cada 403 deja su fila")
{
    for (auto const* role : {"editor", "user", "viewer"}) make_user(std::string(role) + "@example.org", {role});
    make_user("none@example.org", {});
    auto const target = ana.id;
    auto const each = [&](usecases::caller const& who, auto check) {
        check(list_users({}, who, request()));
        check(get_user(target, who, request()));
        check(change_user(target, {strings{"user"}, {}}, who, request()));
        check(unlock_user(target, who, request()));
        check(list_signing_keys(who, request()));
        check(rotate_signing_key(who, request()));
    };
    for (auto const* name : {"editor", "user", "viewer", "none"}) {
        auto const before = events().size();
        each(as(std::string(name) + "@example.org"), [](auto const& said) { CHECK(why(said) == problem::forbidden); });
        CHECK(event_names(before)
              == strings{"PERMISSION_DENIED", "PERMISSION_DENIED", "PRIVILEGE_ESCALATION_ATTEMPT", "PERMISSION_DENIED", "PERMISSION_DENIED",
                         "PERMISSION_DENIED"});
        CHECK(events(1).front().status_code == 403);
        CHECK(value_of(events(1).front(), "rule") == "default:deny");
    }
    each(admin(), [](auto const& said) { granted(said); });
}

TEST_CASE_METHOD(administered, "new roles hold at once, raise the version and are written down")
{
    auto const pair = enter("ana@example.org");
    auto const shown = granted(change(ana.id, {strings{"viewer", "editor", "viewer"}, {}}));
    CHECK(shown.user.roles == strings{"viewer", "editor"});
    CHECK(shown.user.authz_version == ana.authz_version + 1);
    CHECK(caller_of(pair).user.roles == strings{"viewer", "editor"});
    auto const row = events(1).front();
    CHECK(audit::entry_of(row.type).name == "ROLE_CHANGED");
    CHECK(row.user == ana.id);
    CHECK(row.actor == user("root@example.org").id);
    CHECK(value_of(row, "roles_before") == "user");
    CHECK(value_of(row, "roles_after") == "viewer,editor");
}

TEST_CASE_METHOD(administered, "every unknown role is named, and nothing is written")
{
    auto const before = dump();
    CHECK(broken(change(ana.id, {strings{"user", "nosuch", "ADMIN"}, identity::user_status::disabled}))
          == violations{{"/roles/1", violation_code::not_an_option}, {"/roles/2", violation_code::not_an_option}});
    CHECK(dump() == before);
}

TEST_CASE_METHOD(administered, "a change that changes nothing writes nothing")
{
    auto const before = dump();
    CHECK(granted(change(ana.id, {strings{"user"}, identity::user_status::active})).user.id == ana.id);
    CHECK(granted(change(ana.id, {})).user.id == ana.id);
    CHECK(dump() == before);
}

TEST_CASE_METHOD(administered, "disabling ends every session at once, and enabling brings none back")
{
    auto const first = enter("ana@example.org");
    auto const second = enter("ana@example.org");
    auto const before = events().size();
    CHECK(granted(change(ana.id, {{}, identity::user_status::disabled})).user.status == identity::user_status::disabled);
    CHECK(event_names(before) == strings{"ROLE_CHANGED", "SESSION_INVALIDATED"});
    CHECK(value_of(events(1).front(), "sessions") == "2");
    CHECK(family(first.family)->revoked_reason == tokens::revocation_reason::admin);
    CHECK(why(authenticate(first.access_token)) == problem::invalid_token);
    CHECK(why(attempt("ana@example.org", "right password")) == problem::account_disabled);

    granted(change(ana.id, {{}, identity::user_status::active}));
    CHECK(why(authenticate(second.access_token)) == problem::invalid_token);
    enter("ana@example.org");
}

TEST_CASE_METHOD(administered, "the last active admin can be neither demoted nor disabled")
{
    auto const root = user("root@example.org").id;
    auto const before = dump();
    CHECK(why(change(root, {strings{"user"}, {}})) == problem::last_admin);
    CHECK(why(change(root, {strings{}, {}})) == problem::last_admin);
    CHECK(why(change(root, {{}, identity::user_status::disabled})) == problem::last_admin);
    CHECK(dump() == before);

    auto const second = make_user("second@example.org", {"admin"});
    granted(change(second.id, {{}, identity::user_status::disabled}));
    CHECK(why(change(root, {strings{"user"}, {}})) == problem::last_admin);
    granted(change(second.id, {{}, identity::user_status::active}));
    granted(change(root, {strings{"user"}, {}}));
}

TEST_CASE_METHOD(administered, "of two admins who demote each other at once one is left")
{
    auto leftover = user("root@example.org").id;
    for (int round = 0; round < 200; ++round) {
        auto const a = make_user("a" + std::to_string(round) + "@example.org", {"admin"});
        auto const b = make_user("b" + std::to_string(round) + "@example.org", {"admin"});
        usecases::caller const callers[] = {{a, {}, catalogues.current()}, {b, {}, catalogues.current()}};
        identity::user_id const targets[] = {b.id, a.id};
        granted(change_user(leftover, {strings{"user"}, {}}, callers[0], request()));

        std::atomic<int> refused = 0;
        together(2, [&](int i) {
            auto const said = change_user(targets[i], {strings{"user"}, {}}, callers[i], request());
            if (said && said->denied() != nullptr && said->denied()->why == problem::last_admin) ++refused;
        });
        REQUIRE(refused == 1);
        ports::user_filter admins;
        admins.role = "admin";
        auto const left = ports::read(memory, [&](ports::transaction& tx) { return tx.users().list(admins); });
        REQUIRE(left->size() == 1);
        leftover = left->front().id;
    }
}

TEST_CASE_METHOD(administered, "an unknown user is not found")
{
    identity::user_id unknown;
    unknown.bytes.fill(7);
    auto const before = dump();
    CHECK(why(get_user(unknown, admin(), request())) == problem::user_not_found);
    CHECK(why(change(unknown, {strings{"user"}, {}})) == problem::user_not_found);
    CHECK(why(unlock_user(unknown, admin(), request())) == problem::user_not_found);
    CHECK(dump() == before);
}

TEST_CASE_METHOD(administered, "Paginación: usuarios, cursor correcto, hasMore correcto, límite respetado")
{
    for (int i = 0; i < 6; ++i) {
        clock.advance(1ms);
        make_user("u" + std::to_string(i) + "@example.org");
    }
    auto const limit = GENERATE(std::size_t{1}, std::size_t{3}, std::size_t{7}, std::size_t{8}, std::size_t{100});
    ports::user_filter filter;
    filter.limit = limit;
    strings seen;
    for (bool more = true; more;) {
        auto const page = granted(list_users(filter, admin(), request()));
        CHECK(page.accounts.size() <= limit);
        REQUIRE_FALSE(page.accounts.empty());
        for (auto const& each : page.accounts) seen.push_back(each.user.address.text());
        filter.after = page.accounts.back().user.id;
        more = page.has_more;
    }
    REQUIRE(seen.size() == 8);
    CHECK(std::ranges::count(seen, "ana@example.org") == 1);
    std::ranges::sort(seen);
    CHECK(std::ranges::unique(seen).empty());
}

TEST_CASE_METHOD(administered, "a list shows who is locked, and until when")
{
    for (int i = 0; i < 5; ++i) REQUIRE(attempt("ana@example.org", "wrong password"));
    auto const page = granted(list_users({}, admin(), request()));
    REQUIRE(page.accounts.size() == 2);
    for (auto const& each : page.accounts) CHECK(each.locked_until == (each.user.id == ana.id ? std::optional(clock.now() + 30min) : std::nullopt));
    clock.advance(30min);
    for (auto const& each : granted(list_users({}, admin(), request())).accounts) CHECK_FALSE(each.locked_until);
}

TEST_CASE_METHOD(administered, "a profile changes where the patch says so, and nowhere else")
{
    auto const before = events().size();
    auto changed = granted(change_profile({{{"Ana"}}, {{"Anita"}}}, as("ana@example.org"), request()));
    CHECK(changed.display_name == "Ana");
    CHECK(changed.name->text() == "anita");
    CHECK(event_names(before) == strings{"PERFIL_MODIFICADO"});
    CHECK(value_of(events(1).front(), "fields") == "display_name,username");

    changed = granted(change_profile({take_away, {}}, as("ana@example.org"), request()));
    CHECK_FALSE(changed.display_name);
    CHECK(changed.name->text() == "anita");
    changed = granted(change_profile({{}, take_away}, as("ana@example.org"), request()));
    CHECK_FALSE(changed.name);

    auto const unchanged = dump();
    granted(change_profile({}, as("ana@example.org"), request()));
    granted(change_profile({take_away, take_away}, as("ana@example.org"), request()));
    CHECK(dump() == unchanged);
}

TEST_CASE_METHOD(administered, "a wrong patch says everything that is wrong, and writes nothing")
{
    auto const before = dump();
    CHECK(broken(change_profile({{{""}}, {{"x"}}}, as("ana@example.org"), request()))
          == violations{{"/username", violation_code::wrong_format, "username"}, {"/display_name", violation_code::too_short, "1"}});
    CHECK(dump() == before);
}

TEST_CASE_METHOD(administered, "a taken user name is refused, one's own is not")
{
    make_user("bob@example.org");
    granted(change_profile({{}, {{"bob"}}}, as("bob@example.org"), request()));
    auto const before = dump();
    CHECK(why(change_profile({{}, {{"BOB"}}}, as("ana@example.org"), request())) == problem::username_taken);
    granted(change_profile({{}, {{"Bob"}}}, as("bob@example.org"), request()));
    CHECK(dump() == before);
}

TEST_CASE_METHOD(administered, "a user name that somebody takes in between is taken")
{
    store.fail_next(fakes::outage_store::stage::commit, errc::duplicate);
    CHECK(why(change_profile({{}, {{"bob"}}}, as("ana@example.org"), request())) == problem::username_taken);
}

TEST_CASE_METHOD(administered, "an account that is gone has no profile to change")
{
    auto gone = as("ana@example.org");
    gone.user.id.bytes.fill(7);
    CHECK(why(change_profile({{{"Ana"}}, {}}, gone, request())) == problem::invalid_token);
}
