#pragma once

#include "adapters/runtime/job.hpp"
#include "ports/clock.hpp"

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace mb::runtime {

enum class posted : std::uint8_t { accepted, full };

struct lane_limits {
    std::size_t threads = 1;
    std::size_t queue_max = 200;                  ///< jobs waiting while every thread works
    duration wait_max = std::chrono::seconds{2};  ///< a job that waited longer is called with job_state::late
    int niceness = 0;                             ///< how far its threads let others go first, in long turns; 0: as who made the lane
};

struct lane_counts {
    std::size_t running = 0;
    std::size_t waiting = 0;
    std::uint64_t done = 0;     ///< called with job_state::run, failed ones included
    std::uint64_t refused = 0;  ///< found the lane full or stopped
    std::uint64_t late = 0;
    std::uint64_t failed = 0;  ///< threw
};

/// Called at the lane's edge with its name and what a job threw. MUST NOT throw.
using failure_log = std::function<void(std::string_view lane, std::string_view what)>;

/// A bounded queue in front of fixed threads, where requests do what may block (architecture.md section 3).
/// First in, first out. A job that throws ends neither its thread nor the process.
class lane {
public:
    /// @param name   shown in logs and by the system (its first 15 characters)
    /// @param clock  outlives the lane
    lane(std::string name, lane_limits limits, ports::clock const& clock, failure_log on_failure);
    /// Stops, as stop() does.
    ~lane();
    lane(lane const&) = delete;
    lane& operator=(lane const&) = delete;

    /// Hands `work` over, or leaves it untouched and says `full`: where `queue_max` jobs wait, and after stop(). Never waits for a job.
    posted post(job&& work);

    /// Tells the jobs that waited too long that they are late. The threads do so too, between jobs; call it now and then so that a lane whose
    /// threads are all stuck still answers. @return how many there were.
    std::size_t expire();

    /// Takes no more jobs, calls those that wait with job_state::stopping, and returns when the running ones have ended. Idempotent;
    /// never call it from a job of this lane.
    void stop();

    lane_counts counts() const;
    std::string const& name() const noexcept { return name_; }

private:
    struct waiting_job {
        job work;
        duration deadline{};  ///< in the clock's ticks
    };

    void serve();
    void call(job& work, job_state state) noexcept;
    waiting_job pop();

    std::string const name_;
    lane_limits const limits_;
    ports::clock const& clock_;
    failure_log const on_failure_;

    std::mutex mutable mutex_;
    std::condition_variable wake_;
    std::vector<waiting_job> ring_;  ///< queue_max places, and one for each thread that could take a job at once
    std::size_t first_ = 0;
    std::size_t size_ = 0;
    std::size_t idle_ = 0;   ///< threads that sleep
    std::size_t woken_ = 0;  ///< of these, those that were notified and have not run yet: never notified twice
    bool stopping_ = false;
    lane_counts counts_;
    std::mutex stop_mutex_;
    std::vector<std::thread> threads_;
};

}  // namespace mb::runtime
