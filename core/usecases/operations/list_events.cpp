#include "core/usecases/operations/list_events.hpp"

#include "core/usecases/access/record_denial.hpp"

#include <utility>

namespace mb::usecases {

outcome<answer<ports::event_page>> list_events::operator()(ports::event_filter const& filter, caller const& who, audit::origin const& from) const
{
    MB_TRY(auto const refused, refuse_unless_administers(who, from, store_, clock_, random_));
    if (refused) return *refused;
    MB_TRY(auto page, ports::read(lists_, [&](ports::transaction& tx) { return tx.audit().page(filter); }));
    return answer<ports::event_page>{std::move(page)};
}

outcome<answer<ports::event_page>> list_events::to_file(ports::event_filter const& filter, std::string const& asked, caller const& who,
                                                        audit::origin const& from) const
{
    MB_TRY(auto said, (*this)(filter, who, from));
    auto const* page = said.granted();
    if (page == nullptr) return said;
    auto const now = clock_.now();
    auto const row =
        audit::about(audit::make_event(ports::new_id<audit::log_id>(random_, now), audit::event_type::bulk_exported, from, now), std::nullopt,
                     who.user.id, {{"what", "audit_logs"}, {"rows", std::to_string(page->events.size())}, {"filter", asked}});
    MB_CHECK(store_.transact([&](ports::transaction& tx) { return tx.audit().append(row); }));
    return said;
}

}  // namespace mb::usecases
