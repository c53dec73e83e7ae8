#pragma once

#include "core/domain/audit/event.hpp"
#include "core/domain/base/nothing.hpp"
#include "ports/audit_repositories.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// The useful queries of seed 002, each under a name. A report is a fold over rows of the audit log and of login attempts, oldest first: it does no
/// I/O, and is the same on every store.
namespace mb::usecases {

using report_cell = std::variant<nothing, std::string, std::int64_t, double>;

struct report_table {
    std::vector<std::string> columns;
    std::vector<std::vector<report_cell>> rows;
};

/// What a report may want beside the rows.
struct report_options {
    instant from{};  ///< rows before it are only history
    std::int64_t target_ms = 500;
    std::size_t rows_max = 1000;                    ///< of the answer
    std::span<std::string_view const> endpoints{};  ///< patterns that there are
};

/// Roles of the users that a report asked for, and which of those roles administer.
struct report_people {
    std::map<identity::user_id, std::vector<std::string>> roles;
    std::set<std::string> administering;
};

class report {
public:
    virtual ~report() = default;
    virtual void see(audit::event const&) {}
    virtual void see(ports::login_attempt const&) {}
    /// Whose roles finish() wants.
    virtual std::vector<identity::user_id> people() const { return {}; }
    virtual report_table finish(report_people const& people) = 0;
};

enum class report_source : std::uint8_t { events, attempts, both };

struct report_entry {
    std::string_view name;
    std::string_view question;  ///< as seed 002 asks it
    report_source source;
    duration usual;    ///< how far back it looks where nobody says
    duration history;  ///< how much before that it reads to compare with
    std::unique_ptr<report> (*make)(report_options const&);
};

/// Every report, in the order of the seed.
std::span<report_entry const> reports() noexcept;
report_entry const* report_named(std::string_view name) noexcept;

}  // namespace mb::usecases
