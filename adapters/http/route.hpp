#pragma once

#include "adapters/http/edge/service.hpp"
#include "core/domain/access/scope.hpp"
#include "core/domain/audit/event.hpp"
#include "core/domain/base/problem.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mb::http {

class exchange;

/// Who may call a route, and with what: the cookies and `basic` are for the rows that name them, the others take the Authorization field.
/// `permission`: authenticated, and the use case decides by the entity.
enum class audience : std::uint8_t { everyone, refresh_cookie, session_cookie, basic, authenticated, permission, admin };
std::string_view name_of(audience who) noexcept;

/// Where the work of a route runs.
enum class lane_kind : std::uint8_t {
    here,   ///< on the I/O thread: nothing that could block
    point,  ///< a few indexed reads: on the I/O thread where the storage is in this process (SQLite), else as `read`
    read,   ///< reads whose cost depends on the data
    write,  ///< waits for a commit
    hash    ///< a password hash, and the commits around it
};

/// How much of the rate limit one call costs.
enum class rate_class : std::uint8_t { none, normal, credentials };

/// The content of a request or an answer, for checking and for OpenAPI. Names a schema of components/schemas.
enum class schema : std::uint8_t {
    nothing,
    registration,
    email_only,
    credentials,
    profile_change,
    password_reset,
    password_change,
    new_api_key,
    user_change,
    entity,
    field,
    record,
    message,
    tokens,
    user,
    user_page,
    session_page,
    revoked_count,
    signing_key,
    signing_key_list,
    made_api_key,
    api_key,
    api_key_page,
    own_data,
    new_role,
    role_change,
    role,
    role_page,
    factor_code,
    factor_verification,
    step_up_proof,
    login_answer,
    session_login_answer,
    second_step_answer,
    factor_offer,
    recovery_codes,
    recovery_count,
    step_up_token,
    event_page,
    event_file,
    attempt_page,
    report_list,
    report,
    anomaly_page,
    anomaly,
    review,
    entity_page,
    record_page,
    json_schema,
    health,
    readiness,
    text,
    anything
};

/// Whether a row wants to see again who asks: a step-up token in X-Step-Up-Token, or what counts as one (tokens::decide_freshness).
enum class fresh_proof : std::uint8_t {
    none,
    of_factor,  ///< of callers in a session whose account has a second factor; the edge asks for it
    wanted      ///< of everybody; the use case asks for it
};
std::string_view name_of(fresh_proof what) noexcept;

using handler = response (*)(exchange&);

/// One row of the contract. Everything that is true of an endpoint stands here once: dispatch, 405, access, limits, OpenAPI and the generated tests
/// come from it.
struct route {
    verb method;
    std::string_view path;  ///< with {names} for the segments that vary
    audience who;
    lane_kind lane;
    rate_class rate;
    schema body;
    schema reply;
    int success;  ///< HTTP status of the granted answer
    std::size_t body_bytes_max;
    handler handle;
    std::string_view summary;
    std::string_view query;  ///< names of the query parameters it knows, separated by spaces; "*": the handler checks
    /// What the scopes of an API key must hold, beside what its owner may; `none`: no key gets in.
    access::power key = access::power::none;
    /// What it is called in the audit log where somebody is refused who may not.
    audit::event_type refused_as = audit::event_type::permission_denied;
    fresh_proof proof = fresh_proof::none;
};

std::span<route const> routes() noexcept;

/// What a path leads to. `params` are the segments that {names} matched, in order.
struct route_match {
    route const* found = nullptr;  ///< null: no such path, or none with this method
    bool path_known = false;       ///< some method has it: 405
    std::string allow;             ///< for 405 and OPTIONS; made only where `found` is null
    bool seed000_alias = false;    ///< reached by an unversioned path of seed 000 (decisions.md #1)
    std::vector<std::string_view> params;
};

/// HEAD finds what GET finds. /api/auth, /api/metadata and /api/entities are the same routes as below /api/v1.
route_match find_route(request_head const& head);

}  // namespace mb::http
