#include "adapters/memory/shared/memory_replay_guard.hpp"

namespace mb::memory {

outcome<ports::spending> memory_replay_guard::spend_once(std::string_view space, identity::digest const& what, duration ttl)
{
    std::string thing(space);
    thing += '\0';
    thing.append(reinterpret_cast<char const*>(what.data()), what.size());

    std::scoped_lock const lock(mutex_);
    auto const now = clock_.ticks();
    auto const known = until_.find(thing);
    if (known != until_.end()) {
        if (now < known->second) return ports::spending::spent;
        known->second = now + ttl;
        return ports::spending::fresh;
    }
    if (until_.size() >= things_max_) {
        std::erase_if(until_, [now](auto const& each) { return now >= each.second; });
        if (until_.size() >= things_max_) return error{errc::unavailable, "memory.replay_guard", "full"};
    }
    until_.emplace(std::move(thing), now + ttl);
    return ports::spending::fresh;
}

}  // namespace mb::memory
