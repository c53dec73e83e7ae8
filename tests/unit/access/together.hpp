#pragma once

#include <barrier>
#include <thread>
#include <vector>

namespace mb::testing {

/// Runs `act(i)` for 0 … count - 1 at the same time, and returns when all have ended.
template <class Act>
void together(int count, Act act)
{
    std::barrier start(count);
    std::vector<std::jthread> threads;
    for (int i = 0; i < count; ++i)
        threads.emplace_back([&, i] {
            start.arrive_and_wait();
            act(i);
        });
}

}  // namespace mb::testing
