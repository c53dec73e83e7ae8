#pragma once

#include "adapters/postgres/options.hpp"
#include "adapters/postgres/wire.hpp"
#include "core/domain/base/outcome.hpp"

#include <chrono>
#include <memory>
#include <string_view>

struct pg_conn;
struct pg_result;

namespace mb::postgres {

struct closer {
    void operator()(pg_conn* connection) const noexcept;
};
struct clearer {
    void operator()(pg_result* result) const noexcept;
};
using result = std::unique_ptr<pg_result, clearer>;

/// One connection in libpq's pipeline mode (section 34.5): messages are queued, go out together, and their answers are read in their
/// order. Nothing waits past its deadline. Once lost() it stays lost.
class channel {
public:
    using clock = std::chrono::steady_clock;
    using time_point = clock::time_point;

    /// @error unavailable  it can't be reached; the detail names DATABASE_URL and the remedy, and holds no password.
    static outcome<channel> open(options const& how);

    bool lost() const noexcept { return lost_; }
    void lose() noexcept { lost_ = true; }
    /// For an idle connection: whether the server is still there, as far as this side has heard.
    bool is_alive() noexcept;
    int server_version() const noexcept;  ///< 150004 is 15.4
    std::string_view parameter(char const* name) const noexcept;

    // Each queues one message; false where the connection is gone.
    bool prepare(char const* name, char const* text) noexcept;
    bool describe(char const* name) noexcept;
    bool run(char const* name, packed_values const& values) noexcept;
    bool run_text(char const* text, type_number const* types, packed_values const& values) noexcept;
    bool sync() noexcept;

    /// Sends what is queued. @error unavailable  the connection is lost now.
    outcome<void> flush(time_point deadline);
    /// Sends as much of it as goes without waiting. False where the connection is gone.
    bool push() noexcept;
    /// The next answer; nothing where one message has no more. @error unavailable  the connection is lost now.
    outcome<result> next(time_point deadline);
    /// Runs several statements in one message outside of the pipeline, which must be drained.
    /// @return the answer of the one that failed, or of the last one. @error unavailable  the connection is lost now.
    outcome<result> script(char const* text, time_point deadline);

    /// What libpq says, in one line.
    std::string message() const;

private:
    explicit channel(pg_conn* connection) noexcept : connection_(connection) {}
    outcome<void> wait(short events, time_point deadline);
    error loss(char const* where);

    std::unique_ptr<pg_conn, closer> connection_;
    bool lost_ = false;
};

/// One answer's SQLSTATE, or "" where it reports no failure.
std::string_view state_of(pg_result const* answer) noexcept;
/// What the answer of a failed statement says, in one line without values: the message, and the constraint at its end where there is one.
std::string detail_of(pg_result const* answer);

}  // namespace mb::postgres
