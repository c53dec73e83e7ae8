#pragma once

#include "core/domain/identity/user.hpp"
#include "ports/clock.hpp"
#include "ports/country_lookup.hpp"
#include "ports/cryptography.hpp"
#include "ports/pattern_compiler.hpp"
#include "ports/qr_codes.hpp"
#include "ports/randomness.hpp"
#include "ports/rate_limits.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace mb::usecases {
class register_user;
class verify_email;
class resend_verification;
class log_in;
class change_profile;
class list_users;
class get_user;
class change_user;
class unlock_user;
class list_events;
class list_attempts;
class run_report;
class list_anomalies;
class review_anomaly;
class stray_requests;
class list_roles;
class get_role;
class create_role;
class change_role;
class delete_role;
class refresh_session;
class log_out;
class log_out_everywhere;
class list_sessions;
class revoke_session;
class rotate_signing_key;
class list_signing_keys;
class collect_data;
class erase_account;
class proofs;
class set_up_factor;
class enable_factor;
class disable_factor;
class verify_factor;
class step_up;
class count_recovery_codes;
class renew_recovery_codes;
class make_api_key;
class prove_password;
class open_session;
class check_session;
class close_session;
class send_magic_link;
class log_in_by_link;
class list_api_keys;
class revoke_api_key;
class authenticate_key;
class request_reset;
class check_reset;
class reset_password;
class change_password;
class authenticate;
class record_denial;
class create_entity;
class list_entities;
class get_entity;
class update_entity;
class delete_entity;
class create_field;
class update_field;
class delete_field;
class create_record;
class get_record;
class get_record_with_token;
class list_records;
class replace_record;
class patch_record;
class delete_record;
}  // namespace mb::usecases
namespace mb::log {
class logger;
}

namespace mb::http {

class exposition;

/// What the loss of a thing means: without one that is required nothing can be served.
enum class need : std::uint8_t { required, helpful };

/// Whether one thing the server needs is there, for /ready; names only, no secrets.
struct dependency_state {
    std::string name;
    bool ready = false;
    need weight = need::required;
};

/// Everything that the handlers call. All of it outlives the application.
struct use_cases {
    ports::clock const& clock;
    ports::randomness const& random;
    ports::digester const& digests;
    ports::rate_limits& limits;
    log::logger& log;

    usecases::register_user const& register_user;
    usecases::verify_email const& verify_email;
    usecases::resend_verification const& resend_verification;
    usecases::log_in const& log_in;
    usecases::request_reset const& request_reset;
    usecases::check_reset const& check_reset;
    usecases::reset_password const& reset_password;
    usecases::change_password const& change_password;
    usecases::change_profile const& change_profile;
    usecases::list_users const& list_users;
    usecases::get_user const& get_user;
    usecases::change_user const& change_user;
    usecases::unlock_user const& unlock_user;

    usecases::list_events const& list_events;
    usecases::list_attempts const& list_attempts;
    usecases::run_report const& run_report;
    usecases::list_anomalies const& list_anomalies;
    usecases::review_anomaly const& review_anomaly;
    usecases::stray_requests& strays;
    usecases::list_roles const& list_roles;
    usecases::get_role const& get_role;
    usecases::create_role const& create_role;
    usecases::change_role const& change_role;
    usecases::delete_role const& delete_role;

    usecases::refresh_session const& refresh_session;
    usecases::log_out const& log_out;
    usecases::log_out_everywhere const& log_out_everywhere;
    usecases::list_sessions const& list_sessions;
    usecases::revoke_session const& revoke_session;
    usecases::rotate_signing_key const& rotate_signing_key;
    usecases::list_signing_keys const& list_signing_keys;

    usecases::prove_password const& prove_password;
    usecases::open_session const& open_session;
    usecases::check_session const& check_session;
    usecases::close_session const& close_session;
    usecases::send_magic_link const& send_magic_link;
    usecases::log_in_by_link const& log_in_by_link;

    usecases::collect_data const& collect_data;
    usecases::erase_account const& erase_account;

    ports::qr_codes const& qr_codes;
    usecases::proofs const& proofs;
    usecases::set_up_factor const& set_up_factor;
    usecases::enable_factor const& enable_factor;
    usecases::disable_factor const& disable_factor;
    usecases::verify_factor const& verify_factor;
    usecases::step_up const& step_up;
    usecases::count_recovery_codes const& count_recovery_codes;
    usecases::renew_recovery_codes const& renew_recovery_codes;

    usecases::make_api_key const& make_api_key;
    usecases::list_api_keys const& list_api_keys;
    usecases::revoke_api_key const& revoke_api_key;

    usecases::authenticate const& authenticate;
    usecases::authenticate_key const& authenticate_key;
    usecases::record_denial const& record_denial;

    usecases::create_entity const& create_entity;
    usecases::list_entities const& list_entities;
    usecases::get_entity const& get_entity;
    usecases::update_entity const& update_entity;
    usecases::delete_entity const& delete_entity;
    usecases::create_field const& create_field;
    usecases::update_field const& update_field;
    usecases::delete_field const& delete_field;
    usecases::create_record const& create_record;
    usecases::get_record const& get_record;
    usecases::get_record_with_token const& get_record_with_token;
    usecases::list_records const& list_records;
    usecases::replace_record const& replace_record;
    usecases::patch_record const& patch_record;
    usecases::delete_record const& delete_record;

    /// What /ready names; may block briefly, so its answer is kept for a second.
    std::function<std::vector<dependency_state>()> dependencies;
    /// What is not answers: lanes, edge, storage, jobs, process.
    std::function<void(exposition& into)> more_metrics;

    ports::country_lookup const& countries;

    identity::ip_hash hash_address(std::string_view address_bytes) const;
};

}  // namespace mb::http
