#include "apps/composition/use_case_set.hpp"

#include "adapters/http/route.hpp"
#include "adapters/qr/qr_pictures.hpp"
#include "core/usecases/access/authenticate.hpp"
#include "core/usecases/access/authenticate_key.hpp"
#include "core/usecases/access/change_role.hpp"
#include "core/usecases/access/create_role.hpp"
#include "core/usecases/access/delete_role.hpp"
#include "core/usecases/access/get_role.hpp"
#include "core/usecases/access/list_roles.hpp"
#include "core/usecases/access/record_denial.hpp"
#include "core/usecases/entities/create_entity.hpp"
#include "core/usecases/entities/create_field.hpp"
#include "core/usecases/entities/create_record.hpp"
#include "core/usecases/entities/delete_entity.hpp"
#include "core/usecases/entities/delete_field.hpp"
#include "core/usecases/entities/delete_record.hpp"
#include "core/usecases/entities/get_entity.hpp"
#include "core/usecases/entities/get_record.hpp"
#include "core/usecases/entities/get_record_with_token.hpp"
#include "core/usecases/entities/list_entities.hpp"
#include "core/usecases/entities/list_records.hpp"
#include "core/usecases/entities/patch_record.hpp"
#include "core/usecases/entities/replace_record.hpp"
#include "core/usecases/entities/update_entity.hpp"
#include "core/usecases/entities/update_field.hpp"
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
#include "core/usecases/operations/list_anomalies.hpp"
#include "core/usecases/operations/list_attempts.hpp"
#include "core/usecases/operations/list_events.hpp"
#include "core/usecases/operations/review_anomaly.hpp"
#include "core/usecases/operations/run_report.hpp"
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

#include <utility>

namespace mb::composition {
namespace {

usecases::factor_rules factor_rules_of(policies const& rules) { return {rules.totp, rules.lockout, rules.links}; }

std::vector<std::string_view> route_paths()
{
    std::vector<std::string_view> paths;
    for (auto const& row : http::routes()) paths.push_back(row.path);
    return paths;
}

}  // namespace

struct use_case_set::parts {
    parts(use_case_context const& with_, policies const& rules)
        : with(with_),
          register_user(with.store, with.clock, with.random, with.hasher, with.judge, with.digests, rules.passwords, rules.links),
          verify_email(with.store, with.clock, with.random, with.digests, rules.links),
          resend_verification(with.store, with.clock, with.random, with.digests, rules.links),
          gate(with.store, with.clock, with.random, with.hasher, with.digests, rules.lockout, with.watch),
          proofs(with.catalogues, with.clock, with.random, with.digests, with.codec, rules.proofs),
          factors(with.digests, factor_rules_of(rules)),
          log_in(gate, proofs, with.catalogues, with.clock, with.random, with.codec, rules.tokens),
          request_reset({with.store, with.clock, with.random, with.digests, rules.links}),
          check_reset(with.store, with.clock, with.random, with.digests, rules.links),
          reset_password(with.store, with.clock, with.random, with.hasher, with.judge, with.digests, rules.passwords, rules.links),
          change_password(gate, proofs, with.clock, with.random, with.hasher, with.judge, rules.passwords, rules.links),
          change_profile(with.store, with.clock, with.random),
          list_users(with.lists, with.clock, with.random, with.digests),
          get_user(with.store, with.clock, with.random, with.digests),
          change_user(with.store, with.clock, with.random, with.digests),
          unlock_user(with.store, with.clock, with.random, with.digests),
          list_events(with.store, with.lists, with.clock, with.random),
          list_attempts(with.store, with.lists, with.clock, with.random),
          run_report(with.store, with.lists, with.clock, with.random, route_paths(), {}),
          list_anomalies(with.store, with.lists, with.clock, with.random),
          review_anomaly(with.store, with.clock, with.random),
          list_roles(with.store, with.clock, with.random),
          get_role(with.store, with.clock, with.random),
          create_role(with.store, with.clock, with.random, {}),
          change_role(with.store, with.clock, with.random, {}),
          delete_role(with.store, with.clock, with.random),
          refresh_session(with.store, with.catalogues, with.clock, with.random, with.codec, rules.tokens, with.watch),
          log_out(with.store, with.catalogues, with.clock, with.random, with.codec),
          log_out_everywhere(with.store, with.clock, with.random),
          list_sessions(with.store, with.clock),
          revoke_session(with.store, with.clock, with.random),
          rotate_signing_key(with.store, with.catalogues, with.clock, with.random, rules.tokens),
          list_signing_keys(with.store, with.clock, with.random),
          prove_password(gate, with.clock),
          open_session(gate, proofs, with.clock, with.random, with.digests, rules.sessions),
          check_session(with.store, with.clock, with.random, with.digests, with.recent_uses, rules.sessions, with.watch),
          close_session(with.store, with.clock, with.random, with.digests),
          send_magic_link({with.store, with.clock, with.random, with.digests, rules.links}),
          log_in_by_link(with.store, proofs, with.catalogues, with.clock, with.random, with.digests, with.codec, rules.links, rules.tokens),
          collect_data(with.store, with.clock, with.random),
          erase_account(with.store, proofs, with.clock, with.random, with.digests),
          set_up_factor(with.store, with.clock, with.random, rules.totp),
          enable_factor(with.store, proofs, with.clock, with.random, with.digests, factor_rules_of(rules)),
          disable_factor(with.store, proofs, with.clock, with.random, with.digests, rules.links),
          verify_factor(with.store, with.catalogues, proofs, factors, with.clock, with.random, with.digests, with.codec, rules.tokens,
                        rules.sessions),
          step_up(with.store, gate, proofs, factors, with.clock, with.random),
          count_recovery_codes(with.store, proofs),
          renew_recovery_codes(with.store, proofs, with.clock, with.random, with.digests, rules.links),
          make_api_key(with.store, with.clock, with.random, with.digests, rules.api_keys),
          list_api_keys(with.store),
          revoke_api_key(with.store, with.clock, with.random),
          authenticate(with.store, with.catalogues, with.clock, with.codec, rules.tokens, with.accesses),
          authenticate_key(with.store, with.catalogues, with.clock, with.digests, with.recent_uses),
          record_denial(with.store, with.clock, with.random),
          entities{with.store, with.clock, with.random, with.patterns, with.digests},
          listed_entities{with.lists, with.clock, with.random, with.patterns, with.digests},
          create_entity(entities),
          list_entities(entities),
          get_entity(entities),
          update_entity(entities),
          delete_entity(entities),
          create_field(entities),
          update_field(entities),
          delete_field(entities),
          create_record(entities),
          get_record(entities),
          get_record_with_token(authenticate, authenticate_key, get_record),
          list_records(listed_entities),
          replace_record(entities),
          patch_record(entities),
          delete_record(entities)
    {
    }

    use_case_context const with;
    usecases::register_user register_user;
    usecases::verify_email verify_email;
    usecases::resend_verification resend_verification;
    usecases::password_gate gate;
    usecases::proofs proofs;
    usecases::factor_check factors;
    usecases::log_in log_in;
    usecases::request_reset request_reset;
    usecases::check_reset check_reset;
    usecases::reset_password reset_password;
    usecases::change_password change_password;
    usecases::change_profile change_profile;
    usecases::list_users list_users;
    usecases::get_user get_user;
    usecases::change_user change_user;
    usecases::unlock_user unlock_user;
    usecases::list_events list_events;
    usecases::list_attempts list_attempts;
    usecases::run_report run_report;
    usecases::list_anomalies list_anomalies;
    usecases::review_anomaly review_anomaly;
    usecases::list_roles list_roles;
    usecases::get_role get_role;
    usecases::create_role create_role;
    usecases::change_role change_role;
    usecases::delete_role delete_role;
    usecases::refresh_session refresh_session;
    usecases::log_out log_out;
    usecases::log_out_everywhere log_out_everywhere;
    usecases::list_sessions list_sessions;
    usecases::revoke_session revoke_session;
    usecases::rotate_signing_key rotate_signing_key;
    usecases::list_signing_keys list_signing_keys;
    usecases::prove_password prove_password;
    usecases::open_session open_session;
    usecases::check_session check_session;
    usecases::close_session close_session;
    usecases::send_magic_link send_magic_link;
    usecases::log_in_by_link log_in_by_link;
    usecases::collect_data collect_data;
    usecases::erase_account erase_account;
    qr::qr_pictures pictures;
    usecases::set_up_factor set_up_factor;
    usecases::enable_factor enable_factor;
    usecases::disable_factor disable_factor;
    usecases::verify_factor verify_factor;
    usecases::step_up step_up;
    usecases::count_recovery_codes count_recovery_codes;
    usecases::renew_recovery_codes renew_recovery_codes;
    usecases::make_api_key make_api_key;
    usecases::list_api_keys list_api_keys;
    usecases::revoke_api_key revoke_api_key;
    usecases::authenticate authenticate;
    usecases::authenticate_key authenticate_key;
    usecases::record_denial record_denial;
    usecases::entity_services entities;
    usecases::entity_services listed_entities;
    usecases::create_entity create_entity;
    usecases::list_entities list_entities;
    usecases::get_entity get_entity;
    usecases::update_entity update_entity;
    usecases::delete_entity delete_entity;
    usecases::create_field create_field;
    usecases::update_field update_field;
    usecases::delete_field delete_field;
    usecases::create_record create_record;
    usecases::get_record get_record;
    usecases::get_record_with_token get_record_with_token;
    usecases::list_records list_records;
    usecases::replace_record replace_record;
    usecases::patch_record patch_record;
    usecases::delete_record delete_record;
};

use_case_set::use_case_set(use_case_context const& with, policies const& rules) : parts_(std::make_unique<parts>(with, rules)) {}
use_case_set::~use_case_set() = default;

http::use_cases use_case_set::for_http(std::function<std::vector<http::dependency_state>()> dependencies,
                                       std::function<void(http::exposition& into)> more_metrics) const
{
    auto& set = *parts_;
    return {set.with.clock,
            set.with.random,
            set.with.digests,
            set.with.limits,
            set.with.log,
            set.register_user,
            set.verify_email,
            set.resend_verification,
            set.log_in,
            set.request_reset,
            set.check_reset,
            set.reset_password,
            set.change_password,
            set.change_profile,
            set.list_users,
            set.get_user,
            set.change_user,
            set.unlock_user,
            set.list_events,
            set.list_attempts,
            set.run_report,
            set.list_anomalies,
            set.review_anomaly,
            set.with.strays,
            set.list_roles,
            set.get_role,
            set.create_role,
            set.change_role,
            set.delete_role,
            set.refresh_session,
            set.log_out,
            set.log_out_everywhere,
            set.list_sessions,
            set.revoke_session,
            set.rotate_signing_key,
            set.list_signing_keys,
            set.prove_password,
            set.open_session,
            set.check_session,
            set.close_session,
            set.send_magic_link,
            set.log_in_by_link,
            set.collect_data,
            set.erase_account,
            set.pictures,
            set.proofs,
            set.set_up_factor,
            set.enable_factor,
            set.disable_factor,
            set.verify_factor,
            set.step_up,
            set.count_recovery_codes,
            set.renew_recovery_codes,
            set.make_api_key,
            set.list_api_keys,
            set.revoke_api_key,
            set.authenticate,
            set.authenticate_key,
            set.record_denial,
            set.create_entity,
            set.list_entities,
            set.get_entity,
            set.update_entity,
            set.delete_entity,
            set.create_field,
            set.update_field,
            set.delete_field,
            set.create_record,
            set.get_record,
            set.get_record_with_token,
            set.list_records,
            set.replace_record,
            set.patch_record,
            set.delete_record,
            std::move(dependencies),
            std::move(more_metrics),
            set.with.countries};
}

}  // namespace mb::composition
