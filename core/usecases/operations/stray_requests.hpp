#pragma once

#include "core/domain/audit/event.hpp"
#include "core/domain/base/outcome.hpp"
#include "ports/clock.hpp"
#include "ports/randomness.hpp"
#include "ports/store.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <utility>

namespace mb::usecases {

enum class stray_kind : std::uint8_t { path_unknown, injection };

/// Counts requests that nobody with the contract in hand makes, by address, and writes one row of the audit log for each address and kind from time
/// to time: so that a flood of them costs no flood of writes. Callable from any thread.
class stray_requests final {
public:
    static constexpr std::size_t addresses_max = 1'000;  ///< in memory; those that come later are counted together
    static constexpr std::size_t rows_max = 50;          ///< at once; the rest together

    void note(stray_kind what, identity::ip_hash const& from);
    /// Writes what was counted, and forgets it. What can't be written is counted on.
    /// @return rows written. @error as store::transact
    outcome<std::size_t> flush(ports::store& store, ports::clock const& clock, ports::randomness const& random);

private:
    using counted = std::map<std::pair<stray_kind, std::string>, std::size_t>;

    std::mutex mutex_;
    counted counts_;
};

}  // namespace mb::usecases
