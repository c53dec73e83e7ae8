#pragma once

#include "adapters/http/exposition.hpp"
#include "adapters/http/route.hpp"
#include "core/domain/base/instant.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace mb::http {

/// One answer, as it is counted.
struct counted_answer {
    route const* matched = nullptr;  ///< null where the request led to no route
    int status = 0;
    std::optional<duration> took;  ///< none where the edge refused it before it was whole
    bool refused_login = false;
    bool refused_token = false;
};

/// Counts of answers by route and status, how long they took, and the four security counts of seed 000 section 6.3.
/// Threads count in shards of their own, so that no counter's cache line travels between the cores at each request.
class request_metrics {
public:
    request_metrics();
    void count(counted_answer const& answer) noexcept;
    void write(exposition& into) const;

private:
    static constexpr std::array<int, 29> statuses{200, 201, 202, 204, 302, 303, 304, 400, 401, 403, 404, 405, 408, 409, 412,
                                                  413, 414, 415, 417, 422, 423, 428, 429, 431, 500, 501, 502, 503, 505};
    /// Upper ends of the buckets, in seconds: from what a read of memory takes to the deadline of a handler.
    static constexpr std::array<double, 14> bounds{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15};

    using cell = std::atomic<std::uint64_t>;
    struct row {
        std::array<cell, statuses.size() + 1> by_status{};
        std::array<cell, bounds.size() + 1> by_time{};
        cell micros{0};
    };
    struct alignas(64) shard {
        std::vector<row> rows;  ///< one a route, in the table's order, and one for no route
        cell refused_logins{0};
        cell refused_tokens{0};
    };

    shard& own_shard() noexcept;
    template <class Pick>
    std::uint64_t sum(Pick pick) const noexcept;

    std::array<shard, 8> shards_;
};

}  // namespace mb::http
