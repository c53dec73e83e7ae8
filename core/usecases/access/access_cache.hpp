#pragma once

#include "core/domain/base/outcome.hpp"
#include "ports/change_marks.hpp"
#include "ports/clock.hpp"
#include "ports/store.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>

namespace mb::usecases {

struct access_trust {
    /// How long a reading is trusted at most, whatever the marks say. A change that can't be told to the others is waited out by this.
    duration longest = std::chrono::seconds{2};
    std::size_t entries_max = 50'000;  ///< about a KiB each
};

/// Keeps what access tokens lead to, so that one that comes again is judged without the store: each time the change marks are asked whether
/// anything has changed since. Where they don't answer, or answer otherwise, the store is read. Callable from any thread.
class access_cache final {
public:
    access_cache(ports::store& store, ports::change_marks& marks, ports::clock const& clock, access_trust const& trust)
        : store_(store),
          marks_(marks),
          clock_(clock),
          trust_(trust)
    {
    }

    /// As families::find_access. @param owner  whose token it says it is; an answer about somebody else's is none. Null where there is none.
    /// @error as store::read
    outcome<std::shared_ptr<ports::live_access const>> find(tokens::token_id access_jti, identity::user_id owner) const;

    /// Answers that came without the store, and with it.
    std::uint64_t kept() const noexcept { return kept_; }
    std::uint64_t read() const noexcept { return read_; }
    std::size_t size() const;

private:
    struct entry {
        std::shared_ptr<ports::live_access const> what;
        ports::change_marks::seen under;
        duration looked_at{};  ///< in ticks; the reading came after it
    };
    /// Two halves: a full young one becomes the old one, and what was old is forgotten. So nothing has to be searched for.
    struct shard {
        std::mutex mutex;
        std::unordered_map<tokens::token_id, entry> young;
        std::unordered_map<tokens::token_id, entry> old;
    };
    static constexpr std::size_t shard_count = 16;

    shard& shard_of(tokens::token_id jti) const noexcept { return shards_[std::hash<tokens::token_id>{}(jti) % shard_count]; }
    std::shared_ptr<ports::live_access const> trusted(tokens::token_id jti, ports::change_marks::seen const& now_seen, duration now) const;
    void keep(tokens::token_id jti, entry&& kept) const;

    ports::store& store_;
    ports::change_marks& marks_;
    ports::clock const& clock_;
    access_trust const trust_;
    mutable std::array<shard, shard_count> shards_;
    mutable std::atomic<std::uint64_t> kept_ = 0;
    mutable std::atomic<std::uint64_t> read_ = 0;
};

}  // namespace mb::usecases
