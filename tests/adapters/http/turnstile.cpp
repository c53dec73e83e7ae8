#include "tests/adapters/http/turnstile.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <utility>

namespace mb::http::testing {
namespace {

constexpr std::chrono::minutes standing_patience{1};  // only a defect takes as long

}  // namespace

void turnstile::close()
{
    std::scoped_lock const lock(mutex_);
    closed_ = true;
}

void turnstile::open()
{
    {
        std::scoped_lock const lock(mutex_);
        closed_ = false;
    }
    changed_.notify_all();
}

void turnstile::pass()
{
    std::unique_lock lock(mutex_);
    ++standing_;
    changed_.notify_all();
    changed_.wait(lock, [&] { return !closed_; });
    --standing_;
    auto const happens = std::exchange(interruption_, nullptr);
    lock.unlock();
    if (happens) happens();
}

void turnstile::wait_for(int standing)
{
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, standing_patience, [&] { return standing_ >= standing; })) FAIL("nobody stands there");
}

void turnstile::interrupt(std::function<void()> with)
{
    std::scoped_lock const lock(mutex_);
    interruption_ = std::move(with);
}

}  // namespace mb::http::testing
