#include "adapters/runtime/periodic.hpp"

#include "adapters/runtime/thread_name.hpp"
#include "core/domain/base/assert.hpp"

#include <algorithm>
#include <exception>

namespace mb::runtime {

periodic::~periodic() { stop(); }

periodic::job_id periodic::add(std::string name, steady::duration interval, work what)
{
    MB_ASSERT(!thread_.joinable());
    jobs_.push_back({std::move(name), interval, std::move(what)});
    return job_id{jobs_.size() - 1};
}

void periodic::start()
{
    if (jobs_.empty()) return;
    auto const now = steady::now();
    for (auto& each : jobs_) each.due = now + each.interval;
    thread_ = std::jthread([this](std::stop_token stop) { serve(stop); });
}

void periodic::wake(job_id which)
{
    {
        std::scoped_lock lock(mutex_);
        jobs_[static_cast<std::size_t>(which)].due = steady::time_point::min();
    }
    changed_.notify_one();
}

void periodic::stop()
{
    if (!thread_.joinable()) return;
    thread_.request_stop();
    thread_.join();
}

void periodic::serve(std::stop_token stop)
{
    name_thread("periodic");
    std::unique_lock lock(mutex_);
    while (!stop.stop_requested()) {
        auto& next = *std::min_element(jobs_.begin(), jobs_.end(), [](job const& a, job const& b) { return a.due < b.due; });
        if (auto const due = next.due; due > steady::now()) {
            auto const earlier = [due](job const& other) { return other.due < due; };
            changed_.wait_until(lock, stop, due, [&] { return std::any_of(jobs_.begin(), jobs_.end(), earlier); });
            continue;
        }
        // set before the run: a wake() during it gives one more turn
        next.due = steady::now() + next.interval;
        lock.unlock();
        std::string thrown;
        try {
            next.what(stop);
        } catch (std::exception const& error) {
            thrown = error.what();
            if (thrown.empty()) thrown = "an exception without words";
        } catch (...) {
            thrown = "something that is no std::exception";
        }
        if (!thrown.empty() && on_failure_) on_failure_(next.name, thrown);
        lock.lock();
        if (!thrown.empty()) ++failed_;
    }
}

std::uint64_t periodic::failed() const
{
    std::scoped_lock lock(mutex_);
    return failed_;
}

}  // namespace mb::runtime
