#include "core/domain/access/role.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace mb;
using namespace mb::access;

namespace {

role const& built_in(std::string_view name)
{
    auto const roles = built_in_roles();
    auto const found = std::ranges::find(roles, name, &role::name);
    REQUIRE(found != roles.end());
    return *found;
}

entities::entity_id entity(std::uint8_t number)
{
    entities::entity_id made;
    made.bytes.fill(number);
    return made;
}

bool may(role const& holder, action what)
{
    role const* const held[] = {&holder};
    return decide_action(held, entity(1), what).allowed;
}

constexpr action all_actions[] = {action::list, action::get, action::create, action::update, action::remove};

}  // namespace

TEST_CASE("there are four built-in roles, and only admin administers")
{
    CHECK(built_in_roles().size() == 4);
    for (auto const& each : built_in_roles()) {
        CHECK(each.built_in);
        CHECK(each.administers == (each.name == admin_role));
    }
}

TEST_CASE("admin, editor and user work on records, and viewer only reads them")
{
    for (auto const what : all_actions) {
        for (auto const* name : {"admin", "editor", "user"}) CHECK(may(built_in(name), what));
        CHECK(may(built_in("viewer"), what) == (what == action::list || what == action::get));
    }
}

TEST_CASE("nobody may do what no role allows, and the verdict says so")
{
    auto const verdict = decide_action({}, entity(1), action::get);
    CHECK_FALSE(verdict.allowed);
    CHECK(verdict.rule == "default:deny");
}

TEST_CASE("a verdict names the role that allowed it")
{
    role const* const held[] = {&built_in("viewer"), &built_in("editor")};
    CHECK(decide_action(held, entity(1), action::get).rule == "role:viewer");
    CHECK(decide_action(held, entity(1), action::remove).rule == "role:editor");
}

TEST_CASE("an allowance on one entity is none on another, and one action is not another")
{
    role const narrow{"narrow", "", {{entity(1), action::update}}, false, false};
    role const* const held[] = {&narrow};
    CHECK(decide_action(held, entity(1), action::update).allowed);
    CHECK_FALSE(decide_action(held, entity(2), action::update).allowed);
    CHECK_FALSE(decide_action(held, entity(1), action::get).allowed);
}

TEST_CASE("each action is found by its name")
{
    for (auto const what : all_actions) CHECK(action_named(name_of(what)) == what);
    CHECK_FALSE(action_named("remove"));
}

TEST_CASE("a permission reads back as it was written, and nothing else is one")
{
    auto const id = entity(1).text();
    for (auto const& text : {std::string("get"), "get:" + id, std::string("update:own"), "delete:" + id + ":own"}) {
        auto const read = permission_named(text);
        REQUIRE(read);
        CHECK(text_of(*read) == text);
    }
    CHECK(permission_named("update:own")->over == reach::own);
    CHECK_FALSE(permission_named("update:own")->entity);
    for (auto const& bad : {std::string(), std::string("own"), std::string(":own"), std::string("get:"), std::string("get:books"), "get:own:" + id,
                            "get:" + id + ":", "get:" + id + ":all", "get:" + id + ":own:own", std::string("GET"), " get" + id})
        CHECK_FALSE(permission_named(bad));
}

TEST_CASE("what covers a permission is as wide or wider, in entity and in reach")
{
    permission const everywhere{std::nullopt, action::get};
    permission const here{entity(1), action::get};
    permission const own_everywhere{std::nullopt, action::get, reach::own};
    permission const own_here{entity(1), action::get, reach::own};
    for (auto const& each : {everywhere, here, own_everywhere, own_here}) {
        CHECK(covers(everywhere, each));
        CHECK(covers(each, own_here));
        CHECK(covers(each, each));
    }
    CHECK_FALSE(covers(here, everywhere));
    CHECK_FALSE(covers(here, own_everywhere));
    CHECK_FALSE(covers(own_everywhere, here));
    CHECK_FALSE(covers(own_here, here));
    CHECK_FALSE(covers(everywhere, {std::nullopt, action::list}));
    CHECK_FALSE(covers(here, {entity(2), action::get}));
}

TEST_CASE("of several roles the one that reaches widest decides, and the verdict says how far")
{
    role const own{"agent", "", {{entity(1), action::get, reach::own}}, false, false};
    role const all{"supervisor", "", {{entity(1), action::get}}, false, false};
    role const* const narrow[] = {&own};
    role const* const both[] = {&own, &all};
    auto const limited = decide_action(narrow, entity(1), action::get);
    CHECK(limited.allowed);
    CHECK(limited.over == reach::own);
    CHECK(limited.rule == "role:agent");
    CHECK(decide_action(both, entity(1), action::get).over == reach::all);
    CHECK(decide_action(both, entity(1), action::get).rule == "role:supervisor");
    auto const none = decide_action(both, entity(2), action::get);
    CHECK_FALSE(none.allowed);
    CHECK(none.over == reach::none);
}
