#pragma once

#include "core/domain/anomaly/finding.hpp"
#include "core/domain/base/outcome.hpp"
#include "ports/store.hpp"

#include <cstdint>

namespace mb::usecases {

enum class recorded : std::uint8_t {
    fresh,  ///< a row was added
    grown,  ///< there was one of that subject and window, with smaller numbers
    known   ///< there was one that says as much
};

/// Writes what was found, in a transaction that is under way: one row for each subject and window. Its event is the caller's to write.
outcome<recorded> record_finding(ports::transaction& tx, anomaly::finding const& seen);

/// What the event of a finding says of it.
audit::event_metadata metadata_of(anomaly::finding const& seen);

}  // namespace mb::usecases
