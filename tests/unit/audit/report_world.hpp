#pragma once

#include "core/usecases/operations/run_report.hpp"
#include "tests/unit/access/world.hpp"

namespace mb::testing {

using namespace std::chrono_literals;

/// Rows that are put into the log by hand, and what a report says of them.
struct report_world : world {
    report_world() { clock.advance(std::chrono::days{200}); }

    struct row {
        audit::event_type type = audit::event_type::logout;
        duration ago = 1h;
        std::optional<identity::user_id> user{};
        std::optional<identity::user_id> actor{};
        std::string ip{};
        std::string endpoint{};
        std::int64_t ms = 5;
        std::string agent = "agent";
        audit::event_metadata metadata{};
    };
    void add(row const& wanted)
    {
        audit::event made;
        made.id = ports::new_id<audit::log_id>(random, clock.now());
        made.type = wanted.type;
        made.level = audit::entry_of(wanted.type).level;
        made.user = wanted.user;
        made.actor = wanted.actor;
        if (!wanted.ip.empty()) made.ip = identity::ip_hash{wanted.ip};
        made.endpoint = wanted.endpoint;
        made.http_method = wanted.endpoint.empty() ? "" : "POST";
        made.response_time_ms = wanted.ms;
        made.user_agent = wanted.agent;
        made.metadata = wanted.metadata;
        made.at = clock.now() - wanted.ago;
        REQUIRE(memory.transact([&](ports::transaction& tx) { return tx.audit().append(made); }));
    }
    void attempt_from(std::string const& ip, bool successful, duration ago, std::optional<std::string> country = {},
                      std::string const& identity = "x", std::string const& agent = "agent")
    {
        ports::login_attempt made;
        made.id = ports::new_id<audit::log_id>(random, clock.now());
        made.identity_pseudonym = identity;
        made.ip = identity::ip_hash{ip};
        made.successful = successful;
        made.user_agent = agent;
        made.at = clock.now() - ago;
        made.country = std::move(country);
        REQUIRE(memory.transact([&](ports::transaction& tx) { return tx.login_attempts().append(made); }));
    }
    usecases::finished_report ask(std::string_view name, usecases::report_wanted const& wanted = {})
    {
        return granted(run(*usecases::report_named(name), wanted, admin(), request()));
    }
    /// The rows of an answer, each as one line.
    std::vector<std::string> lines(usecases::finished_report const& of)
    {
        std::vector<std::string> found;
        for (auto const& each : of.table.rows) {
            REQUIRE(each.size() == of.table.columns.size());
            std::string line;
            for (auto const& cell : each) {
                if (!line.empty()) line += ' ';
                if (auto const* text = std::get_if<std::string>(&cell)) line += *text;
                if (auto const* count = std::get_if<std::int64_t>(&cell)) line += std::to_string(*count);
                if (auto const* number = std::get_if<double>(&cell)) line += std::to_string(*number).substr(0, 5);
                if (std::holds_alternative<nothing>(cell)) line += '-';
            }
            found.push_back(line);
        }
        return found;
    }
    std::vector<std::string> answer_of(std::string_view name, usecases::report_wanted const& wanted = {}) { return lines(ask(name, wanted)); }
    std::string time(duration ago) { return format_rfc3339(clock.now() - ago); }

    usecases::run_report run{store, store, clock, random, {"/api/v1/known", "/api/v1/admin/roles"}, {}};
    identity::user const ana = make_user("ana@example.org", {"editor", "viewer"});
    identity::user const eva = make_user("eva@example.org", {"user"});
};

}  // namespace mb::testing
