#pragma once

#include "adapters/config/settings.hpp"
#include "adapters/http/edge/server.hpp"
#include "apps/composition/job_counters.hpp"
#include "apps/composition/services.hpp"
#include "core/domain/base/outcome.hpp"
#include "ports/country_lookup.hpp"

#include <cstdint>
#include <memory>

namespace mb::composition {

/// The use cases, the application and the edge, over services and countries that outlive them.
class http_stack {
public:
    /// Listens, and answers nobody before start(). @param tls  null: plain text; @param jobs  shown by /metrics. @error as http::server::listen
    static outcome<std::unique_ptr<http_stack>> make(config::settings const& settings, services& with, log::logger& log, job_counters const& jobs,
                                                     ports::country_lookup const& countries, std::shared_ptr<http::tls_context const> tls);
    ~http_stack();

    outcome<void> start();
    std::uint16_t port() const noexcept;
    /// Shows this certificate in the handshakes from now on.
    void renew(std::shared_ptr<http::tls_context const> tls);
    /// Answers those who wait too long for a busy lane; a few times a second.
    void expire_waiting();
    /// /ready says no, the listener closes, begun requests finish. @return the requests that were cut at the deadline
    std::size_t drain(duration deadline);

private:
    struct parts;
    explicit http_stack(std::unique_ptr<parts> made);
    std::unique_ptr<parts> parts_;
};

}  // namespace mb::composition
