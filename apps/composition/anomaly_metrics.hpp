#pragma once

#include "core/usecases/operations/anomaly_watch.hpp"

namespace mb::http {
class exposition;
}

namespace mb::composition {

/// What was found of attacks, for /metrics.
void write_anomaly_metrics(http::exposition& into, usecases::anomaly_watch::counts const& counts);

}  // namespace mb::composition
