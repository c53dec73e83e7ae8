#include "core/usecases/operations/reports/kinds.hpp"

#include <algorithm>

// Seed 002, useful queries 3: audit and compliance.
namespace mb::usecases::report_kinds {
namespace {

using audit::event_type;

std::string metadata_of(audit::event const& row, std::string_view name)
{
    auto const found = std::ranges::find(row.metadata, name, [](auto const& each) -> std::string_view { return each.first; });
    return found == row.metadata.end() ? "" : found->second;
}

/// The newest ones, newest first.
class recent final {
public:
    explicit recent(std::size_t most) : most_(most) {}
    void add(std::vector<report_cell> row)
    {
        rows_.push_back(std::move(row));
        if (rows_.size() >= 2 * most_ + 1) rows_.erase(rows_.begin(), rows_.end() - static_cast<std::ptrdiff_t>(most_));
    }
    std::vector<std::vector<report_cell>> take()
    {
        if (rows_.size() > most_) rows_.erase(rows_.begin(), rows_.end() - static_cast<std::ptrdiff_t>(most_));
        std::ranges::reverse(rows_);
        return std::move(rows_);
    }

private:
    std::size_t most_;
    std::vector<std::vector<report_cell>> rows_;
};

class sensitive_data final : public report {
public:
    explicit sensitive_data(report_options const& with) : found_(with.rows_max) {}
    void see(audit::event const& row) override
    {
        switch (row.type) {
            case event_type::data_exported:
            case event_type::bulk_exported:
            case event_type::record_changed:
            case event_type::record_deleted:
            case event_type::account_erased: break;
            default: return;
        }
        auto const what = metadata_of(row, row.type == event_type::bulk_exported ? "what" : "entity");
        found_.add({format_rfc3339(row.at), cell_of(row.actor ? row.actor : row.user), std::string(audit::entry_of(row.type).name), what,
                    metadata_of(row, "record_id"), row.endpoint, cell_of(row.ip)});
    }
    report_table finish(report_people const&) override
    {
        return {{"timestamp", "actor_id", "event_type", "what", "record_id", "endpoint", "ip_hash"}, found_.take()};
    }

private:
    recent found_;
};

bool configures(event_type type) noexcept
{
    switch (type) {
        case event_type::configuration_changed:
        case event_type::role_changed:
        case event_type::signing_key_rotated:
        case event_type::entity_created:
        case event_type::entity_changed:
        case event_type::entity_deleted:
        case event_type::field_created:
        case event_type::field_changed:
        case event_type::field_deleted:
        case event_type::admin_created: return true;
        default: return false;
    }
}

/// Changes by somebody who administers nothing now, and attempts that were refused. What the server or its operator did has no account.
class unauthorised_changes final : public report {
public:
    explicit unauthorised_changes(report_options const& with) : with_(with) {}
    void see(audit::event const& row) override
    {
        bool const refused = row.type == event_type::escalation_attempted
                             || (row.type == event_type::permission_denied
                                 && (row.endpoint.find("/admin/") != std::string::npos || row.endpoint.find("/metadata/") != std::string::npos));
        auto const operator_id = identity::user_id{};
        if (refused || (configures(row.type) && row.actor && *row.actor != operator_id)) seen_.push_back({row, refused});
    }
    std::vector<identity::user_id> people() const override
    {
        std::set<identity::user_id> found;
        for (auto const& each : seen_)
            if (!each.refused) found.insert(*each.row.actor);
        return {found.begin(), found.end()};
    }
    report_table finish(report_people const& people) override
    {
        recent found(with_.rows_max);
        for (auto const& [row, refused] : seen_) {
            if (!refused && administers(people, *row.actor)) continue;
            found.add({format_rfc3339(row.at), cell_of(row.actor), std::string(audit::entry_of(row.type).name), row.http_method + ' ' + row.endpoint,
                       refused ? "refused" : "done", metadata_of(row, "rule"), cell_of(row.ip)});
        }
        return {{"timestamp", "actor_id", "event_type", "endpoint", "outcome", "rule", "ip_hash"}, found.take()};
    }

private:
    struct change {
        audit::event row;
        bool refused;
    };
    static bool administers(report_people const& people, identity::user_id who)
    {
        auto const held = people.roles.find(who);
        return held != people.roles.end() && std::ranges::any_of(held->second, [&](auto const& role) { return people.administering.contains(role); });
    }
    report_options with_;
    std::vector<change> seen_;
};

/// How many answers came within the target, for each day and endpoint.
class targets final : public report {
public:
    explicit targets(report_options const& with) : with_(with) {}
    void see(audit::event const& row) override
    {
        if (row.endpoint.empty()) return;
        auto& of = days_[{format_rfc3339(row.at).substr(0, 10), row.http_method + ' ' + row.endpoint}];
        ++of.requests;
        if (row.response_time_ms <= with_.target_ms) ++of.within;
    }
    report_table finish(report_people const&) override
    {
        report_table made{{"day", "endpoint", "requests", "within_target", "percent", "target_ms"}, {}};
        for (auto const& [key, of] : days_) {
            if (made.rows.size() == with_.rows_max) break;
            made.rows.push_back({key.first, key.second, whole(of.requests), whole(of.within),
                                 100.0 * static_cast<double>(of.within) / static_cast<double>(of.requests), with_.target_ms});
        }
        return made;
    }

private:
    struct counts {
        std::size_t requests = 0;
        std::size_t within = 0;
    };
    report_options with_;
    std::map<std::pair<std::string, std::string>, counts> days_;
};

}  // namespace

std::unique_ptr<report> sensitive_access(report_options const& with) { return std::make_unique<sensitive_data>(with); }
std::unique_ptr<report> configuration_changes(report_options const& with) { return std::make_unique<unauthorised_changes>(with); }
std::unique_ptr<report> response_targets(report_options const& with) { return std::make_unique<targets>(with); }

}  // namespace mb::usecases::report_kinds
