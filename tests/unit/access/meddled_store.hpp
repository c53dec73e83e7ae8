#pragma once

#include "ports/store.hpp"

#include <functional>
#include <utility>

namespace mb::testing {

/// A store behind whose back something happens, once, right before the next transaction begins.
class meddled_store final : public ports::store {
public:
    explicit meddled_store(ports::store& behind) noexcept : behind_(behind) {}

    std::function<void()> meanwhile;

    outcome<void> transact(ports::work_ref work) override
    {
        if (auto const act = std::exchange(meanwhile, {})) act();
        return behind_.transact(work);
    }
    outcome<void> read(ports::work_ref work) override { return behind_.read(work); }

private:
    ports::store& behind_;
};

}  // namespace mb::testing
