#include "adapters/runtime/lane.hpp"

#include "adapters/runtime/thread_name.hpp"
#include "core/domain/base/assert.hpp"

#include <exception>

namespace mb::runtime {

lane::lane(std::string name, lane_limits limits, ports::clock const& clock, failure_log on_failure)
    : name_(std::move(name)),
      limits_(limits),
      clock_(clock),
      on_failure_(std::move(on_failure)),
      ring_(limits.queue_max + limits.threads)
{
    MB_ASSERT(limits_.threads > 0);
    threads_.reserve(limits_.threads);
    for (std::size_t i = 0; i < limits_.threads; ++i) threads_.emplace_back([this] { serve(); });
}

lane::~lane() { stop(); }

posted lane::post(job&& work)
{
    bool notify = false;
    {
        std::scoped_lock lock(mutex_);
        // a thread that sleeps takes a job at once: such a job does not wait
        if (stopping_ || size_ >= limits_.queue_max + idle_) {
            ++counts_.refused;
            return posted::full;
        }
        ring_[(first_ + size_) % ring_.size()] = {std::move(work), clock_.ticks() + limits_.wait_max};
        ++size_;
        if (idle_ > woken_) {
            ++woken_;
            notify = true;
        }
    }
    if (notify) wake_.notify_one();
    return posted::accepted;
}

lane::waiting_job lane::pop()
{
    auto taken = std::move(ring_[first_]);
    first_ = (first_ + 1) % ring_.size();
    --size_;
    return taken;
}

void lane::serve()
{
    name_thread(name_);
    if (limits_.niceness != 0) yield_to_others(limits_.niceness);
    std::unique_lock lock(mutex_);
    for (;;) {
        while (size_ > 0) {
            auto taken = pop();
            auto const state = stopping_ ? job_state::stopping : clock_.ticks() >= taken.deadline ? job_state::late : job_state::run;
            if (state == job_state::late) ++counts_.late;
            ++counts_.running;
            lock.unlock();
            call(taken.work, state);
            taken.work = {};  // what the job holds is let go before it counts as done, and outside the lock
            lock.lock();
            --counts_.running;
            if (state == job_state::run) ++counts_.done;
        }
        if (stopping_) return;
        ++idle_;
        wake_.wait(lock, [this] { return woken_ > 0 || stopping_; });
        if (woken_ > 0) --woken_;
        --idle_;
    }
}

void lane::call(job& work, job_state state) noexcept
{
    auto const failed = [this](std::string_view what) {
        {
            std::scoped_lock lock(mutex_);
            ++counts_.failed;
        }
        if (on_failure_) on_failure_(name_, what);
    };
    try {
        work(state);
    } catch (std::exception const& thrown) {
        failed(thrown.what());
    } catch (...) {
        failed("something that is no std::exception");
    }
}

std::size_t lane::expire()
{
    auto const now = clock_.ticks();
    std::vector<waiting_job> late;
    {
        std::scoped_lock lock(mutex_);
        // the wait is the same for all, so the oldest job is the first to be late
        while (size_ > 0 && now >= ring_[first_].deadline) late.push_back(pop());
        counts_.late += late.size();
    }
    for (auto& each : late) call(each.work, job_state::late);
    return late.size();
}

void lane::stop()
{
    std::scoped_lock once(stop_mutex_);
    {
        std::scoped_lock lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_all();
    for (auto& thread : threads_) thread.join();
    threads_.clear();
}

lane_counts lane::counts() const
{
    std::scoped_lock lock(mutex_);
    auto seen = counts_;
    seen.waiting = size_;
    return seen;
}

}  // namespace mb::runtime
