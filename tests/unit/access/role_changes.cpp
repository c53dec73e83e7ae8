#include "core/domain/access/role_change.hpp"
#include "core/usecases/access/role_input.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace mb;
using namespace mb::access;

namespace {

entities::entity_id entity(std::uint32_t number)
{
    entities::entity_id made;
    made.bytes[14] = static_cast<std::uint8_t>(number >> 8);
    made.bytes[15] = static_cast<std::uint8_t>(number);
    return made;
}

role named(std::string name)
{
    role made;
    made.name = std::move(name);
    return made;
}

role with_permissions(std::size_t count)
{
    auto made = named("agent");
    for (std::size_t i = 0; i < count; ++i) made.permissions.push_back({entity(static_cast<std::uint32_t>(i)), action::get});
    return made;
}

role const bare = named("bare");
role const reader{"reader", "", {{std::nullopt, action::get}}, false, false};
role const manager{"manager", "", {}, false, true};

}  // namespace

TEST_CASE("a role is named in small letters, digits, _ and -, up to its limit")
{
    for (auto const& good : {std::string("a"), std::string("agente_2-b"), std::string(64, 'a')}) CHECK(check_role(named(good), {}).empty());
    for (auto const& bad : {std::string(), std::string("Agent"), std::string("1a"), std::string("_a"), std::string("a b"), std::string("a:b"),
                            std::string("ñ"), std::string("a\n")})
        CHECK(check_role(named(bad), {}) == violations{{"/name", violation_code::pattern, "^[a-z][a-z0-9_-]*$"}});
    CHECK(check_role(named(std::string(65, 'a')), {}) == violations{{"/name", violation_code::too_long, "64"}});
}

TEST_CASE("a description has up to 500 characters and no control characters")
{
    auto made = named("agent");
    for (int i = 0; i < 500; ++i) made.description += "ñ";
    CHECK(check_role(made, {}).empty());
    made.description += "n";
    CHECK(check_role(made, {}) == violations{{"/description", violation_code::too_long, "500"}});
    for (auto const& bad : {"a\nb", "\xff"}) {
        made.description = bad;
        CHECK(check_role(made, {}) == violations{{"/description", violation_code::wrong_format, "printable"}});
    }
}

TEST_CASE("a role has up to 500 permissions, each once")
{
    CHECK(check_role(with_permissions(500), {}).empty());
    CHECK(check_role(with_permissions(501), {}) == violations{{"/permissions", violation_code::too_many, "500"}});
    auto twice = with_permissions(3);
    twice.permissions.push_back(twice.permissions[1]);
    twice.permissions.push_back({entity(1), action::get, reach::own});
    CHECK(check_role(twice, {}) == violations{{"/permissions/3", violation_code::duplicate}});
}

TEST_CASE("nobody gives what they don't hold")
{
    role const* const holds_reading[] = {&reader};
    role const* const holds_managing[] = {&manager};
    role const* const holds_both[] = {&reader, &manager};
    CHECK(decide_grant({holds_reading}, bare, nullptr).allowed);
    CHECK(decide_grant({holds_reading}, reader, nullptr).allowed);
    CHECK(decide_grant({holds_reading}, {"own", "", {{entity(1), action::get, reach::own}}, false, false}, nullptr).allowed);
    for (auto const& refused : {decide_grant({holds_reading}, manager, nullptr), decide_grant({holds_managing}, reader, nullptr),
                                decide_grant({holds_reading}, {"writer", "", {{std::nullopt, action::update}}, false, false}, nullptr)}) {
        CHECK_FALSE(refused.allowed);
        CHECK(refused.rule == "grant:deny");
    }
    CHECK(decide_grant({holds_both}, {"all", "", {{std::nullopt, action::get}}, false, true}, nullptr).allowed);
}

TEST_CASE("who may do something to their own records only gives no more")
{
    role const own{"own", "", {{std::nullopt, action::get, reach::own}}, false, false};
    role const* const holds_own[] = {&own};
    CHECK(decide_grant({holds_own}, own, nullptr).allowed);
    CHECK_FALSE(decide_grant({holds_own}, reader, nullptr).allowed);
}

TEST_CASE("what the receiver has already isn't given")
{
    role const* const holds_nothing[] = {&bare};
    role const strong{"strong", "", {{std::nullopt, action::get}, {std::nullopt, action::remove}}, false, true};
    role const less{"strong", "", {{entity(1), action::get}, {std::nullopt, action::remove}}, false, true};
    CHECK(decide_grant({holds_nothing}, strong, &strong).allowed);
    CHECK(decide_grant({holds_nothing}, less, &strong).allowed);
    CHECK_FALSE(decide_grant({holds_nothing}, strong, &less).allowed);
    CHECK_FALSE(decide_grant({holds_nothing}, strong, &reader).allowed);
}

TEST_CASE("a key gives no more than its scopes, whatever its owner holds")
{
    role const* const holds_all[] = {&reader, &manager};
    std::vector<std::string> const names{"administer"};
    auto const scopes = std::get<scope_set>(scope_set::parse(names));
    CHECK(decide_grant({holds_all, &scopes}, manager, nullptr).allowed);
    CHECK_FALSE(decide_grant({holds_all, &scopes}, reader, nullptr).allowed);
    std::vector<std::string> const reading{"get"};
    auto const other = std::get<scope_set>(scope_set::parse(reading));
    CHECK(decide_grant({holds_all, &other}, reader, nullptr).allowed);
    CHECK_FALSE(decide_grant({holds_all, &other}, manager, nullptr).allowed);
}

TEST_CASE("a built-in role is neither changed nor deleted, and another only in the version that was expected")
{
    auto stored = named("agent");
    stored.version = 3;
    CHECK_FALSE(decide_changed_role(stored, std::nullopt));
    CHECK_FALSE(decide_changed_role(stored, 3));
    for (auto const expected : {2, 4}) CHECK(decide_changed_role(stored, expected) == problem::precondition_failed);
    CHECK_FALSE(decide_removed_role(stored, 3, 0, std::nullopt));
    CHECK(decide_removed_role(stored, 2, 0, std::nullopt) == problem::precondition_failed);
    stored.built_in = true;
    CHECK(decide_changed_role(stored, 3) == problem::role_built_in);
    CHECK(decide_removed_role(stored, 3, 0, "agent") == problem::role_built_in);
}

TEST_CASE("a role that somebody holds is deleted only where its name confirms it")
{
    auto const stored = named("agent");
    CHECK_FALSE(decide_removed_role(stored, std::nullopt, 0, std::nullopt));
    CHECK(decide_removed_role(stored, std::nullopt, 1, std::nullopt) == problem::role_in_use);
    CHECK(decide_removed_role(stored, std::nullopt, 1, "Agent") == problem::role_in_use);
    CHECK_FALSE(decide_removed_role(stored, std::nullopt, 1, "agent"));
}

TEST_CASE("a permission names its entity by its name or its identity, and an entity that nobody made is none")
{
    entities::entity_definition books;
    books.id = entity(7);
    books.name = identifier::restore("books");
    usecases::catalogue known;
    known.entities.push_back(entities::compile(books, [](std::string_view) { return std::shared_ptr<shape::pattern const>{}; }));
    auto const id = books.id.text();
    violations broken;
    auto const read =
        usecases::read_role({"agente", "", {"get:books", "update:books:own", "list:" + id, "delete:" + id + ":own", "create"}, false}, known, broken);
    CHECK(broken.empty());
    CHECK(read.permissions
          == std::vector<permission>{{books.id, action::get},
                                     {books.id, action::update, reach::own},
                                     {books.id, action::list},
                                     {books.id, action::remove, reach::own},
                                     {std::nullopt, action::create}});
    auto const none = usecases::read_role(
        {"agente", "", {"get:films", "get:films:own", "fly:books", "get:books:all", "get:" + entity(8).text()}, false}, known, broken);
    CHECK(none.permissions.empty());
    CHECK(broken.size() == 5);
    CHECK(broken.back() == violation{"/permissions/4", violation_code::not_an_option});
}
