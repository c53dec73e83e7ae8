#include "core/usecases/access/create_role.hpp"

#include "core/usecases/access/record_denial.hpp"

#include <utility>

namespace mb::usecases {

outcome<answer<access::role>> create_role::operator()(role_input const& asked, caller const& who, audit::origin const& from) const
{
    using result = answer<access::role>;
    MB_TRY(auto const refused, refuse_unless_grants(who, from, store_, clock_, random_));
    if (refused) return *refused;
    violations broken;
    auto const made = read_role(asked, *who.known, broken);
    auto const more = access::check_role(made, policy_);
    broken.insert(broken.end(), more.begin(), more.end());
    if (!broken.empty()) return result{std::move(broken)};
    if (auto const verdict = decide_grant(who, made, nullptr); !verdict.allowed) {
        record_denial const record(store_, clock_, random_);
        MB_CHECK(record(&who, {problem::forbidden, "create_role", verdict.rule, audit::event_type::escalation_attempted}, from));
        return result{problem::forbidden};
    }

    auto const now = clock_.now();
    auto const log = ports::new_id<audit::log_id>(random_, now);
    auto said = ports::transact(store_, [&](ports::transaction& tx) -> outcome<result> {
        MB_TRY(auto const known, tx.roles().list());
        if (known.size() >= policy_.roles_max) return result{problem::limit_reached};
        MB_CHECK(tx.roles().insert(made));
        MB_CHECK(tx.catalogue().advance());
        MB_CHECK(tx.audit().append(audit::about(audit::make_event(log, audit::event_type::role_changed, from, now), std::nullopt, who.user.id,
                                                describe_change(nullptr, &made))));
        return result{made};
    });
    if (!said && said.error().code == errc::duplicate) return result{problem::role_exists};
    return said;
}

}  // namespace mb::usecases
