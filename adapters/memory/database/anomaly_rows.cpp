#include "adapters/memory/database/audit_repositories.hpp"
#include "adapters/memory/database/log_pages.hpp"

#include <utility>

namespace mb::memory {

outcome<std::optional<anomaly::finding>> anomaly_rows::find(audit::log_id id)
{
    auto const* created = space_.rows().anomalies_creation.find(id);
    if (created == nullptr) return std::optional<anomaly::finding>{};
    return std::optional(*space_.rows().anomalies.find({*created, id}));
}

outcome<std::optional<anomaly::finding>> anomaly_rows::find_open(anomaly::kind what, std::string_view subject, instant at)
{
    std::optional<anomaly::finding> found;
    space_.rows().anomalies.descending([&](auto const&, anomaly::finding const& row) {
        bool const fits = row.what == what && row.subject == subject && row.until > at;
        if (fits && (!found || row.until > found->until)) found = row;
        return true;
    });
    return found;
}

outcome<void> anomaly_rows::save(anomaly::finding const& saved)
{
    MB_TRY(auto* rows, space_.change("memory.anomalies.save"));
    if (auto const* created = rows->anomalies_creation.find(saved.id)) {
        std::pair const key{*created, saved.id};
        auto changed = *rows->anomalies.find(key);
        changed.subject = saved.subject;
        changed.user = saved.user;
        changed.numbers = saved.numbers;
        changed.reviewed_at = saved.reviewed_at;
        changed.reviewed_by = saved.reviewed_by;
        rows->anomalies.put(key, std::move(changed));
        return {};
    }
    rows->anomalies_creation.put(saved.id, saved.at);
    rows->anomalies.put({saved.at, saved.id}, saved);
    return {};
}

outcome<ports::anomaly_page> anomaly_rows::page(ports::anomaly_filter const& filter)
{
    ports::anomaly_page found;
    found.next = read_page(space_.rows().anomalies, filter, found.findings, [&](anomaly::finding const& row) {
        if (filter.what && row.what != *filter.what) return false;
        return !filter.reviewed || row.reviewed_at.has_value() == *filter.reviewed;
    });
    return found;
}

outcome<std::size_t> anomaly_rows::anonymise(instant before, std::size_t batch)
{
    MB_TRY(auto* rows, space_.change("memory.anomalies.anonymise"));
    auto const people =
        keys_where(rows->anomalies, batch, [&](anomaly::finding const& row) { return row.at <= before && (!row.subject.empty() || row.user); });
    auto const reviewers = keys_where(rows->anomalies, batch,
                                      [&](anomaly::finding const& row) { return row.reviewed_by && row.reviewed_at && *row.reviewed_at <= before; });
    for (auto const& key : people) {
        auto row = *rows->anomalies.find(key);
        row.subject.clear();
        row.user.reset();
        rows->anomalies.put(key, std::move(row));
    }
    for (auto const& key : reviewers) {
        auto row = *rows->anomalies.find(key);
        row.reviewed_by.reset();
        rows->anomalies.put(key, std::move(row));
    }
    return people.size() + reviewers.size();
}

}  // namespace mb::memory
