#include "core/usecases/operations/stray_requests.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace mb::usecases {

void stray_requests::note(stray_kind what, identity::ip_hash const& from)
{
    std::scoped_lock const lock(mutex_);
    std::pair key{what, from.text};
    if (counts_.size() >= addresses_max && !counts_.contains(key)) key.second.clear();
    ++counts_[key];
}

outcome<std::size_t> stray_requests::flush(ports::store& store, ports::clock const& clock, ports::randomness const& random)
{
    counted taken;
    {
        std::scoped_lock const lock(mutex_);
        taken.swap(counts_);
    }
    if (taken.empty()) return std::size_t{0};
    std::vector<std::pair<std::pair<stray_kind, std::string>, std::size_t>> sorted(taken.begin(), taken.end());
    std::ranges::stable_sort(sorted, [](auto const& left, auto const& right) { return left.second > right.second; });
    std::array<std::size_t, 2> rest{};
    for (std::size_t i = rows_max; i < sorted.size(); ++i) rest[static_cast<std::size_t>(sorted[i].first.first)] += sorted[i].second;
    if (sorted.size() > rows_max) sorted.resize(rows_max);
    for (auto const kind : {stray_kind::path_unknown, stray_kind::injection})
        if (auto const count = rest[static_cast<std::size_t>(kind)]; count > 0) sorted.push_back({{kind, ""}, count});

    auto const now = clock.now();
    std::vector<audit::event> rows;
    for (auto const& [key, count] : sorted) {
        auto const type = key.first == stray_kind::injection ? audit::event_type::injection_attempted : audit::event_type::path_unknown;
        auto row = audit::make_event(ports::new_id<audit::log_id>(random, now), type, {}, now);
        if (!key.second.empty()) row.ip = identity::ip_hash{key.second};
        row.metadata = {{"requests", std::to_string(count)}};
        rows.push_back(std::move(row));
    }
    auto const written = store.transact([&](ports::transaction& tx) -> outcome<void> {
        for (auto const& row : rows) MB_CHECK(tx.audit().append(row));
        return {};
    });
    if (!written && written.error().code != errc::outcome_unknown) {
        std::scoped_lock const lock(mutex_);
        for (auto const& [key, count] : taken) counts_[key] += count;
    }
    MB_CHECK(written);
    return rows.size();
}

}  // namespace mb::usecases
