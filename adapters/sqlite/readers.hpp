#pragma once

#include "adapters/sqlite/connection.hpp"

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

namespace mb::sqlite {

/// The connections that read. A thread gets the one it had before where that is free, so that its caches are warm; where all are
/// taken it waits.
class readers {
public:
    explicit readers(std::vector<std::unique_ptr<connection>> connections);

    /// @param schema_generation  grows when a table was altered: what was prepared before is forgotten.
    outcome<void> read(ports::work_ref work, std::uint64_t schema_generation);
    std::size_t size() const noexcept { return seats_.size(); }

private:
    // a cache line each, because threads take and leave them all the time
    struct alignas(64) seat {
        std::unique_ptr<connection> on;
        std::atomic<bool> taken{false};
        std::uint64_t schema_generation = 0;
    };
    class lease;

    seat* try_take() noexcept;
    seat& take();
    void leave(seat& left) noexcept;

    std::vector<seat> seats_;
    std::mutex mutex_;
    std::condition_variable left_;
    std::atomic<int> waiting_{0};
};

}  // namespace mb::sqlite
