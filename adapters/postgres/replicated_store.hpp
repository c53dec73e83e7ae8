#pragma once

#include "ports/store.hpp"

namespace mb::postgres {

/// Reads from a replica, and from the first database where the replica is not there or its tables are not up to date; writes to the
/// first one. What is read may be some moments old: for lists, never for what decides whether somebody may do something.
class replicated_store final : public ports::store {
public:
    /// Both outlive it.
    replicated_store(ports::store& first, ports::store& replica) noexcept : first_(first), replica_(replica) {}

    outcome<void> transact(ports::work_ref work) override { return first_.transact(work); }
    /// `work` runs again on the first database where the replica fails.
    outcome<void> read(ports::work_ref work) override
    {
        auto read = replica_.read(work);
        return read ? read : first_.read(work);
    }

private:
    ports::store& first_;
    ports::store& replica_;
};

}  // namespace mb::postgres
