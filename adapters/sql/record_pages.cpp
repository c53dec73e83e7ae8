#include "adapters/sql/record_statements.hpp"

#include <algorithm>

// Keyset pages (entities.md section 2.5). What follows a position (v1, …, vm, id) in an order is, in that order:
//     k1 = v1, …, km = vm and the id after `id`;  k1 = v1, …, and km after vm;  …;  k1 after v1.
// Each line is one range of an index, so the cost of a page does not grow with its depth, whatever repeats. Where all keys
// have one direction and NULL can't interfere, one comparison of row values says the same at once.
namespace mb::sql {
namespace {

using mb::entities::cell;
using mb::entities::direction;
using mb::entities::entity_definition;
using mb::entities::record_query;
using mb::entities::system_column;

/// One key of an order, with its value in the position where there is one.
struct key {
    std::string column;
    direction way = direction::ascending;
    bool nullable = false;
    cell const* value = nullptr;
};

struct ordering {
    std::vector<key> keys;
    direction tie_breaker = direction::ascending;
};

ordering ordering_of(entity_definition const& entity, record_query const& query)
{
    ordering made;
    if (!query.order.empty()) made.tie_breaker = query.order.front().way;
    for (std::size_t i = 0; i < query.order.size(); ++i) {
        auto const& sort = query.order[i];
        auto const* system = std::get_if<system_column>(&sort.by);
        if (system != nullptr && *system == system_column::id) {  // nothing that follows an id can break a tie
            made.tie_breaker = sort.way;
            break;
        }
        key next{column_text(entity, sort.by), sort.way, system == nullptr || *system == system_column::created_by, nullptr};
        if (query.after) next.value = &query.after->keys[i];
        made.keys.push_back(std::move(next));
    }
    return made;
}

std::string_view past(direction way) noexcept { return way == direction::ascending ? " > " : " < "; }

void append_order(query_text& query, ordering const& by)
{
    query.words(" ORDER BY ");
    for (auto const& each : by.keys) {
        // what SQLite does anyway has to be asked of PostgreSQL
        query.words(each.column).words(each.way == direction::ascending ? " ASC NULLS FIRST, " : " DESC NULLS LAST, ");
    }
    query.words("id").words(by.tie_breaker == direction::ascending ? " ASC" : " DESC");
}

/// Builds the statements of what follows a position.
class following {
public:
    following(query_text const& base, ordering const& by, mb::entities::record_id const& last) noexcept : base_(base), by_(by), last_(last) {}

    std::vector<query_text> made() &&
    {
        if (one_comparison())
            add_row_values();
        else
            add_ranges();
        return std::move(made_);
    }

private:
    bool one_comparison() const
    {
        auto const& keys = by_.keys;
        bool const one_way = std::ranges::all_of(keys, [&](key const& each) { return each.way == by_.tie_breaker; });
        bool const no_null = std::ranges::none_of(keys, [](key const& each) { return shape::is_null(*each.value); });
        // A row value that holds NULL past the first difference compares as unknown: right where NULL comes before everything.
        bool const comparable =
            by_.tie_breaker == direction::ascending || keys.size() == 1 || std::ranges::none_of(keys, [](key const& each) { return each.nullable; });
        return one_way && no_null && comparable;
    }

    void add_row_values()
    {
        auto& query = begin(0);
        query.condition();
        if (by_.keys.empty()) {
            query.words("id").words(past(by_.tie_breaker)).bind(last_);
            return;
        }
        query.words("(");
        for (auto const& each : by_.keys) query.words(each.column).words(", ");
        query.words("id)").words(past(by_.tie_breaker)).words("(");
        for (auto const& each : by_.keys) query.bind(*each.value).words(", ");
        query.bind(last_).words(")");
        if (by_.tie_breaker == direction::descending && by_.keys.front().nullable) add_null_tail(0);
    }

    void add_ranges()
    {
        begin(by_.keys.size()).condition().words("id").words(past(by_.tie_breaker)).bind(last_);
        for (auto at = by_.keys.size(); at-- > 0;) {
            auto const& each = by_.keys[at];
            bool const from_null = shape::is_null(*each.value);
            if (!from_null)
                begin(at).condition().words(each.column).words(past(each.way)).bind(*each.value);
            else if (each.way == direction::ascending)
                begin(at).condition().words(each.column).words(" IS NOT NULL");
            if (!from_null && each.way == direction::descending && each.nullable) add_null_tail(at);
        }
    }

    void add_null_tail(std::size_t at) { begin(at).condition().words(by_.keys[at].column).words(" IS NULL"); }

    /// A new statement in which the first `equal` keys have their value of the position.
    query_text& begin(std::size_t equal)
    {
        auto& query = made_.emplace_back(base_);
        for (std::size_t i = 0; i < equal; ++i) {
            auto const& each = by_.keys[i];
            query.condition().words(each.column);
            if (shape::is_null(*each.value))
                query.words(" IS NULL");
            else
                query.words(" = ").bind(*each.value);
        }
        return query;
    }

    query_text const& base_;
    ordering const& by_;
    mb::entities::record_id const& last_;  ///< the query's own: the statements borrow it
    std::vector<query_text> made_;
};

}  // namespace

outcome<std::vector<query_text>> page_statements(record_statements const& texts, entity_definition const& entity, record_query const& query)
{
    bool const sound = std::ranges::all_of(query.order, [&](auto const& sort) { return has_column(entity, sort.by); });
    if (!sound || (query.after && query.after->keys.size() != query.order.size()))
        return error{errc::unexpected, "sql.records", "an order or a position is not well formed"};
    auto const by = ordering_of(entity, query);
    query_text base;
    base.words("SELECT ").words(texts.columns).words(" FROM ").words(texts.table);
    MB_CHECK(append_filter(base, entity, query.where));
    auto made = query.after ? following{base, by, query.after->last}.made() : std::vector{base};
    for (auto& each : made) append_order(each, by);
    return made;
}

}  // namespace mb::sql
