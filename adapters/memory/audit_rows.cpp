#include "adapters/memory/audit_repositories.hpp"

#include <utility>

namespace mb::memory {
namespace {

bool admits(ports::event_filter const& filter, audit::event const& row)
{
    if (filter.type && row.type != *filter.type) return false;
    if (filter.level && row.level != *filter.level) return false;
    if (filter.user && row.user != filter.user && row.actor != filter.user) return false;
    if (filter.ip && row.ip != filter.ip) return false;
    return !filter.correlation || row.correlation == *filter.correlation;
}

std::pair<instant, audit::log_id> key_of(audit::position where) { return {where.at, where.id}; }

template <class Visit>
void walk(tables const& rows, audit::position above, audit::position through, Visit visit)
{
    rows.audit_log.ascending([&](auto const& key, audit::event const& row) { return !(key_of(through) < key) && visit(row); },
                             std::optional(key_of(above)));
}

}  // namespace

outcome<ports::event_page> audit_rows::page(ports::event_filter const& filter)
{
    ports::event_page found;
    std::size_t examined = 0;
    auto start = key_of(filter.before.value_or(audit::log_end));
    if (filter.until) start = std::min(start, std::pair{*filter.until, audit::lowest_log_id});
    bool more = false;
    audit::position last;
    space_.rows().audit_log.descending(
        [&](auto const&, audit::event const& row) {
            if (filter.from && row.at < *filter.from) return false;
            if (examined == filter.examined_max) {
                more = true;
                return false;
            }
            bool const fits = admits(filter, row);
            if (fits && found.events.size() == filter.limit) {
                more = true;
                last = audit::position_of(found.events.back());
                return false;
            }
            ++examined;
            last = audit::position_of(row);
            if (fits) found.events.push_back(row);
            return true;
        },
        std::optional(start));
    if (more || examined == filter.examined_max) found.next = last;
    return found;
}

outcome<std::vector<audit::event>> audit_rows::after(audit::position above, audit::position through, std::size_t limit)
{
    std::vector<audit::event> found;
    walk(space_.rows(), above, through, [&](audit::event const& row) {
        if (found.size() == limit) return false;
        found.push_back(row);
        return true;
    });
    return found;
}

outcome<std::size_t> audit_rows::count(audit::position above, audit::position through)
{
    std::size_t counted = 0;
    walk(space_.rows(), above, through, [&](audit::event const&) {
        ++counted;
        return true;
    });
    return counted;
}

outcome<std::optional<audit::seal>> seal_rows::newest()
{
    std::optional<audit::seal> found;
    space_.rows().audit_seals.descending([&](std::int64_t, auto const& each) {
        found = each->clone();
        return false;
    });
    return found;
}

outcome<void> seal_rows::append(audit::seal const& added)
{
    MB_TRY(auto* rows, space_.change("memory.audit_seals.append"));
    if (rows->audit_seals.contains(added.number)) return error{errc::duplicate, "memory.audit_seals.append", ""};
    rows->audit_seals.put(added.number, std::make_shared<audit::seal const>(added.clone()));
    return {};
}

outcome<std::vector<audit::seal>> seal_rows::after(std::int64_t number, std::size_t limit)
{
    std::vector<audit::seal> found;
    space_.rows().audit_seals.ascending(
        [&](std::int64_t, auto const& each) {
            if (found.size() == limit) return false;
            found.push_back(each->clone());
            return true;
        },
        std::optional(number));
    return found;
}

outcome<std::vector<audit::seal>> seal_rows::reaching(audit::position above)
{
    std::vector<audit::seal> found;
    space_.rows().audit_seals.ascending([&](std::int64_t, auto const& each) {
        if (each->through > above) found.push_back(each->clone());
        return true;
    });
    return found;
}

outcome<void> seal_rows::forget(instant until)
{
    MB_TRY(auto* rows, space_.change("memory.audit_seals.forget"));
    std::vector<audit::seal> ending;
    rows->audit_seals.ascending([&](std::int64_t, auto const& each) {
        if (each->through.at <= until && each->salt) ending.push_back(each->clone());
        return true;
    });
    for (auto& each : ending) {
        each.salt.reset();
        auto const number = each.number;
        rows->audit_seals.put(number, std::make_shared<audit::seal const>(std::move(each)));
    }
    return {};
}

}  // namespace mb::memory
