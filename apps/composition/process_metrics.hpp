#pragma once

#include "core/domain/base/instant.hpp"

namespace mb::http {
class exposition;
}

namespace mb::composition {

/// What the system says about this process, under the names that every client library of Prometheus uses.
void write_process_metrics(http::exposition& into, instant started);

}  // namespace mb::composition
