#include "core/usecases/operations/run_report.hpp"

#include "core/usecases/access/record_denial.hpp"

#include <algorithm>
#include <utility>

namespace mb::usecases {
namespace {

constexpr std::size_t page_rows = 1'000;

/// Where to begin so that no more than so many rows follow; the beginning itself where there are no more.
template <class Count>
outcome<audit::position> begin_of_last(audit::position begin, audit::position end, std::size_t rows_max, bool& complete, Count count)
{
    MB_TRY(auto const total, count(begin, end));
    if (total <= rows_max) return begin;
    complete = false;
    auto low = begin.at;
    auto high = end.at;
    // the shortest stretch of time that still has no more than so many rows, to the millisecond
    while (high - low > std::chrono::milliseconds{1}) {
        auto const middle = low + (high - low) / 2;
        MB_TRY(auto const rows, count(audit::position{middle, audit::highest_log_id}, end));
        (rows > rows_max ? low : high) = middle;
    }
    return audit::position{high, audit::highest_log_id};
}

template <class Repository>
outcome<bool> read_all(ports::store& store, instant from, instant until, report_limits const& limits, report& into, Repository repository)
{
    bool complete = true;
    audit::position begin{from - duration{1}, audit::highest_log_id};
    audit::position const end{until - duration{1}, audit::highest_log_id};
    MB_CHECK(store.read([&](ports::transaction& tx) -> outcome<void> {
        MB_TRY(begin, begin_of_last(begin, end, limits.rows_examined_max, complete,
                                    [&](audit::position above, audit::position through) { return repository(tx).count(above, through); }));
        return {};
    }));
    for (;;) {
        MB_TRY(auto const page, ports::read(store, [&](ports::transaction& tx) { return repository(tx).after(begin, end, page_rows); }));
        for (auto const& row : page) into.see(row);
        if (page.size() < page_rows) return complete;
        begin = {page.back().at, page.back().id};
    }
}

outcome<report_people> find_people(ports::store& store, std::vector<identity::user_id> const& wanted)
{
    report_people found;
    MB_CHECK(store.read([&](ports::transaction& tx) -> outcome<void> {
        MB_TRY(auto const roles, tx.roles().list());
        for (auto const& each : roles)
            if (each.administers) found.administering.insert(each.name);
        for (auto const& id : wanted) {
            MB_TRY(auto user, tx.users().find(id));
            if (user) found.roles.insert_or_assign(id, std::move(user->roles));
        }
        return {};
    }));
    return found;
}

}  // namespace

outcome<answer<finished_report>> run_report::operator()(report_entry const& what, report_wanted const& asked, caller const& who,
                                                        audit::origin const& from) const
{
    using result = answer<finished_report>;
    MB_TRY(auto const refused, refuse_unless_administers(who, from, store_, clock_, random_));
    if (refused) return result{*refused};
    finished_report made;
    made.what = &what;
    made.until = asked.until.value_or(clock_.now());
    made.from = asked.from.value_or(made.until - what.usual);
    if (made.until <= made.from) return result{problem::invalid_parameter};

    report_options options;
    options.from = made.from;
    if (asked.target_ms) options.target_ms = *asked.target_ms;
    options.rows_max = limits_.rows_max;
    options.endpoints = endpoints_;
    auto const report = what.make(options);
    auto const begin = made.from - what.history;
    if (what.source != report_source::attempts) {
        MB_TRY(auto const all, read_all(
                                   lists_, begin, made.until, limits_, *report, [](ports::transaction & tx) -> auto& { return tx.audit(); }));
        made.complete = made.complete && all;
    }
    if (what.source != report_source::events) {
        MB_TRY(auto const all,
               read_all(
                   lists_, begin, made.until, limits_, *report, [](ports::transaction & tx) -> auto& { return tx.login_attempts(); }));
        made.complete = made.complete && all;
    }
    MB_TRY(auto const people, find_people(lists_, report->people()));
    made.table = report->finish(people);
    return result{std::move(made)};
}

}  // namespace mb::usecases
