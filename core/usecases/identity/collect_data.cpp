#include "core/usecases/identity/collect_data.hpp"

#include <utility>

namespace mb::usecases {
namespace {

/// Cuts a list at the limit. @return whether that took anything away.
template <class Row>
bool cut(std::vector<Row>& rows)
{
    if (rows.size() <= collect_data::rows_max) return false;
    rows.erase(rows.begin() + static_cast<std::ptrdiff_t>(collect_data::rows_max), rows.end());
    return true;
}

}  // namespace

outcome<answer<own_data>> collect_data::operator()(caller const& who, audit::origin const& from) const
{
    using result = answer<own_data>;
    auto const now = clock_.now();
    auto const log = ports::new_id<audit::log_id>(random_, now);
    MB_CHECK(store_.transact([&](ports::transaction& tx) {
        return tx.audit().append(
            audit::about(audit::make_event(log, audit::event_type::data_exported, from, now), who.user.id, who.user.id, {{"what", "own_data"}}));
    }));
    return ports::read(store_, [&](ports::transaction& tx) -> outcome<result> {
        MB_TRY(auto user, tx.users().find(who.user.id));
        if (!user) return result{problem::invalid_token};
        MB_TRY(auto stored, tx.dossiers().collect(user->id, rows_max));
        bool const any_cut = int{cut(stored.families)} + int{cut(stored.sessions)} + int{cut(stored.links)} + int{cut(stored.keys)}
                                 + int{cut(stored.attempts)} + int{cut(stored.events)} + int{cut(stored.anomalies)}
                             > 0;
        return result{own_data{*std::move(user), std::move(stored), !any_cut}};
    });
}

}  // namespace mb::usecases
