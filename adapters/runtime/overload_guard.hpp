#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace mb::runtime {

/// Counts the requests inside the server: HTTP_MAX_CONCURRENT in work and HTTP_BACKPRESSURE_QUEUE waiting (seed 003).
/// Past their sum a request is refused at once; which of those inside work and which wait is decided by the lanes.
class overload_guard {
public:
    overload_guard(std::size_t concurrent_max, std::size_t queue_max) noexcept : inside_max_(concurrent_max + queue_max) {}

    /// Each success is owed one leave().
    [[nodiscard]] bool try_enter() noexcept
    {
        auto inside = inside_.load(std::memory_order_relaxed);
        do {
            if (inside >= inside_max_) {
                refused_.fetch_add(1, std::memory_order_relaxed);
                return false;
            }
        } while (!inside_.compare_exchange_weak(inside, inside + 1, std::memory_order_acquire, std::memory_order_relaxed));
        return true;
    }
    void leave() noexcept { inside_.fetch_sub(1, std::memory_order_release); }

    std::size_t inside() const noexcept { return inside_.load(std::memory_order_relaxed); }
    std::uint64_t refused() const noexcept { return refused_.load(std::memory_order_relaxed); }

private:
    std::size_t const inside_max_;
    std::atomic<std::size_t> inside_{0};
    std::atomic<std::uint64_t> refused_{0};
};

}  // namespace mb::runtime
