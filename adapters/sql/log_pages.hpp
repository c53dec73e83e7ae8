#pragma once

#include "adapters/sql/columns.hpp"
#include "adapters/sql/query_text.hpp"
#include "core/domain/audit/position.hpp"

#include <optional>
#include <string>
#include <vector>

/// Pages of tables that are in the order of time and then of ids, newest first, over a bounded number of rows.
namespace mb::sql {

/// @param start  borrowed until the query has run
template <class Names, class Filter>
void limit_stretch(query_text& query, Filter const& filter, audit::position const& start)
{
    query.condition().words("(").words(Names::time).words(", ").words(Names::id).words(") < (").bind(start.at).words(", ").bind(start.id).words(")");
    if (filter.from) query.condition().words(Names::time).words(" >= ").bind(*filter.from);
    if (filter.until) query.condition().words(Names::time).words(" < ").bind(*filter.until);
}

template <class Names>
void newest_first(query_text& query)
{
    query.words(" ORDER BY ").words(Names::time).words(" DESC, ").words(Names::id).words(" DESC LIMIT ");
}

/// One page into `rows`; where to go on. `Names` has the table, its columns of time and id, all columns, and what reads a row of them; `conditions`
/// adds what else a row has to fulfil.
template <class Names, class Filter, class Row, class Conditions>
outcome<std::optional<audit::position>> read_page(session& on, Filter const& filter, std::vector<Row>& rows, Conditions conditions)
{
    auto const start = filter.before.value_or(audit::log_end);
    // the place of the last row that is looked at: the index alone tells
    std::optional<audit::position> last;
    query_text bound;
    bound.words("SELECT ").words(Names::time).words(", ").words(Names::id).words(" FROM ").words(Names::table);
    limit_stretch<Names>(bound, filter, start);
    newest_first<Names>(bound);
    bound.words("1 OFFSET ").words(std::to_string(filter.examined_max - 1));
    MB_CHECK(bound.run(on, [&](row const& each) -> outcome<void> {
        columns from{each};
        last.emplace();
        last->at = from.at();
        last->id = from.identity<audit::log_id>();
        return from.finish(Names::table);
    }));

    query_text query;
    query.words("SELECT ").words(Names::columns()).words(" FROM ").words(Names::table);
    limit_stretch<Names>(query, filter, start);
    if (last)
        query.condition()
            .words("(")
            .words(Names::time)
            .words(", ")
            .words(Names::id)
            .words(") >= (")
            .bind(last->at)
            .words(", ")
            .bind(last->id)
            .words(")");
    conditions(query);
    newest_first<Names>(query);
    query.words(std::to_string(filter.limit + 1));
    MB_CHECK(query.run(on, [&](row const& each) -> outcome<void> {
        columns from{each};
        rows.push_back(Names::read(from));
        return from.finish(Names::table);
    }));
    if (rows.size() <= filter.limit) return last;
    rows.pop_back();
    return std::optional(audit::position{rows.back().at, rows.back().id});
}

}  // namespace mb::sql
