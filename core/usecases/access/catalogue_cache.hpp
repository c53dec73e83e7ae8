#pragma once

#include "core/domain/base/outcome.hpp"
#include "core/usecases/access/catalogue.hpp"
#include "ports/clock.hpp"
#include "ports/pattern_compiler.hpp"
#include "ports/store.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>

namespace mb::usecases {

/// Keeps the newest catalogue that was seen: roles, signing keys and compiled entities. Callable from any thread.
/// Before the first load it is empty, at revision -1, so that the first at_least() loads.
class catalogue_cache final {
public:
    catalogue_cache(ports::store& store, ports::pattern_compiler const& patterns, ports::clock const& clock);

    /// What is known, without asking the store. Never null; one atomic load where this thread has seen it before.
    std::shared_ptr<catalogue const> current() const;
    /// What is known if it is of this revision or a later one, else a fresh one. @error as store::read
    outcome<std::shared_ptr<catalogue const>> at_least(std::int64_t revision) const;
    /// Reads everything again. @error as store::read
    outcome<std::shared_ptr<catalogue const>> refresh() const;
    /// As refresh(), but where that was done less than a second ago answers what is known: for input that names an unknown key. @error as
    /// store::read
    outcome<std::shared_ptr<catalogue const>> look_again() const;
    /// How often the store was asked for all of it; every other question was answered from here.
    std::uint64_t loads() const noexcept { return generation_.load(std::memory_order_relaxed) - 1; }

private:
    outcome<std::shared_ptr<catalogue const>> load_holding_lock() const;

    ports::store& store_;
    ports::pattern_compiler const& patterns_;
    ports::clock const& clock_;
    std::uint64_t const serial_;  ///< tells caches apart in what a thread remembers
    mutable std::mutex loading_;  ///< one load at a time; never held while only reading
    mutable std::mutex publishing_;
    mutable std::atomic<std::uint64_t> generation_ = 1;  ///< of `latest_`
    mutable std::shared_ptr<catalogue const> latest_;
    mutable std::optional<duration> looked_again_;  ///< in ticks; under `loading_`
};

}  // namespace mb::usecases
