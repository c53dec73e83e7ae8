#pragma once

#include "adapters/http/edge/service.hpp"
#include "adapters/http/http_settings.hpp"
#include "adapters/http/route.hpp"
#include "adapters/http/service_state.hpp"
#include "adapters/http/texts.hpp"
#include "adapters/http/use_cases.hpp"
#include "core/domain/audit/event.hpp"
#include "core/domain/base/answer.hpp"
#include "core/domain/base/outcome.hpp"
#include "core/domain/limits/rate.hpp"
#include "core/usecases/access/caller.hpp"
#include "core/usecases/entities/results.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace mb::http {

/// One request on its way through the application, and what every handler needs to answer it.
class exchange {
public:
    exchange(request&& whole, route_match&& match, audit::correlation_id correlation, use_cases const& cases, http_settings const& settings,
             service_state& state);

    request const& asked() const noexcept { return whole_; }
    route const& matched() const noexcept { return *match_.found; }
    bool seed000_alias() const noexcept { return match_.seed000_alias; }
    std::string_view param(std::size_t at) const noexcept { return match_.params[at]; }
    use_cases const& cases() const noexcept { return cases_; }
    http_settings const& settings() const noexcept { return settings_; }
    service_state& state() const noexcept { return state_; }
    language tongue() const noexcept { return tongue_; }
    audit::correlation_id correlation() const noexcept { return correlation_; }

    /// Where an audit event of this request comes from. The address is hashed at the first call.
    audit::origin const& origin();

    /// Set once the caller is authenticated; asking before is a defect.
    usecases::caller const& caller() const;
    usecases::caller const* caller_if_known() const noexcept { return caller_ ? &*caller_ : nullptr; }
    void authenticate(usecases::caller known) { caller_.emplace(std::move(known)); }
    /// A step-up token that goes with the caller's session.
    void prove(tokens::proof_claims shown) { caller_->proof.emplace(std::move(shown)); }

    /// What was read together with the caller, to be taken by the handler. Nothing: the handler reads it.
    std::optional<answer<usecases::stored_record>> take_record() noexcept { return std::exchange(record_, std::nullopt); }
    bool has_record() const noexcept { return record_.has_value(); }
    void keep_record(std::optional<answer<usecases::stored_record>> found) { record_ = std::move(found); }
    /// What the RateLimit fields of the answer say: of several limits the one that is nearest.
    struct limit_seen {
        std::string_view policy;
        limits::rate allowed;
        limits::rate_decision decided;
    };
    void keep_limit(limit_seen const& seen) noexcept
    {
        if (!limit_ || seen.decided.answer == limits::verdict::refused || seen.decided.remaining < limit_->decided.remaining) limit_ = seen;
    }
    std::optional<limit_seen> const& limit() const noexcept { return limit_; }

    /// The decoded query; refused by the application before the handler where it can't be decoded or a name is unknown.
    std::vector<std::pair<std::string, std::string>> const& query() const noexcept { return query_; }
    void set_query(std::vector<std::pair<std::string, std::string>> decoded) { query_ = std::move(decoded); }
    std::optional<std::string_view> query(std::string_view name) const noexcept;

    /// Refusals in the form that the path promises: S004's, or S000's on its aliases (contract.md section 1).
    response refuse(problem why) const { return refuse(denial{why}); }
    response refuse(denial const& why) const;
    response refuse(violations const& broken, problem why = problem::validation_failed) const;
    /// What was denied last.
    std::optional<problem> refused_with() const noexcept { return refused_with_; }
    /// The world failed: 500 or 503, and a line in the log that only the operator sees.
    response fail(error const& failure) const;

    template <class T, class Grant>
    response reply(outcome<answer<T>> const& said, Grant&& granted) const
    {
        if (!said) return fail(said.error());
        if (auto const* value = said->granted()) return granted(*value);
        if (auto const* no = said->denied()) return refuse(*no);
        return refuse(*said->broken());
    }

private:
    request whole_;
    route_match match_;
    audit::correlation_id correlation_;
    use_cases const& cases_;
    http_settings const& settings_;
    service_state& state_;
    language tongue_;
    std::optional<usecases::caller> caller_;
    std::optional<answer<usecases::stored_record>> record_;
    std::optional<limit_seen> limit_;
    std::optional<audit::origin> origin_;
    std::string user_agent_;
    std::vector<std::pair<std::string, std::string>> query_;
    mutable std::optional<problem> refused_with_;
};

/// The body of a refusal. Shared with refusals that have no exchange (the gate's).
std::string write_refusal(problem why, violations const& broken, audit::correlation_id correlation, instant now, language tongue, bool seed000_alias);

/// A JSON answer with the route's own success status.
response json_answer(int status, std::string body);
/// 204, or whatever success of the route has no body.
response no_content(exchange const& asked);

}  // namespace mb::http
