#include "tests/fakes/outage_store.hpp"

#include <utility>

namespace mb::fakes {
namespace {

constexpr int attempts_max = 3;

/// Runs the work for real and rolls it back: an error of its own wins over the one that was asked for.
outcome<void> run_in_vain(ports::store& behind, ports::work_ref work, errc code)
{
    return behind.transact([&](ports::transaction& tx) -> outcome<void> {
        MB_CHECK(work(tx));
        return error{code, "outage_store.commit", ""};
    });
}

}  // namespace

void outage_store::fail_next(stage when, errc code)
{
    std::scoped_lock const lock(mutex_);
    next_ = failure{when, code};
}

void outage_store::fail_next_read(errc code)
{
    std::scoped_lock const lock(mutex_);
    next_read_ = code;
}

void outage_store::conflict_next(int times)
{
    std::scoped_lock const lock(mutex_);
    conflicts_ = times;
}

outcome<void> outage_store::transact(ports::work_ref work)
{
    std::unique_lock lock(mutex_);
    auto const failing = std::exchange(next_, std::nullopt);
    auto const conflicts = std::exchange(conflicts_, 0);
    lock.unlock();

    if (failing && failing->when == stage::begin) return error{failing->code, "outage_store.begin", ""};
    for (int attempt = 1; attempt <= conflicts; ++attempt) {
        auto const lost = run_in_vain(behind_, work, errc::conflict);
        if (lost.error().code != errc::conflict || attempt == attempts_max) return lost;
    }
    if (failing && failing->when == stage::commit) return run_in_vain(behind_, work, failing->code);
    MB_CHECK(behind_.transact(work));
    if (failing) return error{failing->code, "outage_store.answer", ""};
    return {};
}

outcome<void> outage_store::read(ports::work_ref work)
{
    std::unique_lock lock(mutex_);
    auto const failing = std::exchange(next_read_, std::nullopt);
    lock.unlock();
    if (failing) return error{*failing, "outage_store.read", ""};
    return behind_.read(work);
}

}  // namespace mb::fakes
