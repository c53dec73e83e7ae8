#pragma once

#include "adapters/http/route.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace mb::http {

/// Counts of answers by route and status, and the four security counts of seed 000 section 6.3.
class request_metrics {
public:
    request_metrics();
    /// @param matched  null where the request led to no route.
    void count(route const* matched, int status, bool is_login, bool is_token_refusal) noexcept;
    /// Prometheus text format 0.0.4.
    void write(std::string& into) const;

private:
    static constexpr std::array<int, 24> statuses{200, 201, 204, 400, 401, 403, 404, 405, 408, 409, 412, 413,
                                                  414, 415, 417, 422, 423, 428, 429, 431, 500, 501, 503, 505};
    using row = std::array<std::atomic<std::uint64_t>, statuses.size() + 1>;
    std::vector<row> rows_;  ///< one a route, in the table's order, and one for no route
    std::atomic<std::uint64_t> failed_logins_{0};
    std::atomic<std::uint64_t> invalid_tokens_{0};
};

}  // namespace mb::http
