#pragma once

#include "core/domain/anomaly/finding.hpp"
#include "core/domain/audit/position.hpp"
#include "core/domain/base/outcome.hpp"

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace mb::ports {

/// What a page of anomalies is to show; newest first. As event_filter.
struct anomaly_filter {
    std::optional<anomaly::kind> what;
    std::optional<bool> reviewed;
    std::optional<instant> from;
    std::optional<instant> until;
    std::optional<audit::position> before;
    std::size_t limit = 20;
    std::size_t examined_max = 20'000;
};

struct anomaly_page {
    std::vector<anomaly::finding> findings;
    std::optional<audit::position> next{};
};

/// anomalies. Rows stay; what they say of people is forgotten.
class anomalies {
public:
    virtual ~anomalies() = default;
    /// In a transaction the row is held until it ends.
    virtual outcome<std::optional<anomaly::finding>> find(audit::log_id id) = 0;
    /// The one of that subject whose window goes on AT `at`, the last where there are several. In a transaction nobody else finds or adds one of
    /// that subject until it ends.
    virtual outcome<std::optional<anomaly::finding>> find_open(anomaly::kind what, std::string_view subject, instant at) = 0;
    /// Adds the row, or replaces what may change of it: subject, user, numbers, review.
    virtual outcome<void> save(anomaly::finding const&) = 0;
    virtual outcome<anomaly_page> page(anomaly_filter const&) = 0;
    /// Takes whoever they are about out of rows from AT or before `before`, and who reviewed out of reviews from then, at most `batch` of each.
    /// @return how many rows changed.
    virtual outcome<std::size_t> anonymise(instant before, std::size_t batch) = 0;
};

}  // namespace mb::ports
