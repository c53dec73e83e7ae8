#pragma once

#include "core/domain/audit/event.hpp"

#include <chrono>
#include <compare>

namespace mb::audit {

/// Where a row stands in the log: rows are in the order of time, then of identity.
struct position {
    instant at{};
    log_id id;
    friend auto operator<=>(position const&, position const&) = default;
};

constexpr log_id lowest_log_id{};
constexpr log_id highest_log_id = [] {
    log_id highest;
    highest.bytes.fill(0xff);
    return highest;
}();

/// Below and above every row; both are times that every database can hold.
constexpr position log_begin{instant{}, lowest_log_id};
constexpr position log_end{instant{std::chrono::microseconds{253'402'300'799'999'999}}, highest_log_id};

inline position position_of(event const& row) noexcept { return {row.at, row.id}; }

}  // namespace mb::audit
