#include "core/domain/base/text.hpp"
#include "tests/unit/entities/workshop.hpp"

#include <set>
#include <thread>

using namespace mb;
using namespace mb::usecases;
using namespace mb::usecases::sample;

namespace {

using parameters = std::vector<entities::parameter>;

struct shop : workshop {
    shop()
    {
        make_entity();
        make_field({{"name", "title"}, {"type", "TEXT"}, {"is_required", true}});
        make_field({{"name", "number"}, {"type", "INTEGER"}, {"is_unique", true}});
        make_field({{"name", "colour"}, {"type", "ENUM"}, {"options", list{value{"red"}, value{"blue"}}}, {"default", "red"}});
    }

    auto page(parameters const& asked) { return run<list_records>(user(), "things", asked); }
    std::vector<std::string> titles(parameters const& asked)
    {
        std::vector<std::string> found;
        auto const listed = page(asked);
        for (auto const& each : granted(listed).records) found.push_back(std::get<std::string>(each.cells[0]));
        return found;
    }
};

}  // namespace

TEST_CASE("a created record can be read", "[entities]")
{
    shop here;
    value const body{object{{"title", "one"}, {"number", 1}}};
    auto const made = here.run<create_record>(here.user(), "things", body);
    auto const& record = granted(made).content;
    CHECK(record.version == 1);
    CHECK(record.created_by == here.user().user.id);
    CHECK(record.created_at == here.clock.now());
    CHECK(here.audited().front().type == audit::event_type::record_created);
    CHECK(metadata_of(here.audited().front(), "record_id") == record.id.text());

    auto const read = here.run<get_record>(here.someone({"viewer"}), "things", record.id.text());
    CHECK(granted(read).content.cells == record.cells);
    CHECK(why(here.run<get_record>(here.user(), "things", "01234567-89ab-7cde-8f01-23456789abcd")) == problem::record_not_found);
    CHECK(why(here.run<get_record>(here.user(), "things", "x")) == problem::record_not_found);
    CHECK(why(here.run<get_record>(here.user(), "nothing", record.id.text())) == problem::entity_not_found);
}

TEST_CASE("a record read on a snapshot is the same, and who may not read it is left to the form that records it", "[entities]")
{
    shop here;
    auto const record = here.make_record({{"title", "one"}});
    auto const rows = here.audited().size();
    auto const read = [&](caller const& who, std::string_view entity, std::string const& id) {
        auto found = ports::read(here.memory, [&](ports::transaction& tx) { return get_record(here.services).on(tx, {entity, id}, who); });
        REQUIRE(found);
        return *std::move(found);
    };
    auto const found = read(here.user(), "things", record.id.text());
    REQUIRE(found);
    REQUIRE(found->granted() != nullptr);
    CHECK(found->granted()->content.cells == record.cells);
    CHECK(read(here.user(), "nothing", record.id.text())->denied()->why == problem::entity_not_found);
    CHECK(read(here.user(), "things", "x")->denied()->why == problem::record_not_found);
    CHECK(read(here.user(), "things", "01234567-89ab-7cde-8f01-23456789abcd")->denied()->why == problem::record_not_found);
    CHECK_FALSE(read(here.someone({}), "things", record.id.text()));
    CHECK(here.audited().size() == rows);
}

TEST_CASE("who may not act on records is refused, and that is recorded", "[entities]")
{
    shop here;
    auto const record = here.make_record({{"title", "one"}});
    auto const id = record.id.text();
    value const body{object{{"title", "two"}}};
    auto const before = here.audited().size();
    for (auto const* role : {"viewer", "nobody"}) {
        auto const who = here.someone({role});
        CHECK(why(here.run<create_record>(who, "things", body)) == problem::forbidden);
        CHECK(why(here.run<replace_record>(who, "things", id, std::nullopt, body)) == problem::forbidden);
        CHECK(why(here.run<patch_record>(who, "things", id, std::nullopt, body)) == problem::forbidden);
        CHECK(why(here.run<delete_record>(who, "things", id, std::nullopt)) == problem::forbidden);
    }
    CHECK(here.audited().size() == before + 8);
    auto const row = here.audited().front();
    CHECK(row.type == audit::event_type::permission_denied);
    CHECK(metadata_of(row, "action") == "delete");
    CHECK(metadata_of(row, "entity") == "things");
    CHECK(why(here.run<get_record>(here.someone({}), "things", id)) == problem::forbidden);
    CHECK(why(here.run<list_records>(here.someone({}), "things")) == problem::forbidden);
    CHECK(granted(here.run<get_record>(here.user(), "things", id)).content.version == 1);
}

TEST_CASE("a body that breaks rules writes nothing", "[entities]")
{
    shop here;
    auto const record = here.make_record({{"title", "one"}, {"number", 1}});
    auto const rows = here.audited().size();
    value const body{object{{"title", nullptr}, {"number", "x"}, {"id", 1}}};
    CHECK(broken(here.run<create_record>(here.user(), "things", body)).size() == 3);
    CHECK(broken(here.run<replace_record>(here.user(), "things", record.id.text(), std::nullopt, body)).size() == 3);
    CHECK(broken(here.run<patch_record>(here.user(), "things", record.id.text(), std::nullopt, body)).size() == 3);
    CHECK(here.audited().size() == rows);
}

TEST_CASE("a unique value that is taken is refused with its field, and nothing is written", "[entities]")
{
    shop here;
    here.make_record({{"title", "one"}, {"number", 1}});
    auto const other = here.make_record({{"title", "two"}, {"number", 2}});
    auto const rows = here.audited().size();
    value const body{object{{"title", "three"}, {"number", 1}}};
    auto const refused = here.run<create_record>(here.user(), "things", body);
    CHECK(why(refused) == problem::duplicate_value);
    CHECK(refused->denied()->details == violations{{"/number", violation_code::duplicate}});
    CHECK(why(here.run<replace_record>(here.user(), "things", other.id.text(), std::nullopt, body)) == problem::duplicate_value);
    CHECK(why(here.run<patch_record>(here.user(), "things", other.id.text(), std::nullopt, body)) == problem::duplicate_value);
    CHECK(here.audited().size() == rows);
    CHECK(here.titles({}) == std::vector<std::string>{"one", "two"});
}

TEST_CASE("a replaced record has nothing left of its content, a patched one all that was not named", "[entities]")
{
    shop here;
    auto const record = here.make_record({{"title", "one"}, {"number", 1}, {"colour", "blue"}});
    auto const red = here.user().known->find_entity("things")->definition.fields[2].options[0].number;
    here.clock.advance(std::chrono::seconds(5));

    value const patch{object{{"title", "two"}}};
    auto const patched = here.run<patch_record>(here.user(), "things", record.id.text(), std::nullopt, patch);
    CHECK(granted(patched).content.version == 2);
    CHECK(granted(patched).content.cells[1] == entities::cell{std::int64_t{1}});
    CHECK(granted(patched).content.updated_at == here.clock.now());
    CHECK(granted(patched).content.created_at == record.created_at);

    auto const replaced = here.run<replace_record>(here.user(), "things", record.id.text(), std::nullopt, patch);
    CHECK(granted(replaced).content.version == 3);
    CHECK(granted(replaced).content.cells == std::vector<entities::cell>{std::string("two"), {}, red});
    CHECK(here.audited().front().type == audit::event_type::record_changed);
    CHECK(metadata_of(here.audited().front(), "version") == "3");

    value const clearing{object{{"colour", nullptr}}};
    CHECK(granted(here.run<patch_record>(here.user(), "things", record.id.text(), std::nullopt, clearing)).content.cells[2] == entities::cell{});
}

TEST_CASE("an expected version that is not the stored one writes nothing", "[entities]")
{
    shop here;
    auto const record = here.make_record({{"title", "one"}});
    auto const id = record.id.text();
    value const body{object{{"title", "two"}}};
    for (std::int64_t const version : {0, 2}) {
        CHECK(why(here.run<replace_record>(here.user(), "things", id, version, body)) == problem::precondition_failed);
        CHECK(why(here.run<patch_record>(here.user(), "things", id, version, body)) == problem::precondition_failed);
        CHECK(why(here.run<delete_record>(here.user(), "things", id, version)) == problem::precondition_failed);
    }
    CHECK(here.titles({}) == std::vector<std::string>{"one"});
    CHECK(granted(here.run<patch_record>(here.user(), "things", id, 1, body)).content.version == 2);
    CHECK(granted(here.run<replace_record>(here.user(), "things", id, 2, body)).content.version == 3);
    CHECK_FALSE(why(here.run<delete_record>(here.user(), "things", id, 3)).has_value());
}

TEST_CASE("a deleted record is gone for everybody", "[entities]")
{
    shop here;
    auto const id = here.make_record({{"title", "one"}}).id.text();
    value const body{object{{"title", "two"}}};
    CHECK_FALSE(why(here.run<delete_record>(here.user(), "things", id, std::nullopt)).has_value());
    CHECK(here.audited().front().type == audit::event_type::record_deleted);
    CHECK(why(here.run<get_record>(here.user(), "things", id)) == problem::record_not_found);
    CHECK(why(here.run<delete_record>(here.user(), "things", id, std::nullopt)) == problem::record_not_found);
    CHECK(why(here.run<patch_record>(here.user(), "things", id, std::nullopt, body)) == problem::record_not_found);
    CHECK(why(here.run<replace_record>(here.user(), "things", id, std::nullopt, body)) == problem::record_not_found);
    CHECK(why(here.run<delete_record>(here.user(), "things", "x", std::nullopt)) == problem::record_not_found);
}

TEST_CASE("who knows an older definition works with the present one", "[entities]")
{
    shop here;
    auto const record = here.make_record({{"title", "one"}, {"number", 1}});
    auto const who = here.user();
    here.make_field({{"name", "more"}, {"type", "TEXT"}, {"is_required", true}, {"default", "d"}});
    value const narrower{object{{"name", "title"}, {"type", "TEXT"}, {"is_required", true}, {"max_length", 3}}};
    granted(here.run<update_field>(here.admin(), "things", "title", std::nullopt, narrower));

    value const long_title{object{{"title", "four"}}};
    CHECK(broken(here.run<create_record>(who, "things", long_title)) == violations{{"/title", violation_code::too_long, "3"}});
    CHECK(broken(here.run<patch_record>(who, "things", record.id.text(), std::nullopt, long_title)).size() == 1);
    CHECK(granted(here.run<get_record>(who, "things", record.id.text())).content.cells.size() == 4);
    value const short_title{object{{"title", "two"}}};
    CHECK(granted(here.run<create_record>(who, "things", short_title)).content.cells[3] == entities::cell{std::string("d")});
    CHECK(granted(here.run<list_records>(who, "things")).entity->definition.fields.size() == 4);

    granted(here.run<delete_field>(here.admin(), "things", "number", std::nullopt));
    parameters const by_number{{"sort", "number"}};
    CHECK(why(here.run<list_records>(who, "things", by_number)) == problem::invalid_parameter);
    granted(here.run<delete_entity>(here.admin(), "things", std::nullopt, "things"));
    CHECK(why(here.run<create_record>(who, "things", short_title)) == problem::entity_not_found);
    CHECK(why(here.run<get_record>(who, "things", record.id.text())) == problem::entity_not_found);
    CHECK(why(here.run<list_records>(who, "things")) == problem::entity_not_found);
    CHECK(why(here.run<delete_record>(who, "things", record.id.text(), std::nullopt)) == problem::entity_not_found);
    CHECK(why(here.run<patch_record>(who, "things", record.id.text(), std::nullopt, short_title)) == problem::entity_not_found);
}

TEST_CASE("filters, sort and fields reach the storage", "[entities]")
{
    shop here;
    for (int i = 1; i <= 5; ++i) here.make_record({{"title", std::string(1, static_cast<char>('a' + i % 3))}, {"number", i}});
    CHECK(here.titles({{"filter[number][gte]", "4"}, {"sort", "-number"}}) == std::vector<std::string>{"c", "b"});
    CHECK(here.titles({{"filter[number][in]", "1"}, {"filter[number][in]", "3"}}) == std::vector<std::string>{"b", "a"});
    CHECK(here.titles({{"filter[number][between]", "2"}, {"filter[number][between]", "3"}, {"sort", "title"}}) == std::vector<std::string>{"a", "c"});
    CHECK(here.titles({{"filter[colour]", "blue"}}).empty());
    auto const shown = here.page({{"fields", "title"}});
    CHECK(granted(shown).shown == std::vector<entities::column>{entities::field_index{0}});
    auto const refused = here.page({{"page", "2"}});
    CHECK(why(refused) == problem::unknown_parameter);
    CHECK(refused->denied()->details.front().pointer == "/page");
}

TEST_CASE("pages follow each other by cursor and miss no record, whatever the sort", "[entities]")
{
    shop here;
    for (int i = 1; i <= 23; ++i)
        here.make_record({{"title", std::string(1, static_cast<char>('a' + i % 4))}, {"number", i % 5 == 0 ? value{} : value{i}}});
    for (auto const* sort : {"", "number", "-number", "title", "-title,number", "colour,-title", "-created_at", "version,-id"}) {
        INFO(sort);
        std::set<entities::record_id> seen;
        parameters asked{{"limit", "4"}};
        if (*sort != '\0') asked.emplace_back("sort", sort);
        for (int pages = 0; pages < 10; ++pages) {
            auto const listed = here.page(asked);
            for (auto const& each : granted(listed).records) CHECK(seen.insert(each.id).second);
            std::erase_if(asked, [](auto const& each) { return each.first == "cursor"; });
            if (!granted(listed).next_cursor) break;
            asked.emplace_back("cursor", *granted(listed).next_cursor);
        }
        CHECK(seen.size() == 23);
    }
}

TEST_CASE("a long key is read from its record, and a cursor whose record went is refused", "[entities]")
{
    shop here;
    std::vector<entities::record> made;
    for (char c = 'a'; c < 'd'; ++c) made.push_back(here.make_record({{"title", std::string(600, c)}}));
    auto const first = here.page({{"limit", "2"}, {"sort", "title"}});
    REQUIRE(granted(first).next_cursor.has_value());
    parameters const next{{"sort", "title"}, {"limit", "2"}, {"cursor", *granted(first).next_cursor}};
    CHECK(here.titles(next) == std::vector<std::string>{std::string(600, 'c')});
    granted(here.run<delete_record>(here.user(), "things", made[1].id.text(), std::nullopt));
    CHECK(why(here.page(next)) == problem::invalid_cursor);
}

TEST_CASE("a cursor of another query, or of nobody, is refused", "[entities]")
{
    shop here;
    for (int i = 1; i <= 3; ++i) here.make_record({{"title", "t"}, {"number", i}});
    auto const listed = here.page({{"limit", "1"}, {"sort", "number"}});
    auto const cursor = *granted(listed).next_cursor;
    CHECK(here.titles({{"sort", "number"}, {"cursor", cursor}}).size() == 2);
    CHECK(why(here.page({{"sort", "-number"}, {"cursor", cursor}})) == problem::invalid_cursor);
    CHECK(why(here.page({{"cursor", cursor}})) == problem::invalid_cursor);
    CHECK(why(here.page({{"sort", "number"}, {"filter[number]", "1"}, {"cursor", cursor}})) == problem::invalid_cursor);
    for (auto const& junk : {std::string(), std::string("x"), std::string(512, 'A'), std::string(513, 'A'), cursor + "A"})
        CHECK(why(here.page({{"sort", "number"}, {"cursor", junk}})) == problem::invalid_cursor);
}

TEST_CASE("counts: none, capped at 1,000, exact", "[entities]")
{
    shop here;
    for (int i = 0; i < 1000; ++i) here.make_record({{"title", i < 3 ? "few" : "many"}});
    CHECK_FALSE(granted(here.page({})).count.has_value());
    auto const few = here.page({{"count", "capped"}, {"filter[title]", "few"}, {"limit", "1"}});
    CHECK(granted(few).count->number == 3);
    auto const full = here.page({{"count", "capped"}});
    CHECK(granted(full).count->number == 1000);
    CHECK_FALSE(granted(full).count->capped);
    here.make_record({{"title", "one more"}});
    auto const past = here.page({{"count", "estimated"}});
    CHECK(granted(past).count->number == 1000);
    CHECK(granted(past).count->capped);
    auto const exact = here.page({{"count", "exact"}});
    CHECK(granted(exact).count->number == 1001);
    CHECK_FALSE(granted(exact).count->capped);
}

TEST_CASE("of two writers who expect one version, one wins, 200 times", "[entities]")
{
    shop here;
    auto const id = here.make_record({{"title", "t"}}).id.text();
    auto const who = here.user();
    for (std::int64_t version = 1; version <= 200; ++version) {
        value const body{object{{"title", "t"}}};
        std::atomic<int> won = 0;
        auto const write = [&] {
            auto const made = patch_record(here.services)({"things", id, version, body}, who, here.from);
            if (made.has_value() && made->granted() != nullptr) ++won;
        };
        std::thread other(write);
        write();
        other.join();
        CHECK(won == 1);
    }
}

TEST_CASE("an outage is an error, and leaves nothing behind", "[entities]")
{
    shop here;
    auto const rows = here.audited().size();
    value const body{object{{"title", "one"}}};
    here.store.fail_next(fakes::outage_store::stage::commit, errc::unavailable);
    CHECK_FALSE(here.run<create_record>(here.user(), "things", body).has_value());
    here.store.fail_next_read(errc::unavailable);
    CHECK_FALSE(here.page({}).has_value());
    here.store.fail_next(fakes::outage_store::stage::begin, errc::unavailable);
    CHECK_FALSE(here.run<create_record>(here.someone({}), "things", body).has_value());
    CHECK(here.titles({}).empty());
    CHECK(here.audited().size() == rows);
}

TEST_CASE("a write that meets conflicts runs again and is done once", "[entities]")
{
    shop here;
    here.store.conflict_next(2);
    here.make_record({{"title", "one"}});
    CHECK(here.titles({}) == std::vector<std::string>{"one"});
}
