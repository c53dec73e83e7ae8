#pragma once

#include "core/domain/identity/user.hpp"
#include "ports/clock.hpp"
#include "ports/cryptography.hpp"
#include "ports/pattern_compiler.hpp"
#include "ports/randomness.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace mb::identity {
class register_user;
class verify_email;
class resend_verification;
class log_in;
class change_profile;
class list_users;
class get_user;
class change_user;
class unlock_user;
}  // namespace mb::identity
namespace mb::tokens {
class refresh_session;
class log_out;
class log_out_everywhere;
class list_sessions;
class revoke_session;
class rotate_signing_key;
class list_signing_keys;
}  // namespace mb::tokens
namespace mb::access {
class authenticate;
class record_denial;
}  // namespace mb::access
namespace mb::entities {
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
class list_records;
class replace_record;
class patch_record;
class delete_record;
}  // namespace mb::entities
namespace mb::log {
class logger;
}

namespace mb::http {

/// Whether one thing the server needs is there, for /ready; names only, no secrets.
struct dependency_state {
    std::string name;
    bool ready = false;
};

/// Everything that the handlers call. All of it outlives the application.
struct use_cases {
    ports::clock const& clock;
    ports::randomness const& random;
    ports::digester const& digests;
    log::logger& log;

    identity::register_user const& register_user;
    identity::verify_email const& verify_email;
    identity::resend_verification const& resend_verification;
    identity::log_in const& log_in;
    identity::change_profile const& change_profile;
    identity::list_users const& list_users;
    identity::get_user const& get_user;
    identity::change_user const& change_user;
    identity::unlock_user const& unlock_user;

    tokens::refresh_session const& refresh_session;
    tokens::log_out const& log_out;
    tokens::log_out_everywhere const& log_out_everywhere;
    tokens::list_sessions const& list_sessions;
    tokens::revoke_session const& revoke_session;
    tokens::rotate_signing_key const& rotate_signing_key;
    tokens::list_signing_keys const& list_signing_keys;

    access::authenticate const& authenticate;
    access::record_denial const& record_denial;

    entities::create_entity const& create_entity;
    entities::list_entities const& list_entities;
    entities::get_entity const& get_entity;
    entities::update_entity const& update_entity;
    entities::delete_entity const& delete_entity;
    entities::create_field const& create_field;
    entities::update_field const& update_field;
    entities::delete_field const& delete_field;
    entities::create_record const& create_record;
    entities::get_record const& get_record;
    entities::list_records const& list_records;
    entities::replace_record const& replace_record;
    entities::patch_record const& patch_record;
    entities::delete_record const& delete_record;

    /// What /ready names; may block briefly, so its answer is kept for a second.
    std::function<std::vector<dependency_state>()> dependencies;
    /// Prometheus lines of what is not HTTP (lanes, edge, storage).
    std::function<void(std::string& into)> more_metrics;

    identity::ip_hash hash_address(std::string_view address_bytes) const;
};

}  // namespace mb::http
