#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace mb::sql {

/// Every fixed statement. Its text is the same on SQLite 3.40 and PostgreSQL 15 unless a dialect says otherwise.
enum class statement : std::uint8_t {
    begin_read,
    begin_write,
    commit,
    rollback,
    savepoint,
    release_savepoint,
    rollback_to_savepoint,
    has_migrations,
    list_migrations,
    create_migrations,
    insert_migration,

    user_by_id,
    user_by_email,
    user_by_username,
    insert_user,
    update_user,
    delete_user_roles,
    insert_user_role,
    count_active_users,

    family_by_id,
    access_by_jti,
    access_by_previous_jti,
    save_family,
    active_families,
    revoke_families,
    purge_families,

    access_by_session,
    save_session,
    end_sessions,
    note_session_sighting,
    purge_sessions,

    email_token_by_id,
    save_email_token,
    newest_email_token,
    count_link_failures,
    block_email_tokens,
    purge_email_tokens,

    api_key_by_id,
    access_by_api_key,
    save_api_key,
    list_api_keys,
    count_api_keys,
    note_api_key_use,

    lockout_by_key,
    save_lockout,
    clear_lockouts,
    clear_lockout,
    purge_lockouts,

    second_factor_by_owner,
    save_second_factor,
    clear_second_factor,
    recovery_codes_of,
    insert_recovery_code,
    delete_recovery_codes,
    spend_recovery_code,

    list_signing_keys,
    save_signing_key,
    purge_signing_keys,
    list_roles,
    role_by_name,
    insert_role,
    save_role,
    delete_role,
    current_catalogue,
    advance_catalogue,
    count_restore,

    append_event,
    newest_events,
    events_after,
    count_events,
    newest_seal,
    append_seal,
    seals_after,
    seals_reaching,
    forget_salts,
    append_attempt,
    attempts_after,
    count_attempts,
    newest_attempts,
    anomaly_by_id,
    open_anomaly,
    save_anomaly,
    anonymise_anomalies,
    anonymise_reviews,
    append_message,
    due_messages,
    take_message,
    mark_message_sent,
    mark_message_failed,
    newest_messages,
    outbox_backlog,
    purge_messages,

    families_of,
    sessions_of,
    email_tokens_of,
    api_keys_of,
    attempts_of,
    events_of,
    anomalies_of,
    erase_families,
    erase_sessions,
    erase_email_tokens,
    erase_api_keys,
    erase_events,
    erase_actor,
    erase_attempts,
    erase_anomalies,
    erase_reviewer,
    erase_user,
    all_messages,
    erase_message,
    anonymised_until,
    set_anonymised_until,
    last_event_of_batch,
    anonymise_events,
    last_attempt_of_batch,
    anonymise_attempts,

    list_entities,
    entity_by_id,
    list_fields,
    fields_of_entity,
    list_options,
    options_of_entity,
    next_number,
    save_entity,
    delete_fields,
    insert_field,
    insert_option,
    delete_entity,
    append_journal,

    count_
};
constexpr std::size_t statements_total = static_cast<std::size_t>(statement::count_);

/// The text that both dialects share.
std::string_view common_text(statement what) noexcept;
/// The columns of a user `u`, in the order in which they are read.
std::string_view user_columns() noexcept;
/// Those of an event.
std::string_view event_columns() noexcept;
/// Those of a login attempt.
std::string_view attempt_columns() noexcept;
/// Those of an anomaly.
std::string_view anomaly_columns() noexcept;

}  // namespace mb::sql
