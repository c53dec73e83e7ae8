#pragma once

#include "adapters/memory/database/memory_store.hpp"
#include "adapters/memory/shared/memory_rolling_counters.hpp"
#include "core/usecases/access/authenticate.hpp"
#include "core/usecases/access/authenticate_key.hpp"
#include "core/usecases/access/change_role.hpp"
#include "core/usecases/access/create_role.hpp"
#include "core/usecases/access/delete_role.hpp"
#include "core/usecases/access/get_role.hpp"
#include "core/usecases/access/list_roles.hpp"
#include "core/usecases/access/record_denial.hpp"
#include "core/usecases/identity/change_password.hpp"
#include "core/usecases/identity/change_profile.hpp"
#include "core/usecases/identity/change_user.hpp"
#include "core/usecases/identity/check_reset.hpp"
#include "core/usecases/identity/collect_data.hpp"
#include "core/usecases/identity/erase_account.hpp"
#include "core/usecases/identity/get_user.hpp"
#include "core/usecases/identity/list_users.hpp"
#include "core/usecases/identity/log_in.hpp"
#include "core/usecases/identity/log_in_by_link.hpp"
#include "core/usecases/identity/prove_password.hpp"
#include "core/usecases/identity/register_user.hpp"
#include "core/usecases/identity/request_reset.hpp"
#include "core/usecases/identity/resend_verification.hpp"
#include "core/usecases/identity/reset_password.hpp"
#include "core/usecases/identity/send_magic_link.hpp"
#include "core/usecases/identity/unlock_user.hpp"
#include "core/usecases/identity/verify_email.hpp"
#include "core/usecases/mfa/count_recovery_codes.hpp"
#include "core/usecases/mfa/disable_factor.hpp"
#include "core/usecases/mfa/enable_factor.hpp"
#include "core/usecases/mfa/renew_recovery_codes.hpp"
#include "core/usecases/mfa/set_up_factor.hpp"
#include "core/usecases/mfa/step_up.hpp"
#include "core/usecases/mfa/verify_factor.hpp"
#include "core/usecases/operations/create_user.hpp"
#include "core/usecases/operations/deliver_mail.hpp"
#include "core/usecases/operations/prepare_store.hpp"
#include "core/usecases/operations/purge.hpp"
#include "core/usecases/tokens/check_session.hpp"
#include "core/usecases/tokens/close_session.hpp"
#include "core/usecases/tokens/list_api_keys.hpp"
#include "core/usecases/tokens/list_sessions.hpp"
#include "core/usecases/tokens/list_signing_keys.hpp"
#include "core/usecases/tokens/log_out.hpp"
#include "core/usecases/tokens/log_out_everywhere.hpp"
#include "core/usecases/tokens/make_api_key.hpp"
#include "core/usecases/tokens/open_session.hpp"
#include "core/usecases/tokens/refresh_session.hpp"
#include "core/usecases/tokens/revoke_api_key.hpp"
#include "core/usecases/tokens/revoke_session.hpp"
#include "core/usecases/tokens/rotate_signing_key.hpp"
#include "tests/fakes/literal_patterns.hpp"
#include "tests/fakes/manual_clock.hpp"
#include "tests/fakes/outage_store.hpp"
#include "tests/fakes/plain_cryptography.hpp"
#include "tests/fakes/randomness.hpp"
#include "tests/fakes/recording_mailer.hpp"
#include "tests/unit/access/brittle_store.hpp"

#include <catch2/catch.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mb::testing {

/// A whole server without its edge: in memory, on a clock that stands still, prepared, with the admin root@example.org.
struct world {
    world();

    memory::memory_store memory;
    brittle_store brittle{memory};
    fakes::outage_store store{brittle};
    fakes::manual_clock clock;
    fakes::counting_randomness random;
    fakes::quick_hasher hasher;
    fakes::lenient_judge judge;
    fakes::plain_digester digests;
    fakes::plain_token_codec codec;
    fakes::literal_patterns patterns;
    fakes::recording_mailer mailer;
    tokens::token_policy tokens_policy;
    identity::lockout_policy lockout;
    identity::password_policy passwords;
    identity::link_policy links;
    usecases::catalogue_cache catalogues{store, patterns, clock};

    usecases::prepare_store prepare_store{store, clock, random, hasher, judge, passwords};
    usecases::create_user create_user{store, clock, random, hasher, judge, passwords};
    usecases::purge purge{store, clock, {}};
    usecases::deliver_mail deliver_mail{store, clock, random, mailer, {}};
    usecases::register_user register_user{store, clock, random, hasher, judge, digests, passwords, links};
    usecases::verify_email verify_email{store, clock, random, digests, links};
    usecases::resend_verification resend_verification{store, clock, random, digests, links};
    memory::memory_rolling_counters counters{clock};
    usecases::anomaly_watch watch{counters, random};
    usecases::password_gate gate{store, clock, random, hasher, digests, lockout, watch};
    tokens::proof_policy proof_policy;
    identity::totp_policy totp;
    usecases::proofs proofs{catalogues, clock, random, digests, codec, proof_policy};
    usecases::factor_check factors{digests, {totp, lockout, links}};
    usecases::log_in log_in{gate, proofs, catalogues, clock, random, codec, tokens_policy};
    usecases::request_reset request_reset{{store, clock, random, digests, links}};
    usecases::send_magic_link send_magic_link{{store, clock, random, digests, links}};
    usecases::check_reset check_reset{store, clock, random, digests, links};
    usecases::reset_password reset_password{store, clock, random, hasher, judge, digests, passwords, links};
    usecases::change_password change_password{gate, proofs, clock, random, hasher, judge, passwords, links};
    usecases::list_users list_users{store, clock, random, digests};
    usecases::get_user get_user{store, clock, random, digests};
    usecases::change_user change_user{store, clock, random, digests};
    usecases::unlock_user unlock_user{store, clock, random, digests};
    usecases::list_roles list_roles{store, clock, random};
    usecases::get_role get_role{store, clock, random};
    usecases::create_role create_role{store, clock, random, {}};
    usecases::change_role change_role{store, clock, random, {}};
    usecases::delete_role delete_role{store, clock, random};
    usecases::change_profile change_profile{store, clock, random};
    usecases::refresh_session refresh_session{store, catalogues, clock, random, codec, tokens_policy, watch};
    usecases::log_out log_out{store, catalogues, clock, random, codec};
    usecases::log_out_everywhere log_out_everywhere{store, clock, random};
    usecases::list_sessions list_sessions{store, clock};
    usecases::revoke_session revoke_session{store, clock, random};
    usecases::rotate_signing_key rotate_signing_key{store, catalogues, clock, random, tokens_policy};
    usecases::list_signing_keys list_signing_keys{store, clock, random};
    usecases::collect_data collect_data{store, clock, random};
    usecases::erase_account erase_account{store, proofs, clock, random, digests};
    usecases::recent_uses recent_uses;
    tokens::session_policy session_policy;
    usecases::prove_password prove_password{gate, clock};
    usecases::open_session open_session{gate, proofs, clock, random, digests, session_policy};
    usecases::check_session check_session{store, clock, random, digests, recent_uses, session_policy, watch};
    usecases::close_session close_session{store, clock, random, digests};
    usecases::log_in_by_link log_in_by_link{store, proofs, catalogues, clock, random, digests, codec, links, tokens_policy};
    usecases::set_up_factor set_up_factor{store, clock, random, totp};
    usecases::enable_factor enable_factor{store, proofs, clock, random, digests, {totp, lockout, links}};
    usecases::disable_factor disable_factor{store, proofs, clock, random, digests, links};
    usecases::verify_factor verify_factor{store, catalogues, proofs, factors, clock, random, digests, codec, tokens_policy, session_policy};
    usecases::step_up step_up{store, gate, proofs, factors, clock, random};
    usecases::count_recovery_codes count_recovery_codes{store, proofs};
    usecases::renew_recovery_codes renew_recovery_codes{store, proofs, clock, random, digests, links};
    usecases::make_api_key make_api_key{store, clock, random, digests, {}};
    usecases::list_api_keys list_api_keys{store};
    usecases::revoke_api_key revoke_api_key{store, clock, random};
    usecases::authenticate_key authenticate_key{store, catalogues, clock, digests, recent_uses};
    usecases::authenticate authenticate{store, catalogues, clock, codec, tokens_policy};
    usecases::record_denial record_denial{store, clock, random};

    /// A request that arrives now.
    audit::origin request() const;

    /// A verified account with the password "right password".
    identity::user make_user(std::string const& email, std::vector<std::string> roles = {"user"});
    outcome<answer<usecases::token_pair>> attempt(std::string const& identifier, std::string_view password);
    /// A login that has to work.
    usecases::token_pair enter(std::string const& identifier);
    usecases::caller caller_of(usecases::token_pair const& pair);
    usecases::caller admin();

    // what is stored
    identity::user user(std::string const& email);
    std::optional<tokens::family> family(tokens::family_id id);
    std::vector<audit::event> events(std::size_t limit = 1000);
    std::vector<ports::login_attempt> attempts();
    std::vector<anomaly::finding> anomalies();
    std::vector<ports::outbox_entry> mails();
    /// Names of the events since `before` of them were there, oldest first.
    std::vector<std::string> event_names(std::size_t before = 0);
    /// Everything that can be read back, as text.
    std::string dump();
};

/// What an answer granted. Here and below the test fails where the answer is another one.
template <class T>
T const& granted(outcome<answer<T>> const& said)
{
    REQUIRE(said);
    REQUIRE(said->granted() != nullptr);
    return *said->granted();
}

/// By value, so that a loop over what a call granted has something to go over.
template <class T>
T granted(outcome<answer<T>>&& said)
{
    REQUIRE(said);
    REQUIRE(said->granted() != nullptr);
    return std::move(*said->granted());
}

/// A way in that must not lead to a second step.
template <class T>
outcome<answer<T>> straight(outcome<answer<usecases::entrance<T>>>&& said)
{
    if (!said) return said.error();
    auto* got = said->granted();
    if (got == nullptr) return said->template refusal<T>();
    REQUIRE(got->inside() != nullptr);
    return answer<T>{std::move(*got->inside())};
}

/// What a way in that was open at once led to.
template <class T>
T entered(outcome<answer<usecases::entrance<T>>>&& said)
{
    return granted(straight(std::move(said)));
}

template <class T>
denial denied(outcome<answer<T>> const& said)
{
    REQUIRE(said);
    REQUIRE(said->denied() != nullptr);
    return *said->denied();
}

template <class T>
problem why(outcome<answer<T>> const& said)
{
    return denied(said).why;
}

template <class T>
violations broken(outcome<answer<T>> const& said)
{
    REQUIRE(said);
    REQUIRE(said->broken() != nullptr);
    return *said->broken();
}

std::string value_of(audit::event const& row, std::string_view key);

}  // namespace mb::testing

/// Failures of these show the code.
template <>
struct Catch::StringMaker<mb::problem> {
    static std::string convert(mb::problem which) { return std::string(mb::entry_of(which).code); }
};
