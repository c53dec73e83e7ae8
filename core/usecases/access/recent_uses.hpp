#pragma once

#include "core/domain/base/outcome.hpp"
#include "core/domain/tokens/api_key.hpp"
#include "core/domain/tokens/session.hpp"
#include "ports/store.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <functional>
#include <mutex>
#include <unordered_map>
#include <utility>
#include <vector>

namespace mb::usecases {

/// The latest time of each thing that was noted. Callable from any thread.
template <class Id>
class latest_times {
public:
    void note(Id what, instant at)
    {
        auto& mine = shards_[std::hash<Id>{}(what) % shards_.size()];
        std::scoped_lock const lock(mine.mutex);
        auto const [place, fresh] = mine.last.try_emplace(what, at);
        if (!fresh) place->second = std::max(place->second, at);
    }

    /// What was noted and not forgotten yet.
    std::vector<std::pair<Id, instant>> noted()
    {
        std::vector<std::pair<Id, instant>> all;
        for (auto& each : shards_) {
            std::scoped_lock const lock(each.mutex);
            all.insert(all.end(), each.last.begin(), each.last.end());
        }
        return all;
    }

    /// Leaves alone what was noted again in the meantime.
    void forget(Id what, instant at) noexcept
    {
        auto& mine = shards_[std::hash<Id>{}(what) % shards_.size()];
        std::scoped_lock const lock(mine.mutex);
        auto const found = mine.last.find(what);
        if (found != mine.last.end() && found->second <= at) mine.last.erase(found);
    }

private:
    struct shard {
        std::mutex mutex;
        std::unordered_map<Id, instant> last;
    };
    std::array<shard, 16> shards_;
};

/// When API keys were used and sessions seen last, kept in memory until a job writes it: a request that only reads must not wait for a
/// commit. Callable from any thread. What was noted since the last flush is lost with the process.
class recent_uses final {
public:
    void note(tokens::api_key_id key, instant at) { keys_.note(key, at); }
    void note(tokens::session_id session, instant at) { sessions_.note(session, at); }
    /// Writes what was noted since the last time, in one transaction; keeps it for the next time where that fails.
    /// @return how many keys and sessions. @error as store::transact
    outcome<std::size_t> flush(ports::store& store);

private:
    latest_times<tokens::api_key_id> keys_;
    latest_times<tokens::session_id> sessions_;
};

}  // namespace mb::usecases
