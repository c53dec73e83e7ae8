#pragma once

#include "adapters/postgres/connection.hpp"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace mb::postgres {

/// At most so many connections. One that was lost is replaced when the next one is asked for; while the server can't be reached, it
/// is tried again after pauses that grow and that differ from replica to replica, and callers are refused at once in between.
class pool {
public:
    /// A connection, for as long as this lives.
    class lease {
    public:
        lease(pool& from, std::unique_ptr<connection> taken) noexcept : from_(&from), taken_(std::move(taken)) {}
        lease(lease&&) noexcept = default;
        lease& operator=(lease&&) = delete;
        ~lease()
        {
            if (taken_) from_->give_back(std::move(taken_));
        }
        connection& operator*() const noexcept { return *taken_; }
        connection* operator->() const noexcept { return taken_.get(); }

    private:
        pool* from_;
        std::unique_ptr<connection> taken_;
    };

    pool(options how, ports::sealer const& seals) : how_(std::move(how)), seals_(seals) {}

    /// @error busy  all are taken for longer than `connection_wait`. @error unavailable  the server can't be reached.
    outcome<lease> take();
    std::size_t size() const;
    std::size_t waiting() const;

private:
    using clock = std::chrono::steady_clock;
    struct idle_connection {
        std::unique_ptr<connection> on;
        clock::time_point since;
    };

    std::unique_ptr<connection> take_idle();
    outcome<lease> open_another();
    void give_back(std::unique_ptr<connection> left) noexcept;

    options how_;
    ports::sealer const& seals_;
    session::last_revision revision_{-1};
    mutable std::mutex mutex_;
    std::condition_variable left_;
    std::vector<idle_connection> idle_;  ///< the one that was used last is taken first
    std::size_t size_ = 0;               ///< taken, idle and being opened
    std::size_t waiting_ = 0;
    clock::time_point retry_at_{};
    std::chrono::milliseconds pause_{};
    error refusal_;
};

}  // namespace mb::postgres
