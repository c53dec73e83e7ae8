#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace mb {

/// Every refusal and failure a client can see. The numbers are stable; new ones go at the end.
/// Texts in Spanish and English and the HTTP status live in adapters/http.
enum class problem : std::uint8_t {
    bad_request,
    invalid_json,
    invalid_parameter,
    unknown_parameter,
    invalid_cursor,
    offset_too_deep,
    validation_failed,
    not_authenticated,
    invalid_token,
    expired_token,
    invalid_credentials,
    concurrent_refresh,
    token_theft,
    email_not_verified,
    account_disabled,
    account_locked,
    forbidden,
    origin_not_allowed,
    not_found,
    entity_not_found,
    field_not_found,
    record_not_found,
    user_not_found,
    session_not_found,
    method_not_allowed,
    username_taken,
    entity_exists,
    field_exists,
    duplicate_value,
    entity_not_empty,
    limit_reached,
    last_admin,
    unsafe_change,
    conflict,
    link_invalid,
    precondition_failed,
    precondition_required,
    body_too_large,
    target_too_long,
    unsupported_media_type,
    expectation_failed,
    headers_too_large,
    too_many_requests,
    request_timeout,
    internal_error,
    not_implemented,
    http_version_not_supported,
    overloaded,
    storage_unavailable,
    service_unavailable,
    api_key_not_found,
    scope_missing,
    role_not_found,
    role_exists,
    role_built_in,
    role_in_use,
    invalid_code,
    step_up_required,
    second_factor_required,
    second_factor_exists,
    second_factor_missing,
    anomaly_not_found,
};

struct problem_entry {
    problem id;
    std::string_view code;          ///< Spanish, seed 004: TOKEN_INVALIDO
    std::string_view english_code;  ///< English, seed 000: INVALID_TOKEN
};

/// The whole catalogue, in the order of the enumeration.
std::span<problem_entry const> problems() noexcept;
problem_entry const& entry_of(problem id) noexcept;

}  // namespace mb
