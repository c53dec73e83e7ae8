#include "core/usecases/access/recent_uses.hpp"

namespace mb::usecases {

outcome<std::size_t> recent_uses::flush(ports::store& store)
{
    std::vector<ports::api_key_use> keys;
    for (auto const& [key, at] : keys_.noted()) keys.push_back({key, at});
    std::vector<ports::session_sighting> sessions;
    for (auto const& [session, at] : sessions_.noted()) sessions.push_back({session, at});
    if (keys.empty() && sessions.empty()) return std::size_t{0};
    MB_CHECK(store.transact([&](ports::transaction& tx) -> outcome<void> {
        MB_CHECK(tx.api_keys().note_uses(keys));
        return tx.sessions().note_sightings(sessions);
    }));
    for (auto const& each : keys) keys_.forget(each.key, each.at);
    for (auto const& each : sessions) sessions_.forget(each.session, each.at);
    return keys.size() + sessions.size();
}

}  // namespace mb::usecases
