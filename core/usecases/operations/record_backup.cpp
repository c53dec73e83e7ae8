#include "core/usecases/operations/record_backup.hpp"

namespace mb::usecases {

outcome<void> record_backup::operator()(backup_made const& copy, audit::origin const& from) const
{
    auto const now = clock_.now();
    auto event = audit::make_event(ports::new_id<audit::log_id>(random_, now), audit::event_type::backup_created, from, now);
    event.metadata = {{"bytes", std::to_string(copy.bytes)}, {"sha256", copy.sha256}, {"encrypted", copy.encrypted ? "true" : "false"}};
    return store_.transact([&](ports::transaction& tx) { return tx.audit().append(event); });
}

}  // namespace mb::usecases
