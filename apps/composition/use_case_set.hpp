#pragma once

#include "adapters/http/use_cases.hpp"
#include "apps/composition/policies.hpp"
#include "ports/clock.hpp"
#include "ports/country_lookup.hpp"
#include "ports/cryptography.hpp"
#include "ports/pattern_compiler.hpp"
#include "ports/randomness.hpp"
#include "ports/rate_limits.hpp"
#include "ports/store.hpp"

#include <functional>
#include <memory>
#include <vector>

namespace mb::log {
class logger;
}
namespace mb::usecases {
class access_cache;
class anomaly_watch;
class catalogue_cache;
class recent_uses;
class stray_requests;
}  // namespace mb::usecases

namespace mb::composition {

/// What the use cases work with: ports, and what requests share in memory. All of it outlives them.
struct use_case_context {
    ports::store& store;
    ports::store& lists;  ///< the same; what is read may be some moments old
    ports::clock const& clock;
    ports::randomness const& random;
    ports::password_hasher const& hasher;
    ports::password_judge const& judge;
    ports::digester const& digests;
    ports::token_codec const& codec;
    ports::pattern_compiler const& patterns;
    ports::rate_limits& limits;
    ports::country_lookup const& countries;
    usecases::catalogue_cache& catalogues;
    usecases::access_cache const* accesses;  ///< null where each request asks the database who it comes from
    usecases::recent_uses& recent_uses;
    usecases::stray_requests& strays;
    usecases::anomaly_watch& watch;
    log::logger& log;
};

/// Every use case, with what it needs.
class use_case_set {
public:
    use_case_set(use_case_context const& with, policies const& rules);
    ~use_case_set();

    /// What http::application calls. It is of no use without this set.
    /// @param dependencies, more_metrics  as in http::use_cases
    http::use_cases for_http(std::function<std::vector<http::dependency_state>()> dependencies,
                             std::function<void(http::exposition& into)> more_metrics) const;

private:
    struct parts;
    std::unique_ptr<parts> parts_;
};

}  // namespace mb::composition
