#include "core/usecases/access/record_denial.hpp"

namespace mb::usecases {
namespace {

outcome<std::optional<denial>> refuse_unless(access::verdict const& verdict, audit::event_type as, caller const& who, audit::origin const& from,
                                             record_denial const& record)
{
    if (verdict.allowed) return std::optional<denial>{};
    MB_CHECK(record(&who, {problem::forbidden, "administer", verdict.rule, as}, from));
    return std::optional{denial{problem::forbidden}};
}

}  // namespace

outcome<void> record_denial::operator()(caller const* who, refused_request const& refused, audit::origin const& from) const
{
    auto const now = clock_.now();
    auto const user = who != nullptr ? std::optional(who->user.id) : std::nullopt;
    auto const row = audit::about(audit::make_event(ports::new_id<audit::log_id>(random_, now), refused.as, from, now, refused.why), user, user,
                                  {{"action", refused.action}, {"rule", refused.rule}});
    return store_.transact([&](ports::transaction& tx) { return tx.audit().append(row); });
}

outcome<std::optional<denial>> refuse_unless_administers(caller const& who, audit::origin const& from, ports::store& store, ports::clock const& clock,
                                                         ports::randomness const& random)
{
    return refuse_unless(decide_administering(who), audit::event_type::permission_denied, who, from, {store, clock, random});
}

outcome<std::optional<denial>> refuse_unless_grants(caller const& who, audit::origin const& from, ports::store& store, ports::clock const& clock,
                                                    ports::randomness const& random)
{
    return refuse_unless(decide_administering(who), audit::event_type::escalation_attempted, who, from, {store, clock, random});
}

}  // namespace mb::usecases
