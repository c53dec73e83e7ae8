#include "core/usecases/access/key_uses.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace mb::usecases {

void key_uses::note(tokens::api_key_id key, instant at)
{
    auto& mine = shards_[std::hash<tokens::api_key_id>{}(key) % shards_.size()];
    std::scoped_lock const lock(mine.mutex);
    auto const [place, fresh] = mine.last.try_emplace(key, at);
    if (!fresh) place->second = std::max(place->second, at);
}

outcome<std::size_t> key_uses::flush(ports::store& store)
{
    std::vector<ports::api_key_use> uses;
    for (auto& each : shards_) {
        std::unordered_map<tokens::api_key_id, instant> taken;
        {
            std::scoped_lock const lock(each.mutex);
            taken.swap(each.last);
        }
        for (auto const& [key, at] : taken) uses.push_back({key, at});
    }
    if (uses.empty()) return std::size_t{0};
    if (auto const written = store.transact([&](ports::transaction& tx) { return tx.api_keys().note_uses(uses); }); !written) {
        for (auto const& each : uses) note(each.key, each.at);
        return written.error();
    }
    return uses.size();
}

}  // namespace mb::usecases
