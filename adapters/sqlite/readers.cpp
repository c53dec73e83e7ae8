#include "adapters/sqlite/readers.hpp"

#include <utility>

namespace mb::sqlite {
namespace {

/// A number of the calling thread's own, to spread threads over the seats.
std::size_t thread_number() noexcept
{
    static std::atomic<std::size_t> next{0};
    thread_local std::size_t const mine = next.fetch_add(1, std::memory_order_relaxed);
    return mine;
}

}  // namespace

class readers::lease {
public:
    lease(readers& from, seat& taken) noexcept : from_(from), taken_(taken) {}
    ~lease() { from_.leave(taken_); }
    lease(lease const&) = delete;
    lease& operator=(lease const&) = delete;

private:
    readers& from_;
    seat& taken_;
};

readers::readers(std::vector<std::unique_ptr<connection>> connections) : seats_(connections.size())
{
    for (std::size_t i = 0; i < connections.size(); ++i) seats_[i].on = std::move(connections[i]);
}

outcome<void> readers::read(ports::work_ref work, std::uint64_t schema_generation)
{
    auto& seat = take();
    lease const held{*this, seat};
    if (std::exchange(seat.schema_generation, schema_generation) != schema_generation) seat.on->session().forget_texts();
    return seat.on->read(work);
}

readers::seat* readers::try_take() noexcept
{
    auto const first = thread_number();
    for (std::size_t i = 0; i < seats_.size(); ++i) {
        auto& each = seats_[(first + i) % seats_.size()];
        if (!each.taken.load(std::memory_order_relaxed) && !each.taken.exchange(true)) return &each;
    }
    return nullptr;
}

// Who waits raises `waiting_` before it looks once more, and who leaves looks at `waiting_` after it left: one of them sees the other.
readers::seat& readers::take()
{
    if (auto* free = try_take()) return *free;
    std::unique_lock lock(mutex_);
    waiting_.fetch_add(1);
    seat* free = nullptr;
    while ((free = try_take()) == nullptr) left_.wait(lock);
    waiting_.fetch_sub(1);
    return *free;
}

void readers::leave(seat& left) noexcept
{
    left.taken.store(false);
    if (waiting_.load() == 0) return;
    std::scoped_lock const lock(mutex_);
    left_.notify_one();
}

}  // namespace mb::sqlite
