#include "apps/composition/anomaly_metrics.hpp"

#include "adapters/http/exposition.hpp"

namespace mb::composition {

void write_anomaly_metrics(http::exposition& into, usecases::anomaly_watch::counts const& counts)
{
    into.counter("metabuilder_anomalies_total", "Anomalies that this server found first, one for each subject and window.");
    for (auto const each : anomaly::kinds)
        into.sample({{"type", anomaly::name_of(each)}, {"severity", audit::name_of(audit::entry_of(anomaly::event_of(each)).level)}},
                    counts.written[static_cast<std::size_t>(each)]);
    into.counter("metabuilder_anomalies_lost_total", "Findings that could not be written for so long that there was no room for them.")
        .sample(counts.lost);
}

}  // namespace mb::composition
