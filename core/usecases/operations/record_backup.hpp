#pragma once

#include "core/domain/audit/event.hpp"
#include "core/domain/base/outcome.hpp"
#include "ports/clock.hpp"
#include "ports/randomness.hpp"
#include "ports/store.hpp"

#include <cstdint>
#include <string>

namespace mb::usecases {

/// A copy of everything that is stored. It names no place: that is for the operator to know.
struct backup_made {
    std::uint64_t bytes = 0;
    std::string sha256;  ///< hexadecimal, of the copy before it is encrypted
    bool encrypted = false;
};

/// Writes down that somebody took a copy of the database away: to be committed before the copy can be used.
class record_backup final {
public:
    record_backup(ports::store& store, ports::clock const& clock, ports::randomness const& random) : store_(store), clock_(clock), random_(random) {}

    outcome<void> operator()(backup_made const& copy, audit::origin const& from) const;

private:
    ports::store& store_;
    ports::clock const& clock_;
    ports::randomness const& random_;
};

}  // namespace mb::usecases
