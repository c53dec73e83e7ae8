#pragma once

#include "adapters/http/credential.hpp"
#include "adapters/http/edge/service.hpp"
#include "adapters/http/http_settings.hpp"
#include "adapters/http/route.hpp"
#include "adapters/http/service_state.hpp"
#include "adapters/http/use_cases.hpp"
#include "adapters/runtime/lane.hpp"
#include "adapters/runtime/overload_guard.hpp"
#include "core/domain/audit/event.hpp"

#include <memory>
#include <optional>
#include <string>

namespace mb::http {

class exchange;

/// What stands behind the edge: finds the route, judges who may pass, and runs the handler on its lane.
class application final : public service {
public:
    application(use_cases const& cases, http_settings settings);
    ~application() override;

    admission admit(request_head const& head) override;
    void serve(request&& whole, std::unique_ptr<responder> reply) override;
    response refuse(problem why, request_head const* head) override;
    std::string const& common_fields() const noexcept override { return common_fields_; }

    /// From now on /ready answers 503, so that a balancer looks elsewhere.
    void begin_drain() noexcept { state_.begin_drain(); }
    /// Waits for the work that is on its lanes. Idempotent.
    void stop();
    /// Answers those who have waited too long for a lane whose threads are all busy. To be called a few times a second.
    void expire_waiting();
    /// The lanes and the guard.
    void write_metrics(exposition& into) const;

private:
    struct errand;

    void run(std::shared_ptr<errand> const& task, bool late);
    std::optional<response> handle(errand& task);
    response deny(errand& task);
    std::optional<response> refuse_at_gate(errand& task);
    std::optional<response> authenticate(exchange& asked);
    std::optional<response> find_caller(exchange& asked, credential const& shown) const;
    /// Both in one read, where the caller may read it.
    std::optional<response> find_caller_and_record(exchange& asked, credential const& shown) const;
    std::optional<response> limit_address(exchange& asked);
    std::optional<response> limit_rate(exchange& asked, std::string_view key);
    response preflight(request_head const& head, route_match const& match) const;
    void finish(std::shared_ptr<errand> const& task, response&& made);
    void add_cors(request_head const& head, response& made) const;
    runtime::failure_log failure_log() const;
    runtime::lane* lane_of(lane_kind where) noexcept;
    audit::correlation_id correlation_of(request_head const& head) const;
    bool is_allowed_origin(std::string_view origin) const noexcept;

    use_cases const& cases_;
    http_settings const settings_;
    std::string const common_fields_;
    service_state state_;
    runtime::overload_guard guard_;
    runtime::lane reads_;
    runtime::lane writes_;
    runtime::lane hashes_;
};

}  // namespace mb::http
