#include "core/usecases/operations/list_anomalies.hpp"

#include "core/usecases/access/record_denial.hpp"

#include <utility>

namespace mb::usecases {

outcome<answer<ports::anomaly_page>> list_anomalies::operator()(ports::anomaly_filter const& filter, caller const& who,
                                                                audit::origin const& from) const
{
    MB_TRY(auto const refused, refuse_unless_administers(who, from, store_, clock_, random_));
    if (refused) return *refused;
    MB_TRY(auto page, ports::read(lists_, [&](ports::transaction& tx) { return tx.anomalies().page(filter); }));
    return answer<ports::anomaly_page>{std::move(page)};
}

}  // namespace mb::usecases
