#include "adapters/http/problem_status.hpp"

namespace mb::http {

int status_of(problem why) noexcept
{
    switch (why) {
        case problem::bad_request:
        case problem::invalid_json:
        case problem::invalid_parameter:
        case problem::unknown_parameter:
        case problem::invalid_cursor:
        case problem::offset_too_deep:
        case problem::link_invalid: return 400;
        case problem::not_authenticated:
        case problem::invalid_token:
        case problem::expired_token:
        case problem::invalid_credentials:
        case problem::concurrent_refresh:
        case problem::token_theft:
        case problem::invalid_code: return 401;
        case problem::email_not_verified:
        case problem::account_disabled:
        case problem::forbidden:
        case problem::origin_not_allowed:
        case problem::scope_missing:
        case problem::step_up_required:
        case problem::second_factor_required: return 403;
        case problem::not_found:
        case problem::entity_not_found:
        case problem::field_not_found:
        case problem::record_not_found:
        case problem::user_not_found:
        case problem::session_not_found:
        case problem::api_key_not_found:
        case problem::role_not_found:
        case problem::anomaly_not_found: return 404;
        case problem::method_not_allowed: return 405;
        case problem::request_timeout: return 408;
        case problem::username_taken:
        case problem::entity_exists:
        case problem::field_exists:
        case problem::duplicate_value:
        case problem::entity_not_empty:
        case problem::limit_reached:
        case problem::last_admin:
        case problem::unsafe_change:
        case problem::role_exists:
        case problem::role_built_in:
        case problem::role_in_use:
        case problem::conflict:
        case problem::second_factor_exists:
        case problem::second_factor_missing: return 409;
        case problem::precondition_failed: return 412;
        case problem::body_too_large: return 413;
        case problem::target_too_long: return 414;
        case problem::unsupported_media_type: return 415;
        case problem::expectation_failed: return 417;
        case problem::validation_failed: return 422;
        case problem::account_locked: return 423;
        case problem::precondition_required: return 428;
        case problem::too_many_requests: return 429;
        case problem::headers_too_large: return 431;
        case problem::internal_error: return 500;
        case problem::not_implemented: return 501;
        case problem::overloaded:
        case problem::storage_unavailable:
        case problem::service_unavailable: return 503;
        case problem::http_version_not_supported: return 505;
    }
    return 500;
}

}  // namespace mb::http
