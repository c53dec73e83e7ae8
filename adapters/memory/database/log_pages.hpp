#pragma once

#include "adapters/memory/database/table.hpp"
#include "core/domain/audit/position.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

/// Pages of tables that are in the order of time and then of ids, newest first, over a bounded number of rows.
namespace mb::memory {

inline std::pair<instant, audit::log_id> key_of(audit::position where) { return {where.at, where.id}; }

/// One page of the rows that `admits` holds for into `found`; where to go on.
template <class Key, class Row, class Filter, class Admits>
std::optional<audit::position> read_page(table<Key, Row> const& rows, Filter const& filter, std::vector<Row>& found, Admits admits)
{
    std::size_t examined = 0;
    auto start = key_of(filter.before.value_or(audit::log_end));
    if (filter.until) start = std::min(start, std::pair{*filter.until, audit::lowest_log_id});
    std::optional<audit::position> next;
    rows.descending(
        [&](auto const&, Row const& row) {
            if (filter.from && row.at < *filter.from) return false;
            bool const fits = admits(row);
            if (fits && found.size() == filter.limit) {
                next = audit::position{found.back().at, found.back().id};
                return false;
            }
            if (fits) found.push_back(row);
            if (++examined < filter.examined_max) return true;
            next = audit::position{row.at, row.id};
            return false;
        },
        std::optional(start));
    return next;
}

}  // namespace mb::memory
