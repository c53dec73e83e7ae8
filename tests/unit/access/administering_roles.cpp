#include "core/usecases/access/marking_store.hpp"
#include "tests/unit/access/world.hpp"

#include <algorithm>

using namespace mb;
using namespace mb::testing;
using namespace std::chrono_literals;
using strings = std::vector<std::string>;

namespace {

struct role_world : world {
    role_world() { make_user("ana@example.org"); }

    usecases::caller as(std::string const& email) { return {user(email), std::nullopt, catalogues.current()}; }
    outcome<answer<access::role>> make(std::string name, strings permissions, bool administers = false)
    {
        return create_role({std::move(name), "", std::move(permissions), administers}, admin(), request());
    }
    outcome<answer<access::role>> change(std::string name, strings permissions, std::optional<std::int64_t> expected = {})
    {
        return change_role({std::move(name), "changed", std::move(permissions), false}, expected, admin(), request());
    }
    outcome<answer<done>> remove(std::string_view name, std::optional<std::string_view> confirmed = {}, std::optional<std::int64_t> expected = {})
    {
        return delete_role(name, expected, confirmed, admin(), request());
    }
    void give(std::string const& email, strings roles) { granted(change_user(user(email).id, {std::move(roles), {}}, admin(), request())); }
    strings names()
    {
        strings found;
        for (auto const& each : granted(list_roles(admin(), request()))) found.push_back(each.name);
        return found;
    }
    /// Somebody who manages users and roles, and holds no permission on records.
    usecases::caller manager()
    {
        granted(make("manager", {}, true));
        give("ana@example.org", {"manager"});
        REQUIRE(catalogues.refresh());
        return as("ana@example.org");
    }
};

entities::entity_id some_entity()
{
    entities::entity_id id;
    id.bytes.fill(7);
    return id;
}

}  // namespace

TEST_CASE_METHOD(role_world, "a role is made, shown and listed in the order of names, and its making is written down")
{
    auto const made = granted(make("agente", {"list", "update:own"}));
    CHECK(made.version == 1);
    CHECK_FALSE(made.built_in);
    CHECK(granted(get_role("agente", admin(), request())).permissions == made.permissions);
    CHECK(names() == strings{"admin", "agente", "editor", "user", "viewer"});
    auto const row = events(1).front();
    CHECK(row.type == audit::event_type::role_changed);
    CHECK(row.actor == admin().user.id);
    CHECK_FALSE(row.user);
    CHECK(value_of(row, "role") == "agente");
    CHECK(value_of(row, "change") == "created");
    CHECK(value_of(row, "added") == "list,update:own");
    CHECK(why(get_role("nosuch", admin(), request())) == problem::role_not_found);
}

TEST_CASE_METHOD(role_world, "a changed role is felt at the next request of who holds it")
{
    granted(make("agente", {"get"}));
    give("ana@example.org", {"agente"});
    auto const pair = enter("ana@example.org");
    auto const may = [&](access::action what) { return decide(caller_of(pair), some_entity(), what).allowed; };
    CHECK(may(access::action::get));
    CHECK_FALSE(may(access::action::update));

    granted(change("agente", {"update"}));
    CHECK_FALSE(may(access::action::get));
    CHECK(may(access::action::update));
    auto const row = events(1).front();
    CHECK(value_of(row, "change") == "changed");
    CHECK(value_of(row, "added") == "update");
    CHECK(value_of(row, "removed") == "get");

    granted(remove("agente", "agente"));
    CHECK_FALSE(may(access::action::update));
    CHECK(user("ana@example.org").roles.empty());
}

TEST_CASE_METHOD(role_world, "making, changing and deleting a role give up the marks of all replicas at once")
{
    struct recording_marks final : ports::change_marks {
        outcome<seen> look(identity::user_id) override { return seen{}; }
        void changed(changes const& what) override { told.push_back(what); }
        std::vector<changes> told;
    } marks;
    usecases::marking_store marked{store, marks, tokens_policy, 2s};
    auto const told = [&] {
        REQUIRE(marks.told.size() == 1);
        CHECK(marks.told.front().catalogue);
        CHECK(marks.told.front().urgent);
        return std::exchange(marks.told, {}).front();
    };
    granted(usecases::create_role(marked, clock, random, {})({"agente", "", {"get"}, false}, admin(), request()));
    told();
    granted(usecases::change_role(marked, clock, random, {})({"agente", "", {"list"}, false}, {}, admin(), request()));
    told();
    give("ana@example.org", {"agente"});
    granted(usecases::delete_role(marked, clock, random)("agente", {}, "agente", admin(), request()));
    CHECK(told().users == std::vector{user("ana@example.org").id});
}

TEST_CASE_METHOD(role_world, "everything that is wrong with a role is told, and nothing is written")
{
    auto const before = dump();
    CHECK(broken(make("Agente", {"get", "nosuch", "get:books", "get:" + some_entity().text(), "get"}))
          == violations{{"/permissions/1", violation_code::not_an_option},
                        {"/permissions/2", violation_code::not_an_option},
                        {"/permissions/3", violation_code::not_an_option},
                        {"/name", violation_code::pattern, "^[a-z][a-z0-9_-]*$"},
                        {"/permissions/1", violation_code::duplicate}});
    CHECK(dump() == before);
}

TEST_CASE_METHOD(role_world, "there is one role of a name, and so many of them")
{
    granted(make("agente", {"get"}));
    CHECK(why(make("agente", {"list"})) == problem::role_exists);
    CHECK(why(make("admin", {"list"})) == problem::role_exists);
    CHECK(granted(get_role("agente", admin(), request())).permissions == std::vector<access::permission>{{std::nullopt, access::action::get}});

    access::role_policy six;
    six.roles_max = 6;
    usecases::create_role const create(store, clock, random, six);
    granted(create({"sixth", "", {}, false}, admin(), request()));
    CHECK(why(create({"seventh", "", {}, false}, admin(), request())) == problem::limit_reached);
    CHECK(names().size() == 6);
}

TEST_CASE_METHOD(role_world, "a built-in role is neither changed nor deleted, and what isn't there is not found")
{
    auto const before = dump();
    for (auto const* name : {"admin", "editor", "user", "viewer"}) {
        CHECK(why(change(name, {})) == problem::role_built_in);
        CHECK(why(remove(name, name)) == problem::role_built_in);
    }
    CHECK(why(change("nosuch", {})) == problem::role_not_found);
    CHECK(why(remove("nosuch")) == problem::role_not_found);
    CHECK(dump() == before);
}

TEST_CASE_METHOD(role_world, "a version that was expected is that of the role, or nothing is done")
{
    CHECK(granted(make("agente", {"get"})).version == 1);
    CHECK(granted(change("agente", {"list"}, 1)).version == 2);
    auto const before = dump();
    CHECK(why(change("agente", {"update"}, 1)) == problem::precondition_failed);
    CHECK(why(remove("agente", {}, 1)) == problem::precondition_failed);
    CHECK(dump() == before);
    granted(remove("agente", {}, 2));
}

TEST_CASE_METHOD(role_world, "a role that users hold is deleted where its name confirms it, and taken from all of them")
{
    granted(make("agente", {"get"}));
    strings holders;
    for (int i = 0; i < 7; ++i) {
        holders.push_back("holder" + std::to_string(i) + "@example.org");
        make_user(holders.back(), {"viewer", "agente"});
    }
    auto const version = user(holders[0]).authz_version;
    auto const before = dump();
    CHECK(why(remove("agente")) == problem::role_in_use);
    CHECK(why(remove("agente", "agent")) == problem::role_in_use);
    CHECK(dump() == before);

    granted(remove("agente", "agente"));
    for (auto const& each : holders) {
        CHECK(user(each).roles == strings{"viewer"});
        CHECK(user(each).authz_version == version + 1);
    }
    CHECK(value_of(events(1).front(), "change") == "deleted");
    CHECK(value_of(events(1).front(), "holders") == "7");
    granted(make("agente", {"delete"}));
    for (auto const& each : holders) CHECK(user(each).roles == strings{"viewer"});
}

TEST_CASE_METHOD(role_world, "who doesn't administer sees no role, and touching one is an attempt at escalation")
{
    granted(make("agente", {"get"}));
    auto const ana = as("ana@example.org");
    auto const before = events().size();
    CHECK(why(list_roles(ana, request())) == problem::forbidden);
    CHECK(why(get_role("agente", ana, request())) == problem::forbidden);
    CHECK(why(create_role({"mine", "", {"delete"}, true}, ana, request())) == problem::forbidden);
    CHECK(why(change_role({"agente", "", {"delete"}, true}, {}, ana, request())) == problem::forbidden);
    CHECK(why(delete_role("agente", {}, {}, ana, request())) == problem::forbidden);
    CHECK(why(change_user(ana.user.id, {strings{"admin"}, {}}, ana, request())) == problem::forbidden);
    CHECK(event_names(before)
          == strings{"PERMISSION_DENIED", "PERMISSION_DENIED", "PRIVILEGE_ESCALATION_ATTEMPT", "PRIVILEGE_ESCALATION_ATTEMPT",
                     "PRIVILEGE_ESCALATION_ATTEMPT", "PRIVILEGE_ESCALATION_ATTEMPT"});
    CHECK(events(1).front().status_code == 403);
    CHECK(events(1).front().level == audit::severity::critical);
    CHECK(names() == strings{"admin", "agente", "editor", "user", "viewer"});
}

TEST_CASE_METHOD(role_world, "who administers without more gives nobody more than they hold")
{
    auto const who = manager();
    auto const before = events().size();
    CHECK(why(create_role({"strong", "", {"delete"}, false}, who, request())) == problem::forbidden);
    CHECK(why(change_user(who.user.id, {strings{"manager", "admin"}, {}}, who, request())) == problem::forbidden);
    CHECK(why(change_user(who.user.id, {strings{"manager", "viewer"}, {}}, who, request())) == problem::forbidden);
    granted(create_role({"helper", "", {}, true}, who, request()));
    CHECK(why(change_role({"helper", "", {"get"}, true}, {}, who, request())) == problem::forbidden);
    CHECK(event_names(before)
          == strings{"PRIVILEGE_ESCALATION_ATTEMPT", "PRIVILEGE_ESCALATION_ATTEMPT", "PRIVILEGE_ESCALATION_ATTEMPT", "ROLE_CHANGED",
                     "PRIVILEGE_ESCALATION_ATTEMPT"});
    CHECK(value_of(events(1).front(), "rule") == "grant:deny");
    CHECK(user("ana@example.org").roles == strings{"manager"});
    CHECK(granted(get_role("helper", who, request())).permissions.empty());
    granted(change_user(who.user.id, {strings{"manager", "helper"}, {}}, who, request()));
}

TEST_CASE_METHOD(role_world, "what a user holds already may stay with them, whoever changes the rest")
{
    auto const who = manager();
    make_user("eva@example.org", {"editor"});
    auto const shown = granted(change_user(user("eva@example.org").id, {strings{"editor", "manager"}, {}}, who, request()));
    CHECK(shown.user.roles == strings{"editor", "manager"});
}

TEST_CASE_METHOD(role_world, "an administrator's key that has no scope for records gives nobody records")
{
    auto const text = granted(make_api_key({"robot", {"administer"}, {}}, admin(), request())).text.clone();
    auto const robot = granted(authenticate_key(text.reveal()));
    CHECK(why(change_user(user("ana@example.org").id, {strings{"user", "viewer"}, {}}, robot, request())) == problem::forbidden);
    CHECK(events(1).front().type == audit::event_type::escalation_attempted);
    CHECK(why(create_role({"strong", "", {"get"}, false}, robot, request())) == problem::forbidden);
    granted(create_role({"helper", "", {}, true}, robot, request()));
}

TEST_CASE_METHOD(role_world, "who holds a role that administers is no reason to let the last admin go")
{
    manager();
    auto const root = user("root@example.org").id;
    CHECK(why(change_user(root, {strings{"manager"}, {}}, admin(), request())) == problem::last_admin);
    CHECK(why(erase_account(root, as("ana@example.org"), request())) == problem::last_admin);
}

TEST_CASE_METHOD(role_world, "a key reaches as far as its scopes and its owner's roles both do")
{
    auto const pair = enter("ana@example.org");
    auto const key = [&](strings scopes) { return granted(make_api_key({"robot", std::move(scopes), {}}, caller_of(pair), request())).text.clone(); };
    auto const over = [&](secret const& text, access::action what) {
        return decide(granted(authenticate_key(text.reveal())), some_entity(), what).over;
    };
    auto const limited = key({"get:own", "update"});
    CHECK(over(limited, access::action::get) == access::reach::own);
    CHECK(over(limited, access::action::update) == access::reach::all);
    CHECK(over(limited, access::action::remove) == access::reach::none);

    granted(make("agente", {"get", "update:own", "list:own"}));
    give("ana@example.org", {"agente"});
    CHECK(over(limited, access::action::update) == access::reach::own);
    CHECK(broken(make_api_key({"robot", {"list:own", "list", "update"}, {}}, caller_of(pair), request()))
          == violations{{"/scopes/1", violation_code::not_allowed_here, {}}, {"/scopes/2", violation_code::not_allowed_here, {}}});
}

TEST_CASE_METHOD(role_world, "a role that was deleted meanwhile is given to nobody")
{
    granted(make("agente", {"get"}));
    granted(remove("agente"));
    CHECK(broken(change_user(user("ana@example.org").id, {strings{"agente"}, {}}, admin(), request()))
          == violations{{"/roles/0", violation_code::not_an_option}});
    CHECK(broken(create_user({"eva@example.org", secret{std::string_view{"right password"}}, {}, {}, {"agente"}}, request()))
          == violations{{"/roles/0", violation_code::not_an_option}});
}

TEST_CASE_METHOD(role_world, "whether a role administers is written down where it changes, and a role that breaks rules is told all of them")
{
    granted(make("manager", {"list"}, true));
    CHECK(value_of(events(1).front(), "administers") == "given");
    granted(change_role({"manager", "", {"list"}, false}, {}, admin(), request()));
    CHECK(value_of(events(1).front(), "administers") == "taken");
    granted(change_role({"manager", "", {"get"}, false}, {}, admin(), request()));
    CHECK(value_of(events(1).front(), "administers").empty());
    CHECK(broken(change_role({"manager", std::string(501, 'x'), {"get", "fly", "get:nothing", "get:nothing:own"}, false}, {}, admin(), request()))
              .size()
          == 4);
}
