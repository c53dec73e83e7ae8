#pragma once

#include "core/domain/audit/event.hpp"
#include "core/domain/base/answer.hpp"
#include "core/domain/base/outcome.hpp"
#include "core/usecases/access/caller.hpp"
#include "core/usecases/operations/reports/report.hpp"
#include "ports/clock.hpp"
#include "ports/randomness.hpp"
#include "ports/store.hpp"

#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace mb::usecases {

struct report_limits {
    std::size_t rows_examined_max = 200'000;  ///< of each kind; from the end of the time that was asked for backwards
    std::size_t rows_max = 1'000;             ///< of the answer
};

struct report_wanted {
    std::optional<instant> from;
    std::optional<instant> until;
    std::optional<std::int64_t> target_ms;
};

struct finished_report {
    report_entry const* what = nullptr;
    instant from{};
    instant until{};
    bool complete = true;  ///< false: there were more rows than it looks at, and the oldest were left out
    report_table table;
};

/// Answers one of the useful queries. Reads rows in pages, each on a snapshot of its own.
/// Denials: forbidden, invalid_parameter where the time ends before it begins.
class run_report final {
public:
    /// @param lists  where rows are read from; it may lag behind.
    /// @param endpoints  patterns of the routes that there are.
    run_report(ports::store& store, ports::store& lists, ports::clock const& clock, ports::randomness const& random,
               std::vector<std::string_view> endpoints, report_limits const& limits)
        : store_(store),
          lists_(lists),
          clock_(clock),
          random_(random),
          endpoints_(std::move(endpoints)),
          limits_(limits)
    {
    }

    outcome<answer<finished_report>> operator()(report_entry const& what, report_wanted const& asked, caller const& who,
                                                audit::origin const& from) const;

private:
    ports::store& store_;
    ports::store& lists_;
    ports::clock const& clock_;
    ports::randomness const& random_;
    std::vector<std::string_view> endpoints_;
    report_limits limits_;
};

}  // namespace mb::usecases
