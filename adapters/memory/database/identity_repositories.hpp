#pragma once

#include "adapters/memory/database/tables.hpp"
#include "ports/identity_repositories.hpp"

namespace mb::memory {

class user_rows final : public ports::users {
public:
    explicit user_rows(workspace space) noexcept : space_(space) {}
    outcome<std::optional<identity::user>> find(identity::user_id id) override;
    outcome<std::optional<identity::user>> find(identity::email const& address) override;
    outcome<std::optional<identity::user>> find(identity::username const& name) override;
    outcome<void> insert(identity::user const& added) override;
    /// @error unexpected  no such user.
    outcome<void> update(identity::user const& changed) override;
    outcome<std::vector<identity::user>> list(ports::user_filter const& filter) override;
    outcome<std::size_t> count_active(std::string_view role) override;

private:
    workspace space_;
};

class family_rows final : public ports::families {
public:
    explicit family_rows(workspace space) noexcept : space_(space) {}
    outcome<std::optional<tokens::family>> find(tokens::family_id id) override;
    outcome<std::optional<ports::live_access>> find_access(tokens::token_id access_jti) override;
    outcome<void> save(tokens::family const& saved) override;
    outcome<std::vector<tokens::family>> list_active(identity::user_id owner, instant now, std::optional<tokens::family_id> before,
                                                     std::size_t limit) override;
    outcome<std::size_t> revoke_all(identity::user_id owner, std::optional<tokens::family_id> except, tokens::revocation_reason reason,
                                    instant now) override;
    outcome<std::size_t> purge(instant before, std::size_t batch) override;

private:
    workspace space_;
};

class session_rows final : public ports::sessions {
public:
    explicit session_rows(workspace space) noexcept : space_(space) {}
    outcome<std::optional<ports::live_session>> find_access(identity::digest const& digest) override;
    outcome<void> save(tokens::session const& saved) override;
    outcome<std::size_t> end_all(identity::user_id owner, tokens::session_end why, instant now) override;
    outcome<void> note_sightings(std::vector<ports::session_sighting> const& sightings) override;
    outcome<std::size_t> purge(instant before, std::size_t batch) override;

private:
    workspace space_;
};

class email_token_rows final : public ports::email_tokens {
public:
    explicit email_token_rows(workspace space) noexcept : space_(space) {}
    outcome<std::optional<identity::email_token>> find(identity::email_token_id id) override;
    outcome<void> save(identity::email_token const& saved) override;
    outcome<std::optional<identity::email_token>> newest(identity::user_id owner, identity::email_token_type type) override;
    outcome<std::size_t> failures(identity::user_id owner, instant since) override;
    outcome<std::size_t> block_all(identity::user_id owner, identity::link_block why, instant now) override;
    outcome<std::size_t> purge(instant before, std::size_t batch) override;

private:
    workspace space_;
};

class api_key_rows final : public ports::api_keys {
public:
    explicit api_key_rows(workspace space) noexcept : space_(space) {}
    outcome<std::optional<tokens::api_key>> find(tokens::api_key_id id) override;
    outcome<std::optional<ports::live_api_key>> find_access(identity::digest const& digest) override;
    outcome<void> save(tokens::api_key const& saved) override;
    outcome<std::vector<tokens::api_key>> list(identity::user_id owner, std::optional<tokens::api_key_id> before, std::size_t limit) override;
    outcome<std::size_t> count_live(identity::user_id owner, instant now) override;
    outcome<void> note_uses(std::vector<ports::api_key_use> const& uses) override;

private:
    workspace space_;
};

class lockout_rows final : public ports::lockouts {
public:
    explicit lockout_rows(workspace space) noexcept : space_(space) {}
    outcome<std::optional<identity::lockout_counter>> find(std::string_view identity, std::string_view device) override;
    outcome<void> save(identity::lockout_counter const& saved) override;
    outcome<void> clear(std::string_view identity, std::optional<std::string_view> device) override;
    outcome<std::size_t> purge(instant before, std::size_t batch) override;

private:
    workspace space_;
};

class factor_rows final : public ports::second_factors {
public:
    explicit factor_rows(workspace space) noexcept : space_(space) {}
    outcome<std::optional<identity::totp_factor>> find(identity::user_id owner) override;
    outcome<void> save(identity::totp_factor const& saved) override;
    outcome<void> remove(identity::user_id owner) override;
    outcome<std::vector<identity::recovery_code>> recovery_codes(identity::user_id owner) override;
    outcome<void> replace_recovery_codes(identity::user_id owner, std::vector<identity::recovery_code> const& codes) override;
    outcome<void> spend_recovery_code(identity::recovery_code_id id, instant now) override;

private:
    workspace space_;
};

/// Removes every recovery code of a user.
void forget_recovery_codes(tables& rows, identity::user_id owner);

class signing_key_rows final : public ports::signing_keys {
public:
    explicit signing_key_rows(workspace space) noexcept : space_(space) {}
    outcome<std::vector<tokens::signing_key>> list() override;
    outcome<void> save(tokens::signing_key const& saved) override;
    outcome<std::size_t> purge(instant before, std::size_t batch) override;

private:
    workspace space_;
};

class role_rows final : public ports::roles {
public:
    explicit role_rows(workspace space) noexcept : space_(space) {}
    outcome<std::vector<access::role>> list() override;
    outcome<std::optional<access::role>> find(std::string_view name) override;
    outcome<void> insert(access::role const& added) override;
    outcome<void> save(access::role const& saved) override;
    outcome<void> remove(std::string_view name) override;

private:
    workspace space_;
};

class catalogue_counter final : public ports::catalogue_revisions {
public:
    explicit catalogue_counter(workspace space) noexcept : space_(space) {}
    outcome<std::int64_t> current() override;
    outcome<void> advance() override;
    outcome<std::int64_t> count_restore() override;

private:
    workspace space_;
};

}  // namespace mb::memory
