#pragma once

#include "adapters/sqlite/connection.hpp"
#include "adapters/sqlite/options.hpp"
#include "core/domain/base/function_ref.hpp"

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace mb::sqlite {

/// The one thread that writes. Works that arrive while it commits wait, and share the next commit: the price of a durable commit is
/// paid once for all of them. Each runs inside a savepoint of its own, so a work that fails undoes nothing but itself.
class writer {
public:
    using work = function_ref<outcome<void>(connection&)>;

    /// Works that share one commit, at most: bounds how long the first of them waits for the last.
    static constexpr std::size_t batch_max = 256;

    /// @param how  to open the connection anew where the old one can no longer be trusted.
    writer(std::unique_ptr<connection> on, options how, ports::sealer const& seals);
    ~writer();
    writer(writer const&) = delete;
    writer& operator=(writer const&) = delete;

    /// Blocks until the work is committed or undone. What the work throws is thrown here.
    outcome<void> run(work what);

    /// Grows with each commit that altered a table.
    std::uint64_t schema_generation() const noexcept { return schema_generation_.load(std::memory_order_acquire); }
    /// Runs `what` between two batches, on the writer's own connection and outside a transaction: how ":memory:" is read.
    outcome<void> between(work what);

    commit_counts counted() const;

private:
    /// Where a caller waits. Owned by the writer and used again, so that waking it never touches a stack that is gone.
    struct call {
        work const* what = nullptr;
        outcome<void> result;
        std::exception_ptr thrown;
        std::atomic<int> done{0};
    };

    void serve();
    bool take(std::vector<call*>& batch);
    void commit(std::vector<call*> const& batch);
    outcome<void> ready();
    void attempt(call& each, bool alone);
    outcome<void> settle(std::vector<call*> const& batch);
    static void finish(std::vector<call*> const& batch) noexcept;

    options how_;
    ports::sealer const& seals_;
    std::mutex connection_mutex_;  ///< held for the length of a batch
    std::unique_ptr<connection> connection_;
    bool poisoned_ = false;  ///< the last fault may have left the handle in a state that SQLite does not vouch for

    mutable std::mutex queue_mutex_;
    std::condition_variable arrived_;
    std::vector<call*> queue_;
    std::deque<call> calls_;
    std::vector<call*> free_;
    bool idle_ = false;
    bool stopping_ = false;

    std::atomic<std::uint64_t> schema_generation_{0};
    std::atomic<std::uint64_t> works_{0};
    std::atomic<std::uint64_t> commits_{0};
    std::thread thread_;
};

}  // namespace mb::sqlite
