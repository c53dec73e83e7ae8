#include "core/domain/base/text.hpp"
#include "tests/unit/entities/workshop.hpp"

using namespace mb;
using namespace mb::usecases;
using namespace mb::usecases::sample;

namespace {

using parameters = std::vector<entities::parameter>;
using access::action;

/// Two people who may do this and that to their own records, of an entity with one record of each of them.
struct shop : workshop {
    shop()
    {
        make_entity();
        make_field({{"name", "title"}, {"type", "TEXT"}});
        mine = create("mine", me({{std::nullopt, action::create, access::reach::own}}));
        theirs = create("theirs", other({{std::nullopt, action::create, access::reach::own}}));
    }

    caller me(std::vector<access::permission> permissions) { return with(std::move(permissions), 1); }
    caller other(std::vector<access::permission> permissions) { return with(std::move(permissions), 2); }
    caller with(std::vector<access::permission> permissions, std::uint8_t number)
    {
        auto who = someone({"agent"});
        std::const_pointer_cast<catalogue>(who.known)->roles.push_back({"agent", "", std::move(permissions), false, false});  // made for this caller
        who.user.id = identity::user_id{{number}};
        return who;
    }
    std::string create(std::string title, caller const& who)
    {
        value const body{object{{"title", std::move(title)}}};
        auto const made = run<create_record>(who, "things", body);
        return granted(made).content.id.text();
    }
    auto patch(caller const& who, std::string const& id, std::optional<std::int64_t> expected = {})
    {
        value const body{object{{"title", "changed"}}};
        return run<patch_record>(who, "things", id, expected, body);
    }
    auto remove(caller const& who, std::string const& id) { return run<delete_record>(who, "things", id, std::optional<std::int64_t>{}); }
    auto get(caller const& who, std::string const& id) { return run<get_record>(who, "things", id); }
    std::vector<std::string> listed(caller const& who, parameters const& asked = {})
    {
        auto const page = run<list_records>(who, "things", asked);
        std::vector<std::string> ids;
        for (auto const& each : granted(page).records) ids.push_back(each.id.text());
        return ids;
    }

    std::string mine;
    std::string theirs;
};

access::permission own(action what) { return {std::nullopt, what, access::reach::own}; }
access::permission all(action what) { return {std::nullopt, what}; }

}  // namespace

TEST_CASE("who may read their own records reads those, and of others learns not even that they are there", "[entities]")
{
    shop here;
    auto const who = here.me({own(action::get)});
    CHECK(granted(here.get(who, here.mine)).content.id.text() == here.mine);
    auto const rows = here.audited().size();
    CHECK(why(here.get(who, here.theirs)) == problem::record_not_found);
    REQUIRE(here.audited().size() == rows + 1);
    auto const row = here.audited().front();
    CHECK(row.type == audit::event_type::permission_denied);
    CHECK(metadata_of(row, "rule") == "ownership:deny");
    CHECK(metadata_of(row, "action") == "get");
    CHECK(metadata_of(row, "record_id") == here.theirs);
    CHECK(row.user == who.user.id);

    CHECK(why(here.get(who, "01234567-89ab-7cde-8f01-23456789abcd")) == problem::record_not_found);
    CHECK(here.audited().size() == rows + 1);
}

TEST_CASE("a snapshot leaves somebody else's record to the form that records it", "[entities]")
{
    shop here;
    auto const who = here.me({own(action::get)});
    auto const read = [&](std::string const& id) {
        auto found = ports::read(here.memory, [&](ports::transaction& tx) { return get_record(here.services).on(tx, {"things", id}, who); });
        REQUIRE(found);
        return *std::move(found);
    };
    CHECK(read(here.mine)->granted() != nullptr);
    CHECK_FALSE(read(here.theirs));
}

TEST_CASE("a list holds the caller's own records, whatever they filter, and counts no others", "[entities]")
{
    shop here;
    auto const who = here.me({own(action::list)});
    CHECK(here.listed(who) == std::vector{here.mine});
    CHECK(here.listed(who, {{"filter[created_by]", here.other({}).user.id.text()}}).empty());
    CHECK(here.listed(who, {{"filter[title]", "theirs"}}).empty());
    CHECK(here.listed(here.me({all(action::list)})).size() == 2);
    parameters const counted{{"count", "exact"}};
    auto const page = here.run<list_records>(who, "things", counted);
    CHECK(granted(page).count->number == 1);
}

TEST_CASE("a page of own records goes on where it ended", "[entities]")
{
    shop here;
    auto const who = here.me({own(action::list), own(action::create)});
    for (int i = 0; i < 4; ++i) {
        here.create("more", who);
        here.create("more of theirs", here.other({own(action::create)}));
    }
    std::vector<std::string> seen;
    std::optional<std::string> cursor;
    do {
        parameters asked{{"limit", "2"}};
        if (cursor) asked.emplace_back("cursor", *cursor);
        auto const page = here.run<list_records>(who, "things", asked);
        for (auto const& each : granted(page).records) {
            CHECK(each.created_by == who.user.id);
            seen.push_back(each.id.text());
        }
        cursor = granted(page).next_cursor;
    } while (cursor);
    CHECK(seen.size() == 5);
}

TEST_CASE("who may change their own records changes no other: 403 where they see it, 404 where they don't", "[entities]")
{
    shop here;
    for (auto const what : {action::update, action::remove}) {
        auto const act = [&](caller const& who, std::string const& id) {
            return what == action::update ? why(here.patch(who, id)) : why(here.remove(who, id));
        };
        auto const rows = here.audited().size();
        CHECK(act(here.me({own(what)}), here.theirs) == problem::record_not_found);
        CHECK(act(here.me({own(what), own(action::get)}), here.theirs) == problem::record_not_found);
        CHECK(act(here.me({own(what), all(action::get)}), here.theirs) == problem::forbidden);
        REQUIRE(here.audited().size() == rows + 3);
        for (std::size_t i = 0; i < 3; ++i) {
            CHECK(here.audited()[i].type == audit::event_type::permission_denied);
            CHECK(metadata_of(here.audited()[i], "rule") == "ownership:deny");
            CHECK(metadata_of(here.audited()[i], "action") == access::name_of(what));
        }
    }
    CHECK(granted(here.get(here.other({own(action::get)}), here.theirs)).content.version == 1);
    auto const whole = here.me({own(action::update), own(action::remove), own(action::get)});
    CHECK(granted(here.patch(whole, here.mine)).content.version == 2);
    granted(here.remove(whole, here.mine));
    CHECK(here.listed(here.admin()) == std::vector{here.theirs});
}

TEST_CASE("a record of nobody is nobody's own", "[entities]")
{
    shop here;
    auto const definition = here.user().known->entities.at(0)->definition;
    entities::record ownerless{entities::record_id{{9}}, {}, {}, std::nullopt, 1, {entities::cell{}}};
    REQUIRE(here.memory.transact([&](ports::transaction& tx) -> outcome<void> {
        MB_CHECK(tx.records().insert(definition, ownerless));
        return {};
    }));
    auto const who = here.me({own(action::get), own(action::list), own(action::remove)});
    CHECK(why(here.get(who, ownerless.id.text())) == problem::record_not_found);
    CHECK(why(here.remove(who, ownerless.id.text())) == problem::record_not_found);
    CHECK(here.listed(who) == std::vector{here.mine});
}

TEST_CASE("with an entity the permissions on it go from every role, and the others stay", "[entities]")
{
    shop here;
    auto const gone = here.user().known->find_entity("things")->definition.id;
    auto const kept = here.make_entity("kept").id;
    access::role const agent{"agent", "", {{gone, action::get}, {kept, action::get}, {gone, action::list, access::reach::own}}, false, false, 4};
    access::role const untouched{"untouched", "", {{kept, action::list}}, false, false, 4};
    REQUIRE(here.memory.transact([&](ports::transaction& tx) -> outcome<void> {
        MB_CHECK(tx.roles().save(agent));
        return tx.roles().save(untouched);
    }));
    std::optional<std::string_view> const confirmed = "things";
    granted(here.run<delete_entity>(here.admin(), "things", std::nullopt, confirmed));
    auto const roles = ports::read(here.memory, [](ports::transaction& tx) { return tx.roles().list(); });
    REQUIRE(roles);
    REQUIRE(roles->size() == 2);
    CHECK(roles->at(0).permissions == std::vector<access::permission>{{kept, action::get}});
    CHECK(roles->at(0).version == 5);
    CHECK(roles->at(1).version == 4);
}
