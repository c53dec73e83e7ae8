#include "core/usecases/access/record_denial.hpp"

namespace mb::usecases {

outcome<void> record_denial::operator()(std::optional<caller const*> who, problem refused, audit::origin const& from) const
{
    auto const now = clock_.now();
    auto const user = who ? std::optional((*who)->user.id) : std::nullopt;
    auto const row = audit::about(
        audit::make_event(ports::new_id<audit::log_id>(random_, now), audit::event_type::permission_denied, from, now, refused), user, user);
    return store_.transact([&](ports::transaction& tx) { return tx.audit().append(row); });
}

outcome<std::optional<denial>> refuse_unless_administers(caller const& who, audit::origin const& from, ports::store& store, ports::clock const& clock,
                                                         ports::randomness const& random)
{
    auto const verdict = decide_administering(who);
    if (verdict.allowed) return std::optional<denial>{};
    auto const now = clock.now();
    auto const row = audit::about(
        audit::make_event(ports::new_id<audit::log_id>(random, now), audit::event_type::permission_denied, from, now, problem::forbidden),
        who.user.id, who.user.id, {{"action", "administer"}, {"rule", verdict.rule}});
    MB_CHECK(store.transact([&](ports::transaction& tx) { return tx.audit().append(row); }));
    return std::optional{denial{problem::forbidden}};
}

}  // namespace mb::usecases
