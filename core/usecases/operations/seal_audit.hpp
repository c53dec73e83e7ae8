#pragma once

#include "core/domain/audit/seal.hpp"
#include "core/domain/base/outcome.hpp"
#include "ports/clock.hpp"
#include "ports/cryptography.hpp"
#include "ports/randomness.hpp"
#include "ports/store.hpp"

#include <chrono>
#include <cstddef>

namespace mb::usecases {

struct sealing_policy {
    std::size_t batch = 1000;      ///< rows of one seal
    std::size_t batches_max = 50;  ///< in one run; what is left waits for the next
    /// Rows are sealed once they are so old: a transaction takes its time before it begins, and is seen when it ends.
    duration settled = std::chrono::seconds{20};
    /// Rows that appear so long before the last seal's end came late, and go into the next seal. What appears further back was put there.
    duration late = std::chrono::seconds{60};
};

struct sealed_audit {
    std::size_t rows = 0;
    std::size_t late = 0;  ///< of them
    std::size_t seals = 0;
};

/// Seals what has been added to the audit log. A job; where two servers run it at once one of them finds that the other was first, and stops.
class seal_audit final {
public:
    seal_audit(ports::store& store, ports::clock const& clock, ports::randomness const& random, ports::digester const& digests,
               sealing_policy const& policy)
        : store_(store),
          clock_(clock),
          random_(random),
          digests_(digests),
          policy_(policy)
    {
    }

    outcome<sealed_audit> operator()() const;

private:
    ports::store& store_;
    ports::clock const& clock_;
    ports::randomness const& random_;
    ports::digester const& digests_;
    sealing_policy policy_;
};

}  // namespace mb::usecases
