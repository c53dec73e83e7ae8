#pragma once

#include "core/usecases/operations/reports/report.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace mb::usecases::report_kinds {

// One function a report; see catalogue.cpp for what each is asked.

std::unique_ptr<report> logins_by_country(report_options const& with);
std::unique_ptr<report> attacking_addresses(report_options const& with);
std::unique_ptr<report> unusual_password_changes(report_options const& with);
std::unique_ptr<report> endpoints_by_role(report_options const& with);
std::unique_ptr<report> time_per_operation(report_options const& with);
std::unique_ptr<report> activity_by_hour(report_options const& with);
std::unique_ptr<report> sensitive_access(report_options const& with);
std::unique_ptr<report> configuration_changes(report_options const& with);
std::unique_ptr<report> response_targets(report_options const& with);
std::unique_ptr<report> injection_attempts(report_options const& with);
std::unique_ptr<report> undocumented_endpoints(report_options const& with);
std::unique_ptr<report> timing_patterns(report_options const& with);

/// Largest first, ties in the order of names; at most so many.
template <class Key, class Value, class Size>
std::vector<std::pair<Key, Value>> largest(std::map<Key, Value> const& of, std::size_t most, Size size)
{
    std::vector<std::pair<Key, Value>> sorted(of.begin(), of.end());
    std::ranges::stable_sort(sorted, [&](auto const& left, auto const& right) { return size(left.second) > size(right.second); });
    if (sorted.size() > most) sorted.resize(most);
    return sorted;
}

inline std::int64_t whole(std::size_t count) noexcept { return static_cast<std::int64_t>(count); }

template <class Id>
report_cell cell_of(std::optional<Id> const& id)
{
    return id ? report_cell{id->text()} : report_cell{};
}

inline report_cell cell_of(std::optional<identity::ip_hash> const& ip) { return ip ? report_cell{ip->text} : report_cell{}; }

}  // namespace mb::usecases::report_kinds
