#include "adapters/memory/database/audit_repositories.hpp"
#include "adapters/memory/database/log_pages.hpp"

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

bool admits(ports::attempt_filter const& filter, ports::login_attempt const& row)
{
    if (filter.user && row.user != filter.user) return false;
    if (filter.ip && row.ip != filter.ip) return false;
    return !filter.successful || row.successful == *filter.successful;
}

template <class Key, class Row, class Visit>
void walk(table<Key, Row> const& rows, audit::position above, audit::position through, Visit visit)
{
    rows.ascending([&](auto const& key, Row const& row) { return !(key_of(through) < key) && visit(row); }, std::optional(key_of(above)));
}

template <class Key, class Row>
std::vector<Row> between(table<Key, Row> const& rows, audit::position above, audit::position through, std::size_t limit)
{
    std::vector<Row> found;
    walk(rows, above, through, [&](Row const& row) {
        if (found.size() == limit) return false;
        found.push_back(row);
        return true;
    });
    return found;
}

template <class Key, class Row>
std::size_t counted(table<Key, Row> const& rows, audit::position above, audit::position through)
{
    std::size_t count = 0;
    walk(rows, above, through, [&](Row const&) { return ++count > 0; });
    return count;
}

}  // namespace

outcome<ports::event_page> audit_rows::page(ports::event_filter const& filter)
{
    ports::event_page found;
    found.next = read_page(space_.rows().audit_log, filter, found.events, [&](audit::event const& row) { return admits(filter, row); });
    return found;
}

outcome<std::vector<audit::event>> audit_rows::after(audit::position above, audit::position through, std::size_t limit)
{
    return between(space_.rows().audit_log, above, through, limit);
}

outcome<std::size_t> audit_rows::count(audit::position above, audit::position through) { return counted(space_.rows().audit_log, above, through); }

outcome<ports::attempt_page> attempt_rows::page(ports::attempt_filter const& filter)
{
    ports::attempt_page found;
    found.next =
        read_page(space_.rows().login_attempts, filter, found.attempts, [&](ports::login_attempt const& row) { return admits(filter, row); });
    return found;
}

outcome<std::vector<ports::login_attempt>> attempt_rows::after(audit::position above, audit::position through, std::size_t limit)
{
    return between(space_.rows().login_attempts, above, through, limit);
}

outcome<std::size_t> attempt_rows::count(audit::position above, audit::position through)
{
    return counted(space_.rows().login_attempts, above, through);
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
