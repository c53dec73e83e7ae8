#include "core/usecases/operations/reports/kinds.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <tuple>

// Seed 002, useful queries 2: behaviour. What is counted is what the audit log has: changes, ways in and refusals, not every read.
namespace mb::usecases::report_kinds {
namespace {

/// By the roles that the actors hold now; who holds several counts for each.
class role_endpoints final : public report {
public:
    explicit role_endpoints(report_options const& with) : with_(with) {}
    void see(audit::event const& row) override
    {
        auto const who = row.actor ? row.actor : row.user;
        if (who && !row.endpoint.empty()) ++calls_[{*who, row.http_method + ' ' + row.endpoint}];
    }
    std::vector<identity::user_id> people() const override
    {
        std::vector<identity::user_id> found;
        for (auto const& [key, count] : calls_)
            if (found.empty() || found.back() != key.first) found.push_back(key.first);
        return found;
    }
    report_table finish(report_people const& people) override
    {
        std::map<std::pair<std::string, std::string>, std::size_t> by_role;
        for (auto const& [key, count] : calls_) {
            auto const held = people.roles.find(key.first);
            if (held == people.roles.end()) continue;
            for (auto const& role : held->second) by_role[{role, key.second}] += count;
        }
        report_table made{{"role", "endpoint", "requests"}, {}};
        for (auto const& [key, count] : largest(by_role, with_.rows_max, [](std::size_t each) { return each; }))
            made.rows.push_back({key.first, key.second, whole(count)});
        return made;
    }

private:
    report_options with_;
    std::map<std::pair<identity::user_id, std::string>, std::size_t> calls_;
};

/// Average and percentiles, since an average alone misleads.
class operation_times final : public report {
public:
    explicit operation_times(report_options const& with) : with_(with) {}
    void see(audit::event const& row) override
    {
        if (!row.endpoint.empty()) times_[row.http_method + ' ' + row.endpoint].push_back(row.response_time_ms);
    }
    report_table finish(report_people const&) override
    {
        report_table made{{"endpoint", "requests", "average_ms", "p50_ms", "p95_ms", "p99_ms", "max_ms"}, {}};
        for (auto& [endpoint, times] : largest(times_, with_.rows_max, [](auto const& each) { return each.size(); })) {
            auto sorted = times;
            std::ranges::sort(sorted);
            double sum = 0;
            for (auto const each : sorted) sum += static_cast<double>(each);
            // nearest rank: the smallest time that so many of a hundred don't exceed
            auto const percentile = [&](std::size_t of) { return sorted[(sorted.size() * of + 99) / 100 - 1]; };
            made.rows.push_back({endpoint, whole(sorted.size()), sum / static_cast<double>(sorted.size()), percentile(50), percentile(95),
                                 percentile(99), sorted.back()});
        }
        return made;
    }

private:
    report_options with_;
    std::map<std::string, std::vector<std::int64_t>> times_;
};

/// Of each hour of the week, in UTC, and how it stands to an average hour.
class busy_hours final : public report {
public:
    void see(audit::event const& row) override
    {
        auto const day = std::chrono::floor<std::chrono::days>(row.at);
        auto const hour = std::chrono::duration_cast<std::chrono::hours>(row.at - day).count();
        auto const weekday = std::chrono::weekday{day}.iso_encoding();
        ++counts_[(weekday - 1) * 24 + static_cast<std::size_t>(hour)];
        ++total_;
    }
    report_table finish(report_people const&) override
    {
        report_table made{{"weekday", "hour_utc", "events", "times_the_average"}, {}};
        auto const average = static_cast<double>(total_) / static_cast<double>(counts_.size());
        for (std::size_t i = 0; i < counts_.size(); ++i)
            if (counts_[i] > 0) made.rows.push_back({whole(i / 24 + 1), whole(i % 24), whole(counts_[i]), static_cast<double>(counts_[i]) / average});
        return made;
    }

private:
    std::array<std::size_t, 7 * 24> counts_{};
    std::size_t total_ = 0;
};

}  // namespace

std::unique_ptr<report> endpoints_by_role(report_options const& with) { return std::make_unique<role_endpoints>(with); }
std::unique_ptr<report> time_per_operation(report_options const& with) { return std::make_unique<operation_times>(with); }
std::unique_ptr<report> activity_by_hour(report_options const&) { return std::make_unique<busy_hours>(); }

}  // namespace mb::usecases::report_kinds
