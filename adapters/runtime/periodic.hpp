#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace mb::runtime {

/// Runs jobs again and again on one thread, by the steady clock: purge, outbox, expiry of lanes.
/// A job that throws is reported and runs again at its next turn. A slow job delays the others; missed turns are not made up for.
class periodic {
public:
    using steady = std::chrono::steady_clock;
    /// Asked between transactions whether to go on: a job that has much to do returns when a stop was requested.
    using work = std::function<void(std::stop_token)>;
    using failure_log = std::function<void(std::string_view job, std::string_view what)>;
    enum class job_id : std::size_t {};

    explicit periodic(failure_log on_failure) : on_failure_(std::move(on_failure)) {}
    ~periodic();
    periodic(periodic const&) = delete;
    periodic& operator=(periodic const&) = delete;

    /// Before start(). The first turn comes one interval after start().
    job_id add(std::string name, steady::duration interval, work what);
    void start();
    /// Gives the job its turn now: a mail was written, say. From any thread.
    void wake(job_id which);
    /// Asks the running job to stop and waits until it has returned. Idempotent; never from a job.
    void stop();

    std::uint64_t failed() const;

private:
    struct job {
        std::string name;
        steady::duration interval;
        work what;
        steady::time_point due{};
    };

    void serve(std::stop_token stop);

    failure_log const on_failure_;
    std::vector<job> jobs_;
    std::mutex mutable mutex_;
    std::condition_variable_any changed_;
    std::uint64_t failed_ = 0;
    std::jthread thread_;
};

}  // namespace mb::runtime
