#include "adapters/postgres/pool.hpp"

#include <algorithm>
#include <random>
#include <utility>

namespace mb::postgres {
namespace {

using namespace std::chrono_literals;

constexpr auto pause_first = 50ms;
constexpr auto pause_max = 2'000ms;
constexpr auto trusted_for = 1s;  ///< what was idle for longer is looked at before it is used

/// Between half of a pause and all of it.
std::chrono::milliseconds some_of(std::chrono::milliseconds pause)
{
    thread_local std::minstd_rand chance{std::random_device{}()};
    return std::chrono::milliseconds{std::uniform_int_distribution<std::int64_t>{pause.count() / 2, pause.count()}(chance)};
}

}  // namespace

outcome<pool::lease> pool::take()
{
    std::unique_lock lock(mutex_);
    auto const until = clock::now() + how_.connection_wait;
    for (;;) {
        if (auto free = take_idle()) return lease{*this, std::move(free)};
        if (size_ < how_.connections) break;
        ++waiting_;
        auto const waited = left_.wait_until(lock, until);
        --waiting_;
        if (waited == std::cv_status::timeout && idle_.empty() && size_ >= how_.connections)
            return error{errc::busy, "postgres.pool", "all connections are taken"};
    }
    if (clock::now() < retry_at_) return refusal_;
    ++size_;
    lock.unlock();
    return open_another();
}

/// One that is idle and not known to be dead; those that are go away.
std::unique_ptr<connection> pool::take_idle()
{
    while (!idle_.empty()) {
        auto last = std::move(idle_.back());
        idle_.pop_back();
        if (clock::now() - last.since < trusted_for || last.on->session().wire().is_alive()) return std::move(last.on);
        --size_;
    }
    return nullptr;
}

outcome<pool::lease> pool::open_another()
{
    auto opened = connection::open(how_, seals_, revision_);
    std::scoped_lock const lock(mutex_);
    if (opened) {
        pause_ = {};
        return lease{*this, *std::move(opened)};
    }
    --size_;
    pause_ = std::clamp<std::chrono::milliseconds>(pause_ * 2, pause_first, pause_max);
    retry_at_ = clock::now() + some_of(pause_);
    refusal_ = opened.error();
    left_.notify_one();
    return std::move(opened).error();
}

void pool::give_back(std::unique_ptr<connection> left) noexcept
{
    std::vector<idle_connection> dead;  // closed without the mutex
    {
        std::scoped_lock const lock(mutex_);
        if (left->session().lost()) {
            // what broke this one broke the others, most likely
            dead = std::exchange(idle_, {});
            size_ -= dead.size() + 1;
        } else {
            idle_.push_back({std::move(left), clock::now()});
        }
    }
    left_.notify_one();
}

std::size_t pool::size() const
{
    std::scoped_lock const lock(mutex_);
    return size_;
}

std::size_t pool::waiting() const
{
    std::scoped_lock const lock(mutex_);
    return waiting_;
}

}  // namespace mb::postgres
