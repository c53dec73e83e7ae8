#pragma once

#include "ports/change_marks.hpp"
#include "ports/job_turns.hpp"
#include "ports/rate_limits.hpp"
#include "ports/replay_guard.hpp"
#include "ports/rolling_counters.hpp"

#include <memory>
#include <span>

namespace mb::contract {

/// One implementation of every port that replicas share short-lived memory through. What it gives lives no longer than it.
class shared_memory {
public:
    virtual ~shared_memory() = default;
    virtual char const* name() const = 0;
    /// Time goes by: at least as much as said, and for real where the clock is not ours.
    virtual void let_pass(duration time) = 0;
    virtual ports::rate_limits& limits() = 0;
    /// Believed for what is remembered for up to 100 ms.
    virtual ports::replay_guard& replays() = 0;
    virtual ports::job_turns& turns() = 0;
    virtual ports::change_marks& marks() = 0;
    virtual ports::rolling_counters& counters() = 0;
};

using make_shared_memory = std::unique_ptr<shared_memory> (*)();
/// Every one that is built in. To run the suite on one more, add it to shared_memories.cpp.
std::span<make_shared_memory const> shared_memories();

}  // namespace mb::contract

/// Runs what follows in a test case once for each shared memory, and names it where a claim fails.
#define MB_ON_EVERY_SHARED_MEMORY(variable)                                                                                            \
    auto const variable =                                                                                                              \
        mb::contract::shared_memories()[GENERATE(Catch::Generators::range(std::size_t{0}, mb::contract::shared_memories().size()))](); \
    INFO("in the shared memory: " << variable->name())
