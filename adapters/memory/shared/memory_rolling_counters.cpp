#include "adapters/memory/shared/memory_rolling_counters.hpp"

#include <algorithm>

namespace mb::memory {

outcome<std::vector<std::size_t>> memory_rolling_counters::note(std::span<ports::sighting const> seen)
{
    std::vector<std::size_t> counts;
    counts.reserve(seen.size());
    std::scoped_lock const lock(mutex_);
    auto const now = clock_.ticks();
    for (auto const& each : seen) counts.push_back(note(each, now));
    return counts;
}

std::size_t memory_rolling_counters::note(ports::sighting const& seen, duration now)
{
    auto const [found, fresh] = keys_.try_emplace(std::string(seen.key));
    auto& [key, under] = *found;
    if (fresh) {
        under.place = order_.insert(order_.end(), &key);
        ++held_;
    } else {
        order_.splice(order_.end(), order_, under.place);
        held_ -= std::erase_if(under.members, [&](member const& each) { return each.at <= now - seen.window; });
    }
    auto const at = now - seen.ago;
    if (auto const known = std::ranges::find(under.members, seen.member, &member::name); known != under.members.end()) {
        known->at = std::max(known->at, at);
    } else if (seen.ago < seen.window) {
        if (under.members.size() < members_max) {
            under.members.push_back({std::string(seen.member), at});
            ++held_;
        } else if (auto const oldest = std::ranges::min_element(under.members, {}, &member::at); oldest->at < at) {
            *oldest = {std::string(seen.member), at};
        }
    }
    auto const count = under.members.size();
    // never the key of this note: it is the last
    while (held_ > members_total_max_ && order_.size() > 1) forget(order_.front());
    if (count == 0) forget(&key);
    return count;
}

void memory_rolling_counters::forget(std::string const* key)
{
    auto const found = keys_.find(*key);
    held_ -= found->second.members.size() + 1;
    order_.erase(found->second.place);
    keys_.erase(found);
}

std::size_t memory_rolling_counters::size() const
{
    std::scoped_lock const lock(mutex_);
    return held_;
}

}  // namespace mb::memory
