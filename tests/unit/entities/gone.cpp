#include "tests/unit/entities/workshop.hpp"

using namespace mb;
using namespace mb::usecases;
using namespace mb::usecases::sample;

namespace {

value const entity_body{object{{"name", "things"}, {"display_name", "Things"}}};
value const field_body{object{{"name", "more"}, {"type", "TEXT"}}};
value const record_body{object{{"title", "two"}}};

struct shop : workshop {
    shop()
    {
        make_entity();
        make_field({{"name", "title"}, {"type", "TEXT"}});
        id = make_record({{"title", "one"}}).id.text();
    }

    /// What each verb on an entity says to who knows it that way.
    std::vector<problem> refusals(caller const& admin, caller const& user, std::string_view name)
    {
        std::vector<std::optional<problem>> const all{
            why(run<update_entity>(admin, name, std::nullopt, entity_body)),
            why(run<delete_entity>(admin, name, std::nullopt, name)),
            why(run<create_field>(admin, name, std::nullopt, field_body)),
            why(run<update_field>(admin, name, "title", std::nullopt, field_body)),
            why(run<delete_field>(admin, name, "title", std::nullopt)),
            why(run<create_record>(user, name, record_body)),
            why(run<replace_record>(user, name, id, std::nullopt, record_body)),
            why(run<patch_record>(user, name, id, std::nullopt, record_body)),
            why(run<delete_record>(user, name, id, std::nullopt)),
            why(run<get_record>(user, name, id)),
            why(run<list_records>(user, name)),
        };
        std::vector<problem> found;
        for (auto const& each : all) {
            REQUIRE(each);
            found.push_back(*each);
        }
        return found;
    }
    static std::vector<problem> none() { return std::vector<problem>(11, problem::entity_not_found); }

    std::string id;
};

}  // namespace

TEST_CASE("an entity that nobody made is not found, whatever is to be done with it", "[entities]")
{
    shop here;
    auto const rows = here.audited().size();
    CHECK(here.refusals(here.admin(), here.user(), "nothing") == here.none());
    CHECK(here.audited().size() == rows);
}

TEST_CASE("who knows an entity that is gone by now finds none, and writes nothing", "[entities]")
{
    shop here;
    auto const admin = here.admin();
    auto const user = here.user();
    REQUIRE(granted(here.run<delete_entity>(here.admin(), "things", std::nullopt, "things")) == done{});
    auto const rows = here.audited().size();
    CHECK(here.refusals(admin, user, "things") == here.none());
    CHECK(here.audited().size() == rows);
}

TEST_CASE("who knows an entity as it still is goes on with it while others change", "[entities]")
{
    shop here;
    auto const user = here.user();
    here.make_entity("others");
    CHECK(granted(here.run<get_record>(user, "things", here.id)).content.version == 1);
    CHECK(granted(here.run<patch_record>(user, "things", here.id, std::nullopt, record_body)).content.version == 2);
    CHECK(granted(here.run<list_records>(user, "things")).records.size() == 1);
    CHECK(granted(here.run<delete_record>(user, "things", here.id, std::nullopt)) == done{});
}

TEST_CASE("a text that is no identity is the identity of no record", "[entities]")
{
    shop here;
    auto const user = here.user();
    CHECK(why(here.run<replace_record>(user, "things", "x", std::nullopt, record_body)) == problem::record_not_found);
    CHECK(why(here.run<patch_record>(user, "things", "x", std::nullopt, record_body)) == problem::record_not_found);
    CHECK(why(here.run<delete_record>(user, "things", "x", std::nullopt)) == problem::record_not_found);
    CHECK(why(here.run<get_record>(user, "things", "x")) == problem::record_not_found);
}

TEST_CASE("a revision that was expected is the one that is deleted, and no other", "[entities]")
{
    shop here;
    auto const revision = here.admin().known->find_entity("things")->definition.revision;
    CHECK(why(here.run<delete_entity>(here.admin(), "things", revision - 1, "things")) == problem::precondition_failed);
    CHECK(why(here.run<update_entity>(here.admin(), "things", revision - 1, entity_body)) == problem::precondition_failed);
    CHECK(why(here.run<create_field>(here.admin(), "things", revision - 1, field_body)) == problem::precondition_failed);
    CHECK(granted(here.run<delete_entity>(here.admin(), "things", revision, "things")) == done{});
}

TEST_CASE("a field can't take the name of another, nor rules that contradict each other", "[entities]")
{
    shop here;
    here.make_field(object{{"name", "more"}, {"type", "TEXT"}});
    CHECK(why(here.run<create_field>(here.admin(), "things", std::nullopt, field_body)) == problem::field_exists);
    CHECK(why(here.run<update_field>(here.admin(), "things", "title", std::nullopt, field_body)) == problem::field_exists);
    value const contradiction{object{{"name", "title"}, {"type", "TEXT"}, {"min_length", 3}, {"max_length", 2}}};
    CHECK(broken(here.run<update_field>(here.admin(), "things", "title", std::nullopt, contradiction)).front().code == violation_code::contradiction);
    CHECK(why(here.run<update_field>(here.admin(), "things", "nothing", std::nullopt, field_body)) == problem::field_not_found);
}

TEST_CASE("whichever call of the storage fails, a refusal of somebody else's record is no answer", "[entities]")
{
    shop here;
    auto theirs = here.someone({"agent"});
    theirs.user.id = identity::user_id{{2}};
    auto const reach = access::reach::own;
    std::vector<access::permission> const own{
        {std::nullopt, access::action::get, reach}, {std::nullopt, access::action::update, reach}, {std::nullopt, access::action::remove, reach}};
    std::const_pointer_cast<catalogue>(theirs.known)->roles.push_back({"agent", "", own, false, false});
    auto const rows = here.audited().size();
    auto const fails_first = [&](auto act) {
        int calls = 0;
        for (;; ++calls) {
            here.brittle.calls_left = calls;
            auto const said = act();
            here.brittle.calls_left.reset();
            if (said.has_value()) {
                CHECK(why(said) == problem::record_not_found);
                break;
            }
            CHECK(said.error().code == errc::busy);
            testing::run_short_before(here.brittle, calls, act);
        }
        CHECK(calls > 2);
    };
    fails_first([&] { return here.run<get_record>(theirs, "things", here.id); });
    fails_first([&] { return here.run<patch_record>(theirs, "things", here.id, std::nullopt, record_body); });
    fails_first([&] { return here.run<delete_record>(theirs, "things", here.id, std::nullopt); });
    CHECK(here.audited().size() == rows + 3);
}

TEST_CASE("deleting an entity fails with whichever role can't be cleaned of it", "[entities]")
{
    shop here;
    auto const entity = here.admin().known->find_entity("things")->definition.id;
    access::role const agent{"agent", "", {{entity, access::action::get}, {std::nullopt, access::action::list}}, false, false};
    REQUIRE(here.memory.transact([&](ports::transaction& tx) { return tx.roles().insert(agent); }));
    for (int calls = 0;; ++calls) {
        auto const act = [&] { return here.run<delete_entity>(here.admin(), "things", std::nullopt, "things"); };
        here.brittle.calls_left = calls;
        auto const said = act();
        here.brittle.calls_left.reset();
        auto const held = ports::read(here.memory, [](ports::transaction& tx) { return tx.roles().find("agent"); });
        REQUIRE(held);
        REQUIRE(*held);
        CHECK((**held).permissions.size() == (said ? 1 : 2));
        if (said) break;
        testing::run_short_before(here.brittle, calls, act);
    }
}
