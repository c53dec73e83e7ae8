#include "core/domain/audit/suspicion.hpp"
#include "core/usecases/operations/reports/kinds.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>

// Seed 002, useful queries 4: weaknesses that somebody looks for.
namespace mb::usecases::report_kinds {
namespace {

using audit::event_type;

// A machine's pace: so many failures, with pauses no longer than these.
constexpr std::size_t attempts_min = 20;
constexpr double pause_max_ms = 5000;

/// What one address tried; `count` is of requests.
struct tries {
    std::size_t count = 0;
    instant first{};
    instant last{};
    void add(std::size_t more, instant at)
    {
        if (count == 0 || at < first) first = at;
        last = std::max(last, at);
        count += more;
    }
};

std::size_t requests_of(audit::event const& row)
{
    for (auto const& [name, value] : row.metadata)
        if (name == "requests") return static_cast<std::size_t>(std::strtoull(value.c_str(), nullptr, 10));
    return 1;
}

report_table table_of(std::map<std::pair<std::string, std::string>, tries> const& found, std::vector<std::string> columns, std::size_t most)
{
    report_table made{std::move(columns), {}};
    for (auto const& [key, of] : largest(found, most, [](tries const& each) { return each.count; }))
        made.rows.push_back({key.first.empty() ? report_cell{} : report_cell{key.first}, key.second, whole(of.count), format_rfc3339(of.first),
                             format_rfc3339(of.last)});
    return made;
}

/// Requests whose target, body or agent looked like an injection.
class injections final : public report {
public:
    explicit injections(report_options const& with) : with_(with) {}
    void see(audit::event const& row) override
    {
        if (row.type == event_type::injection_attempted) note(row.ip, "request", requests_of(row), row.at);
        if (audit::looks_like_injection(row.user_agent)) note(row.ip, "user_agent", 1, row.at);
    }
    void see(ports::login_attempt const& row) override
    {
        if (audit::looks_like_injection(row.user_agent)) note(row.ip, "user_agent", 1, row.at);
    }
    report_table finish(report_people const&) override
    {
        return table_of(found_, {"ip_hash", "seen_in", "requests", "first", "last"}, with_.rows_max);
    }

private:
    void note(std::optional<identity::ip_hash> const& ip, std::string where, std::size_t count, instant at)
    {
        found_[{ip ? ip->text : "", std::move(where)}].add(count, at);
    }
    report_options with_;
    std::map<std::pair<std::string, std::string>, tries> found_;
};

/// Requests for paths that no route has, and rows of routes that there are no longer.
class strays final : public report {
public:
    explicit strays(report_options const& with) : with_(with) {}
    void see(audit::event const& row) override
    {
        auto const address = row.ip ? row.ip->text : "";
        if (row.type == event_type::path_unknown)
            found_[{address, "unknown path"}].add(requests_of(row), row.at);
        else if (!row.endpoint.empty() && std::ranges::find(with_.endpoints, row.endpoint) == with_.endpoints.end())
            found_[{address, row.endpoint}].add(1, row.at);
    }
    report_table finish(report_people const&) override
    {
        return table_of(found_, {"ip_hash", "endpoint", "requests", "first", "last"}, with_.rows_max);
    }

private:
    report_options with_;
    std::map<std::pair<std::string, std::string>, tries> found_;
};

/// Addresses that fail often, quickly and evenly: as a machine that measures does. Steadiness is how little the pauses differ, from 0 to 1.
class timings final : public report {
public:
    explicit timings(report_options const& with) : with_(with) {}
    void see(ports::login_attempt const& row) override
    {
        if (row.successful || !row.ip) return;
        auto& of = addresses_[row.ip->text];
        if (of.attempts > 0) of.pauses.push_back(static_cast<double>((row.at - of.last).count()) / 1000.0);
        ++of.attempts;
        of.last = row.at;
        of.identities.insert(row.identity_pseudonym);
    }
    report_table finish(report_people const&) override
    {
        std::erase_if(addresses_, [](auto const& each) { return each.second.attempts < attempts_min || median(each.second.pauses) > pause_max_ms; });
        report_table made{{"ip_hash", "failed_attempts", "identities", "median_pause_ms", "steadiness"}, {}};
        for (auto const& [address, of] : largest(addresses_, with_.rows_max, [](auto const& each) { return each.attempts; })) {
            auto const middle = median(of.pauses);
            auto distances = of.pauses;
            for (auto& each : distances) each = std::abs(each - middle);
            auto const spread = middle > 0 ? std::min(1.0, median(distances) / middle) : 0.0;
            made.rows.push_back({address, whole(of.attempts), whole(of.identities.size()), middle, 1.0 - spread});
        }
        return made;
    }

private:
    struct history {
        std::size_t attempts = 0;
        instant last{};
        std::vector<double> pauses;
        std::set<std::string> identities;
    };
    static double median(std::vector<double> of)
    {
        if (of.empty()) return 0;
        auto const middle = of.begin() + static_cast<std::ptrdiff_t>(of.size() / 2);
        std::ranges::nth_element(of, middle);
        return *middle;
    }
    report_options with_;
    std::map<std::string, history> addresses_;
};

}  // namespace

std::unique_ptr<report> injection_attempts(report_options const& with) { return std::make_unique<injections>(with); }
std::unique_ptr<report> undocumented_endpoints(report_options const& with) { return std::make_unique<strays>(with); }
std::unique_ptr<report> timing_patterns(report_options const& with) { return std::make_unique<timings>(with); }

}  // namespace mb::usecases::report_kinds
