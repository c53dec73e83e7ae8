#include "tests/unit/entities/workshop.hpp"

using namespace mb;
using namespace mb::usecases;
using namespace mb::usecases::sample;

namespace {

struct brittle_shop : workshop {
    entity_services services_of_brittle{brittle, clock, random, patterns, digests};
    entities::record record;

    brittle_shop()
    {
        make_entity();
        make_field({{"name", "title"}, {"type", "TEXT"}});
        make_field({{"name", "number"}, {"type", "INTEGER"}});
        record = make_record({{"title", "one"}, {"number", 1}});
        make_record({{"title", std::string(600, 'x')}, {"number", 2}});
    }

    /// Runs the verb again and again, each time with a later call of the storage failing, until none is left to fail.
    template <class Verb, class... Members>
    void survives_every_failure(caller const& who, Members&&... members)
    {
        auto const revision_before = revision();
        auto const rows_before = audited().size();
        auto const act = [&] { return Verb(services_of_brittle)(typename Verb::command{members...}, who, from); };
        for (int calls = 0;; ++calls) {
            REQUIRE(calls < 100);
            brittle.calls_left = calls;
            auto const made = act();
            if (made.has_value()) {
                brittle.calls_left.reset();
                REQUIRE(calls > 0);
                return;
            }
            INFO("call " << calls);
            CHECK(made.error().code == errc::busy);
            brittle.calls_left = calls;
            brittle.throws = true;
            CHECK_THROWS_AS(act(), std::bad_alloc);
            brittle.throws = false;
            brittle.calls_left.reset();
            mb::testing::run_short_before(brittle, calls, act);
            CHECK(revision() == revision_before);
            CHECK(audited().size() == rows_before);
        }
    }
};

}  // namespace

TEST_CASE("whichever call of the storage fails, a verb says so and leaves nothing behind", "[entities]")
{
    brittle_shop here;
    auto const admin = here.admin();
    auto const user = here.user();
    auto const nobody = here.someone({});
    auto const id = here.record.id.text();
    value const entity_body{object{{"name", "other"}, {"display_name", "Other"}}};
    value const field_body{object{{"name", "more"}, {"type", "TEXT"}, {"is_unique", true}}};
    value const narrower{object{{"name", "title"}, {"type", "TEXT"}, {"max_length", 600}, {"is_required", true}}};
    value const record_body{object{{"title", "two"}}};

    SECTION("create_entity") { here.survives_every_failure<create_entity>(admin, entity_body); }
    SECTION("update_entity") { here.survives_every_failure<update_entity>(admin, "things", std::nullopt, entity_body); }
    SECTION("delete_entity") { here.survives_every_failure<delete_entity>(admin, "things", std::nullopt, "things"); }
    SECTION("create_field") { here.survives_every_failure<create_field>(admin, "things", std::nullopt, field_body); }
    SECTION("update_field") { here.survives_every_failure<update_field>(admin, "things", "title", std::nullopt, narrower); }
    SECTION("delete_field") { here.survives_every_failure<delete_field>(admin, "things", "title", std::nullopt); }
    SECTION("create_record") { here.survives_every_failure<create_record>(user, "things", record_body); }
    SECTION("replace_record") { here.survives_every_failure<replace_record>(user, "things", id, std::nullopt, record_body); }
    SECTION("patch_record") { here.survives_every_failure<patch_record>(user, "things", id, std::nullopt, record_body); }
    SECTION("delete_record") { here.survives_every_failure<delete_record>(user, "things", id, std::nullopt); }
    SECTION("get_record") { here.survives_every_failure<get_record>(user, "things", id); }
    SECTION("list_records, whose key must be read from its record")
    {
        here.make_record({{"title", "y"}});
        std::vector<entities::parameter> asked{{"sort", "title"}, {"limit", "2"}, {"count", "exact"}};
        auto const first = here.run<list_records>(user, "things", asked);
        asked.emplace_back("cursor", *granted(first).next_cursor);
        here.survives_every_failure<list_records>(user, "things", asked);
    }
    SECTION("list_records")
    {
        std::vector<entities::parameter> const asked{{"sort", "-number"}, {"filter[title]", "one"}, {"fields", "title"}, {"count", "capped"}};
        here.survives_every_failure<list_records>(user, "things", asked);
    }
    SECTION("a known definition that is old")
    {
        here.make_field({{"name", "newer"}, {"type", "TEXT"}});
        here.survives_every_failure<create_record>(user, "things", record_body);
        here.survives_every_failure<get_record>(user, "things", id);
    }
    SECTION("a refusal that can't be recorded")
    {
        here.survives_every_failure<list_entities>(nobody);
        here.survives_every_failure<get_entity>(nobody, "things");
        here.survives_every_failure<create_entity>(nobody, entity_body);
        here.survives_every_failure<update_entity>(nobody, "things", std::nullopt, entity_body);
        here.survives_every_failure<delete_entity>(nobody, "things", std::nullopt, std::nullopt);
        here.survives_every_failure<create_record>(nobody, "things", record_body);
        here.survives_every_failure<patch_record>(nobody, "things", id, std::nullopt, record_body);
        here.survives_every_failure<delete_record>(nobody, "things", id, std::nullopt);
        here.survives_every_failure<get_record>(nobody, "things", id);
        here.survives_every_failure<list_records>(nobody, "things");
    }
}

TEST_CASE("the last writer wins within three rounds, then it is a conflict", "[entities]")
{
    brittle_shop here;
    auto const who = here.user();
    auto const id = here.record.id.text();
    value const body{object{{"title", "two"}}};
    auto const write = [&](int lost) {
        here.brittle.lost_updates = lost;
        return patch_record(here.services_of_brittle)({"things", id, std::nullopt, body}, who, here.from);
    };
    CHECK(granted(write(2)).content.version == 2);
    auto const lost = write(3);
    REQUIRE_FALSE(lost.has_value());
    CHECK(lost.error().code == errc::conflict);
    CHECK(granted(here.run<get_record>(who, "things", id)).content.version == 2);
}
