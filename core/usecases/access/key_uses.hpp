#pragma once

#include "core/domain/base/outcome.hpp"
#include "core/domain/tokens/api_key.hpp"
#include "ports/store.hpp"

#include <array>
#include <cstddef>
#include <mutex>
#include <unordered_map>

namespace mb::usecases {

/// When API keys were used last, kept in memory until a job writes it: a request that only reads must not wait for a commit.
/// Callable from any thread. What was noted since the last flush is lost with the process.
class key_uses final {
public:
    void note(tokens::api_key_id key, instant at);
    /// Writes what was noted since the last time, in one transaction; keeps it for the next time where that fails.
    /// @return keys whose use was written. @error as store::transact
    outcome<std::size_t> flush(ports::store& store);

private:
    struct shard {
        std::mutex mutex;
        std::unordered_map<tokens::api_key_id, instant> last;
    };
    std::array<shard, 16> shards_;
};

}  // namespace mb::usecases
