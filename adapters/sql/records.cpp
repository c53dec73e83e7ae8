#include "adapters/sql/columns.hpp"
#include "adapters/sql/entity_repositories.hpp"

#include <charconv>
#include <utility>

namespace mb::sql {
namespace {

using mb::entities::cell;
using mb::entities::entity_definition;
using mb::entities::record;
using mb::entities::record_id;
using ports::record_written;
using state = record_written::state;

constexpr char const* records_table = "sql.records";

/// A cell as its field's type stores it.
cell read_cell(columns& from, shape::kind type)
{
    auto const stored = from.maybe([type](columns& each) -> cell {
        switch (type) {
            case shape::kind::boolean: return each.truth();
            case shape::kind::integer:
            case shape::kind::decimal:
            case shape::kind::date_time:
            case shape::kind::enumeration: return each.integer();
            case shape::kind::number: return each.real();
            case shape::kind::uuid: return each.array<16>();
            default: return each.string();
        }
    });
    return stored ? std::move(*stored) : cell{};
}

record read_record(columns& from, entity_definition const& entity)
{
    record read;
    read.id = from.identity<record_id>();
    read.created_at = from.at();
    read.updated_at = from.at();
    read.created_by = from.maybe_identity<identity::user_id>();
    read.version = from.integer();
    read.cells.reserve(entity.fields.size());
    for (auto const& field : entity.fields) read.cells.push_back(read_cell(from, field.type));
    return read;
}

/// The field whose unique index refused, by the number that its column's or index's name ends in.
std::optional<mb::entities::field_index> field_of(error const& refused, entity_definition const& entity)
{
    auto const& detail = refused.detail;
    auto const digits = detail.find_last_not_of("0123456789") + 1;
    std::int64_t number = 0;
    std::from_chars(detail.data() + digits, detail.data() + detail.size(), number);
    for (std::size_t i = 0; i < entity.fields.size(); ++i)
        if (entity.fields[i].number == number) return mb::entities::field_index{i};
    return std::nullopt;
}

/// What a write became: a refusal of a field's unique index is an answer, everything else that failed is not.
outcome<record_written> written(outcome<std::int64_t> ran, entity_definition const& entity)
{
    if (ran) return record_written{};
    auto const field = ran.error().code == errc::duplicate ? field_of(ran.error(), entity) : std::nullopt;
    if (field) return record_written{state::duplicate, field};
    return std::move(ran).error();
}

error misfit() { return {errc::unexpected, records_table, "the record does not fit its definition"}; }

/// Why a write that expected a version met no row.
outcome<record_written> missed(session& on, record_statements const& texts, record_id id)
{
    bool exists = false;
    MB_CHECK(on.run(texts.version, {id}, [&](row const&) -> outcome<void> {
        exists = true;
        return {};
    }));
    return record_written{exists ? state::version_differs : state::gone, {}};
}

}  // namespace

outcome<record_written> records::insert(entity_definition const& entity, record const& added)
{
    if (added.cells.size() != entity.fields.size()) return misfit();
    std::vector<parameter> values{added.id, added.created_at, added.updated_at, added.created_by, added.version};
    values.insert(values.end(), added.cells.begin(), added.cells.end());
    return written(on_.run(statements_.of(entity).insert, values, session::ignore_rows), entity);
}

outcome<std::optional<record>> records::find(entity_definition const& entity, record_id id)
{
    std::optional<record> found;
    auto const& texts = statements_.of(entity);
    MB_CHECK(on_.run(on_.holds() ? texts.find_and_hold : texts.find, {id}, [&](row const& each) -> outcome<void> {
        columns from{each};
        found = read_record(from, entity);
        return from.finish(records_table);
    }));
    return found;
}

outcome<mb::entities::record_page> records::page(entity_definition const& entity, mb::entities::record_query const& query)
{
    MB_TRY(auto statements, page_statements(statements_.of(entity), entity, query));
    mb::entities::record_page page;
    for (auto& each : statements) {
        if (page.records.size() > query.limit) break;
        // a number in the text, not a value: a planner that knows how few rows are wanted takes the index, once and for all
        each.words(" LIMIT ").words(std::to_string(query.limit + 1));
        MB_CHECK(each.run(on_, [&](row const& stored) -> outcome<void> {
            if (page.records.size() > query.limit) return {};
            columns from{stored};
            page.records.push_back(read_record(from, entity));
            return from.finish(records_table);
        }));
    }
    page.has_more = page.records.size() > query.limit;
    if (page.has_more) page.records.pop_back();
    return page;
}

outcome<record_written> records::update(entity_definition const& entity, record const& changed, std::int64_t expected_version)
{
    if (changed.cells.size() != entity.fields.size()) return misfit();
    auto const& texts = statements_.of(entity);
    std::vector<parameter> values{changed.updated_at, changed.version};
    values.insert(values.end(), changed.cells.begin(), changed.cells.end());
    values.insert(values.end(), {parameter{changed.id}, parameter{expected_version}});
    auto ran = on_.run(texts.update, values, session::ignore_rows);
    if (ran && *ran == 0) return missed(on_, texts, changed.id);
    return written(std::move(ran), entity);
}

outcome<record_written> records::remove(entity_definition const& entity, record_id id, std::optional<std::int64_t> expected_version)
{
    auto const& texts = statements_.of(entity);
    MB_TRY(auto const rows, expected_version ? on_.run(texts.remove_version, {id, *expected_version}) : on_.run(texts.remove, {id}));
    if (rows == 0) return missed(on_, texts, id);
    return record_written{};
}

outcome<std::size_t> records::count(entity_definition const& entity, std::vector<mb::entities::comparison> const& where, std::size_t cap)
{
    query_text query;
    query.words("SELECT count(*) FROM (SELECT 1 FROM ").words(statements_.of(entity).table);
    MB_CHECK(append_filter(query, entity, where));
    query.words(" LIMIT ").bind(cap).words(") AS counted");
    std::size_t counted = 0;
    MB_CHECK(query.run(on_, [&](row const& each) -> outcome<void> {
        counted = static_cast<std::size_t>(each.integer(0));
        return {};
    }));
    return counted;
}

}  // namespace mb::sql
