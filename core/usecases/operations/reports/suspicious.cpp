#include "core/usecases/operations/reports/kinds.hpp"

#include <algorithm>
#include <set>

// Seed 002, useful queries 1: suspicious patterns.
namespace mb::usecases::report_kinds {
namespace {

using audit::event_type;

constexpr std::size_t failures_of_an_attack = 10;

/// Attempts by country and outcome. Where nobody could tell the country, it is null.
class country_counts final : public report {
public:
    explicit country_counts(report_options const& with) : with_(with) {}
    void see(ports::login_attempt const& row) override
    {
        auto& counted = countries_[row.country.value_or("")];
        ++(row.successful ? counted.successful : counted.failed);
        if (row.ip) counted.addresses.insert(row.ip->text);
        if (row.user) counted.users.insert(*row.user);
    }
    report_table finish(report_people const&) override
    {
        report_table made{{"country_code", "attempts", "successful", "failed", "addresses", "users"}, {}};
        for (auto const& [country, of] : largest(countries_, with_.rows_max, [](auto const& each) { return each.successful + each.failed; }))
            made.rows.push_back({country.empty() ? report_cell{} : report_cell{country}, whole(of.successful + of.failed), whole(of.successful),
                                 whole(of.failed), whole(of.addresses.size()), whole(of.users.size())});
        return made;
    }

private:
    struct counts {
        std::size_t successful = 0;
        std::size_t failed = 0;
        std::set<std::string> addresses;
        std::set<identity::user_id> users;
    };
    report_options with_;
    std::map<std::string, counts> countries_;
};

/// Addresses that attacked, here and before, and what got in from them. An attack is a stolen token, an attempt at more power or at injection, or
/// many failed logins.
class attackers final : public report {
public:
    explicit attackers(report_options const& with) : with_(with) {}
    void see(ports::login_attempt const& row) override
    {
        if (!row.ip) return;
        auto& of = addresses_[row.ip->text];
        if (!row.successful) {
            ++of.failed_logins;
        } else if (row.at >= with_.from) {
            ++of.accesses;
            of.last_access = std::max(of.last_access, row.at);
            if (row.user) of.users.insert(*row.user);
        }
    }
    void see(audit::event const& row) override
    {
        if (!row.ip) return;
        switch (row.type) {
            case event_type::token_theft:
            case event_type::escalation_attempted:
            case event_type::injection_attempted:
            case event_type::link_blocked: ++addresses_[row.ip->text].attacks; break;
            default: break;
        }
    }
    report_table finish(report_people const&) override
    {
        std::erase_if(addresses_, [](auto const& each) {
            return each.second.accesses == 0 || (each.second.attacks == 0 && each.second.failed_logins < failures_of_an_attack);
        });
        report_table made{{"ip_hash", "accesses", "users", "failed_logins", "attacks", "last_access"}, {}};
        for (auto const& [address, of] : largest(addresses_, with_.rows_max, [](auto const& each) { return each.attacks * 10 + each.failed_logins; }))
            made.rows.push_back(
                {address, whole(of.accesses), whole(of.users.size()), whole(of.failed_logins), whole(of.attacks), format_rfc3339(of.last_access)});
        return made;
    }

private:
    struct history {
        std::size_t failed_logins = 0;
        std::size_t attacks = 0;
        std::size_t accesses = 0;
        instant last_access{};
        std::set<identity::user_id> users;
    };
    report_options with_;
    std::map<std::string, history> addresses_;
};

/// Password changes from an address that the user had not logged in from in the time before.
class strange_changes final : public report {
public:
    explicit strange_changes(report_options const& with) : with_(with) {}
    void see(audit::event const& row) override
    {
        if (!row.user || !row.ip) return;
        auto& known = known_[*row.user];
        if (row.type == event_type::login_succeeded) {
            known.insert(row.ip->text);
            return;
        }
        if (row.type != event_type::password_changed && row.type != event_type::reset_completed) return;
        if (row.at < with_.from || known.contains(row.ip->text) || found_.size() == with_.rows_max) return;
        found_.push_back({format_rfc3339(row.at), row.user->text(), std::string(audit::entry_of(row.type).name), row.ip->text, row.user_agent,
                          whole(known.size())});
    }
    report_table finish(report_people const&) override
    {
        return {{"timestamp", "user_id", "event_type", "ip_hash", "user_agent", "known_addresses"}, std::move(found_)};
    }

private:
    report_options with_;
    std::map<identity::user_id, std::set<std::string>> known_;
    std::vector<std::vector<report_cell>> found_;
};

}  // namespace

std::unique_ptr<report> logins_by_country(report_options const& with) { return std::make_unique<country_counts>(with); }
std::unique_ptr<report> attacking_addresses(report_options const& with) { return std::make_unique<attackers>(with); }
std::unique_ptr<report> unusual_password_changes(report_options const& with) { return std::make_unique<strange_changes>(with); }

}  // namespace mb::usecases::report_kinds
