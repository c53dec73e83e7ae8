#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace mb::postgres {

enum class preparing : std::uint8_t {
    named,   ///< each statement once per connection
    unnamed  ///< each statement each time: for PgBouncer in its transaction mode, where a connection is another one at each transaction
};

struct options {
    std::string url{};            ///< a connection URI (libpq section 34.1.1.2); may hold a password, so it is never shown
    std::size_t connections = 8;  ///< at most, as many as threads that use the store
    preparing statements = preparing::named;
    std::chrono::milliseconds statement_limit{10'000};  ///< the server ends a statement that runs for longer
    std::chrono::milliseconds lock_wait{3'000};         ///< and one that waits for a row for longer
    std::chrono::milliseconds connect_wait{5'000};
    std::chrono::milliseconds connection_wait{5'000};  ///< how long a caller waits while all connections are taken
    std::string application = "metabuilder";           ///< as pg_stat_activity shows it
};

/// What the store did since it began, for metrics.
struct commit_counts {
    std::uint64_t works = 0;  ///< committed
    std::uint64_t retried = 0;
    std::size_t connections = 0;
    std::size_t waiting = 0;  ///< callers that wait for a connection
};

}  // namespace mb::postgres
