#include "core/domain/access/scope.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace mb;
using namespace mb::access;

namespace {

entities::entity_id entity(std::uint8_t number)
{
    entities::entity_id id;
    id.bytes.fill(number);
    return id;
}

scope_set scopes(std::vector<std::string> const& names)
{
    auto const read = scope_set::parse(names);
    REQUIRE(std::holds_alternative<scope_set>(read));
    return std::get<scope_set>(read);
}

std::vector<std::size_t> unknown(std::vector<std::string> const& names)
{
    auto const read = scope_set::parse(names);
    REQUIRE(std::holds_alternative<std::vector<std::size_t>>(read));
    return std::get<std::vector<std::size_t>>(read);
}

}  // namespace

TEST_CASE("a scope is a permission of roles or one of four powers, and nothing else")
{
    auto const one = "get:" + entity(1).text();
    auto const all = scopes({"list", one, "account", "keys", "password", "administer", "list"});
    CHECK(all.names() == std::vector<std::string>{"list", one, "account", "keys", "password", "administer"});
    CHECK(scopes(all.names()) == all);
    CHECK(scopes({}).names().empty());
    CHECK(unknown({"list", "", "read", "LIST", "list:", "list:x", "records", "none", "administer:" + entity(1).text()})
          == std::vector<std::size_t>{1, 2, 3, 4, 5, 6, 7, 8});
}

TEST_CASE("a scope on one entity says nothing of another, nor of another action")
{
    auto const one = scopes({"get:" + entity(1).text()});
    CHECK(one.over(entity(1), action::get) == reach::all);
    CHECK(one.over(entity(2), action::get) == reach::none);
    CHECK(one.over(entity(1), action::list) == reach::none);
    CHECK(one.allows(power::records));
    auto const every = scopes({"get"});
    CHECK(every.over(entity(1), action::get) == reach::all);
    CHECK(every.over(entity(2), action::get) == reach::all);
    CHECK(every.over(entity(2), action::update) == reach::none);
}

TEST_CASE("each power is held by its own scope alone, and none by nothing")
{
    constexpr power all[]{power::none, power::records, power::account, power::keys, power::password, power::administer};
    for (auto const held : {power::account, power::keys, power::password, power::administer})
        for (auto const asked : all) {
            INFO(name_of(held) << " and " << static_cast<int>(asked));
            CHECK(scopes({std::string(name_of(held))}).allows(asked) == (held == asked));
        }
    for (auto const asked : all) CHECK_FALSE(scope_set{}.allows(asked));
    CHECK_FALSE(scopes({"list", "get", "create", "update", "delete", "account", "keys", "password", "administer"}).allows(power::none));
}

TEST_CASE("a set covers what is in it, and every entity covers one")
{
    auto const one = "get:" + entity(1).text();
    CHECK(scopes({"get", "account"}).covers(scopes({one})));
    CHECK(scopes({"get", "account"}).covers(scopes({"account", "get"})));
    CHECK(scopes({one}).covers(scope_set{}));
    CHECK_FALSE(scopes({one}).covers(scopes({"get"})));
    CHECK_FALSE(scopes({one}).covers(scopes({"get:" + entity(2).text()})));
    CHECK_FALSE(scopes({"get", "account"}).covers(scopes({"get", "keys"})));
}
