#pragma once

#include "adapters/http/metrics.hpp"
#include "adapters/http/use_cases.hpp"

#include <atomic>
#include <mutex>
#include <vector>

namespace mb::http {

/// What the process says about itself.
class service_state {
public:
    explicit service_state(use_cases const& cases) noexcept : cases_(cases) {}

    void begin_drain() noexcept { draining_ = true; }
    bool draining() const noexcept { return draining_; }
    request_metrics& metrics() noexcept { return metrics_; }
    request_metrics const& metrics() const noexcept { return metrics_; }

    /// Asked of the dependencies at most once a second: a public endpoint must not be a way to load the database.
    std::vector<dependency_state> dependencies();

private:
    use_cases const& cases_;
    std::atomic<bool> draining_{false};
    request_metrics metrics_;
    std::mutex mutex_;
    duration asked_at_ = duration::min();
    std::vector<dependency_state> known_;
};

}  // namespace mb::http
