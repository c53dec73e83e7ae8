#pragma once

#include "core/domain/base/instant.hpp"
#include "core/usecases/operations/deliver_mail.hpp"
#include "core/usecases/operations/purge.hpp"
#include "core/usecases/operations/seal_audit.hpp"
#include "ports/audit_repositories.hpp"

#include <atomic>
#include <cstdint>
#include <mutex>

namespace mb::http {
class exposition;
}

namespace mb::composition {

/// What the jobs did, for /metrics. From any thread.
class job_counters {
public:
    enum class task : std::uint8_t { mail, purge, seal };

    /// @param started  counts as the last success of each task, so that one that never succeeds is as old as the process
    explicit job_counters(instant started) noexcept;
    static char const* name_of(task what) noexcept;

    void succeeded(task what, instant now) noexcept;
    void failed(task what) noexcept;
    void add(usecases::delivered const& done) noexcept;
    void add(usecases::purged const& done) noexcept;
    void add(usecases::sealed_audit const& done) noexcept;
    void set(ports::outbox_backlog const& seen) noexcept;

    void write(http::exposition& into, instant now) const;

private:
    struct turn {
        std::uint64_t runs = 0;
        std::uint64_t failures = 0;
        instant succeeded_at{};
    };

    mutable std::mutex mutex_;
    turn turns_[3];
    std::uint64_t sent_ = 0;
    std::uint64_t postponed_ = 0;
    std::uint64_t given_up_ = 0;
    struct {
        std::uint64_t email_tokens = 0, families = 0, lockouts = 0, signing_keys = 0, messages = 0;
    } purged_;
    std::uint64_t sealed_ = 0;
    std::uint64_t sealed_late_ = 0;
    ports::outbox_backlog backlog_;
};

}  // namespace mb::composition
