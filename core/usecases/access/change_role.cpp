#include "core/usecases/access/change_role.hpp"

#include "core/usecases/access/record_denial.hpp"

#include <utility>

namespace mb::usecases {

outcome<answer<access::role>> change_role::operator()(role_input const& asked, std::optional<std::int64_t> expected_version, caller const& who,
                                                      audit::origin const& from) const
{
    using result = answer<access::role>;
    MB_TRY(auto const refused, refuse_unless_grants(who, from, store_, clock_, random_));
    if (refused) return *refused;
    violations broken;
    auto const wanted = read_role(asked, *who.known, broken);
    auto const now = clock_.now();
    auto const log = ports::new_id<audit::log_id>(random_, now);

    return ports::transact(store_, [&](ports::transaction& tx) -> outcome<result> {
        MB_TRY(auto const before, tx.roles().find(asked.name));
        if (!before) return result{problem::role_not_found};
        if (auto const why = access::decide_changed_role(*before, expected_version)) return result{*why};
        auto all = broken;
        auto const more = access::check_role(wanted, policy_);
        all.insert(all.end(), more.begin(), more.end());
        if (!all.empty()) return result{std::move(all)};
        if (auto const verdict = decide_grant(who, wanted, &*before); !verdict.allowed) {
            MB_CHECK(tx.audit().append(audit::about(audit::make_event(log, audit::event_type::escalation_attempted, from, now, problem::forbidden),
                                                    who.user.id, who.user.id,
                                                    {{"action", "change_role"}, {"rule", verdict.rule}, {"role", before->name}})));
            return result{problem::forbidden};
        }
        auto after = wanted;
        after.version = before->version + 1;
        MB_CHECK(tx.roles().save(after));
        MB_CHECK(tx.catalogue().advance());
        MB_CHECK(tx.audit().append(audit::about(audit::make_event(log, audit::event_type::role_changed, from, now), std::nullopt, who.user.id,
                                                describe_change(&*before, &after))));
        return result{std::move(after)};
    });
}

}  // namespace mb::usecases
