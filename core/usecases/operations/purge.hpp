#pragma once

#include "core/domain/base/outcome.hpp"
#include "ports/clock.hpp"
#include "ports/store.hpp"

#include <chrono>
#include <cstddef>

namespace mb::usecases {

struct purge_policy {
    std::size_t batch = 500;       ///< rows of one transaction
    std::size_t batches_max = 20;  ///< of each kind in one run; what is left waits for the next
    /// How long an ended family is kept, so that reuse is still caught (data-model.md, Retention).
    duration family_memory = std::chrono::days{7};
    /// How long events, login attempts and anomalies say whom they are about.
    duration audit_memory = std::chrono::days{90};
};

struct purged {
    std::size_t email_tokens = 0;
    std::size_t families = 0;
    std::size_t sessions = 0;
    std::size_t lockouts = 0;
    std::size_t signing_keys = 0;
    std::size_t messages = 0;
    std::size_t events = 0;  ///< anonymised, as the attempts
    std::size_t attempts = 0;
    std::size_t anomalies = 0;
};

/// Removes what has ended, and anonymises what has to be kept (data-model.md, Retention). A job: each batch is a transaction of its own, so that
/// requests get their turn.
class purge final {
public:
    purge(ports::store& store, ports::clock const& clock, purge_policy const& policy) : store_(store), clock_(clock), policy_(policy) {}

    outcome<purged> operator()() const;

private:
    ports::store& store_;
    ports::clock const& clock_;
    purge_policy policy_;
};

}  // namespace mb::usecases
