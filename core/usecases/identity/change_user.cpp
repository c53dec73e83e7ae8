#include "core/usecases/identity/change_user.hpp"

#include "core/domain/access/role.hpp"
#include "core/usecases/access/record_denial.hpp"
#include "core/usecases/access/role_input.hpp"
#include "core/usecases/identity/account_input.hpp"
#include "core/usecases/identity/last_admin.hpp"

#include <algorithm>
#include <utility>

namespace mb::usecases {
namespace {

std::string joined(std::vector<std::string> const& names)
{
    std::string text;
    for (auto const& each : names) text += (text.empty() ? "" : ",") + each;
    return text;
}

/// The first of the roles that the user hasn't got and the caller, by what they hold themselves, can't give; null where there is none.
access::role const* first_beyond(std::vector<access::role> const& roles, identity::user const& receiver, caller const& who)
{
    auto const found = std::ranges::find_if(roles, [&](auto const& each) {
        return std::ranges::find(receiver.roles, each.name) == receiver.roles.end() && !decide_grant(who, each, nullptr).allowed;
    });
    return found == roles.end() ? nullptr : &*found;
}

/// What changed, for the audit row.
audit::event_metadata difference(identity::user const& before, identity::user const& after)
{
    audit::event_metadata said;
    if (before.roles != after.roles) {
        said.emplace_back("roles_before", joined(before.roles));
        said.emplace_back("roles_after", joined(after.roles));
    }
    if (before.status != after.status) {
        said.emplace_back("status_before", identity::name_of(before.status));
        said.emplace_back("status_after", identity::name_of(after.status));
    }
    return said;
}

}  // namespace

outcome<answer<account>> change_user::operator()(identity::user_id target, user_change const& asked, caller const& who,
                                                 audit::origin const& from) const
{
    using result = answer<account>;
    MB_TRY(auto const refused, refuse_unless_grants(who, from, store_, clock_, random_));
    if (refused) return *refused;
    auto const now = clock_.now();
    auto const log = ports::new_id<audit::log_id>(random_, now);
    auto const sessions_log = ports::new_id<audit::log_id>(random_, now);

    return ports::transact(store_, [&](ports::transaction& tx) -> outcome<result> {
        std::vector<access::role> roles;
        if (asked.roles) {
            MB_TRY(roles, hold_roles(tx, *asked.roles));
            if (auto broken = check_roles(*asked.roles, roles); !broken.empty()) return result{std::move(broken)};
        }
        MB_TRY(auto const before, tx.users().find(target));
        if (!before) return result{problem::user_not_found};
        if (auto const* beyond = first_beyond(roles, *before, who)) {
            MB_CHECK(tx.audit().append(
                audit::about(audit::make_event(log, audit::event_type::escalation_attempted, from, now, problem::forbidden), target, who.user.id,
                             {{"action", "grant_role"}, {"rule", decide_grant(who, *beyond, nullptr).rule}, {"role", beyond->name}})));
            return result{problem::forbidden};
        }
        auto after = *before;
        if (asked.roles) after.roles = without_repeats(*asked.roles);
        if (asked.status) after.status = *asked.status;
        auto metadata = difference(*before, after);
        if (metadata.empty()) {
            MB_TRY(auto shown, account_of(std::move(after), tx, digests_, now));
            return result{std::move(shown)};
        }
        if (is_active_admin(*before) && !is_active_admin(after)) {
            MB_TRY(bool const others, others_administer(tx));
            if (!others) return result{problem::last_admin};
        }
        ++after.authz_version;
        after.updated_at = now;
        MB_CHECK(tx.users().update(after));
        MB_CHECK(tx.audit().append(
            audit::about(audit::make_event(log, audit::event_type::role_changed, from, now), target, who.user.id, std::move(metadata))));
        if (before->status != after.status && after.status == identity::user_status::disabled) {
            MB_TRY(auto const families, tx.families().revoke_all(target, std::nullopt, tokens::revocation_reason::admin, now));
            MB_TRY(auto const sessions, tx.sessions().end_all(target, tokens::session_end::admin, now));
            auto const ended = families + sessions;
            MB_CHECK(tx.audit().append(audit::about(audit::make_event(sessions_log, audit::event_type::session_invalidated, from, now), target,
                                                    who.user.id, {{"sessions", std::to_string(ended)}})));
        }
        MB_TRY(auto shown, account_of(std::move(after), tx, digests_, now));
        return result{std::move(shown)};
    });
}

}  // namespace mb::usecases
