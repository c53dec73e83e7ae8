#include "adapters/http/service_state.hpp"

namespace mb::http {

std::vector<dependency_state> service_state::dependencies()
{
    std::scoped_lock const lock(mutex_);
    auto const now = cases_.clock.ticks();
    if (asked_at_ == duration::min() || now - asked_at_ >= std::chrono::seconds{1}) {
        known_ = cases_.dependencies();
        asked_at_ = now;
    }
    return known_;
}

}  // namespace mb::http
