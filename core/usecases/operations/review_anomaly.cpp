#include "core/usecases/operations/review_anomaly.hpp"

#include "core/usecases/access/record_denial.hpp"

#include <utility>

namespace mb::usecases {

outcome<answer<anomaly::finding>> review_anomaly::operator()(audit::log_id which, review as, caller const& who, audit::origin const& from) const
{
    using result = answer<anomaly::finding>;
    MB_TRY(auto const refused, refuse_unless_administers(who, from, store_, clock_, random_));
    if (refused) return *refused;
    auto const now = clock_.now();
    auto const log = ports::new_id<audit::log_id>(random_, now);
    bool const done = as == review::done;
    return ports::transact(store_, [&](ports::transaction& tx) -> outcome<result> {
        MB_TRY(auto held, tx.anomalies().find(which));
        if (!held) return result{problem::anomaly_not_found};
        if (held->reviewed_at.has_value() == done) return result{*std::move(held)};
        held->reviewed_at = done ? std::optional(now) : std::nullopt;
        held->reviewed_by = done ? std::optional(who.user.id) : std::nullopt;
        MB_CHECK(tx.anomalies().save(*held));
        MB_CHECK(tx.audit().append(audit::about(audit::make_event(log, audit::event_type::anomaly_reviewed, from, now), std::nullopt, who.user.id,
                                                {{"anomaly", which.text()}, {"reviewed", done ? "true" : "false"}})));
        return result{*std::move(held)};
    });
}

}  // namespace mb::usecases
