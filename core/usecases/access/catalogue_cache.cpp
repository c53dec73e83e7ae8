#include "core/usecases/access/catalogue_cache.hpp"

#include <algorithm>
#include <utility>

namespace mb::usecases {
namespace {

using shared_catalogue = std::shared_ptr<catalogue const>;
constexpr duration look_interval = std::chrono::seconds{1};

std::uint64_t next_serial() noexcept
{
    static std::atomic<std::uint64_t> last = 0;
    return ++last;
}

/// The rules of the entity: those known already where it is of the same revision, since compiling patterns takes time.
std::shared_ptr<entities::compiled_entity const> compiled(entities::entity_definition definition, catalogue const& known,
                                                          ports::pattern_compiler const& patterns)
{
    auto const same = std::ranges::find_if(
        known.entities, [&](auto const& each) { return each->definition.id == definition.id && each->definition.revision == definition.revision; });
    if (same != known.entities.end()) return *same;
    return entities::compile(std::move(definition), [&](std::string_view source) { return patterns.compile(source); });
}

/// What a thread remembers of the cache that it asked last.
struct remembered {
    std::uint64_t serial = 0;
    std::uint64_t generation = 0;
    shared_catalogue held;
};

}  // namespace

catalogue_cache::catalogue_cache(ports::store& store, ports::pattern_compiler const& patterns, ports::clock const& clock)
    : store_(store),
      patterns_(patterns),
      clock_(clock),
      serial_(next_serial())
{
    catalogue nothing;
    nothing.revision = -1;
    latest_ = std::make_shared<catalogue const>(std::move(nothing));
}

shared_catalogue catalogue_cache::current() const
{
    thread_local remembered mine;
    if (mine.serial != serial_ || mine.generation != generation_.load(std::memory_order_acquire)) {
        std::scoped_lock const lock(publishing_);
        // A pointer to the pointer: each thread counts references in a block of its own, so threads don't fight over one cache line.
        mine = {serial_, generation_.load(std::memory_order_relaxed), {std::make_shared<shared_catalogue const>(latest_), latest_.get()}};
    }
    return mine.held;
}

outcome<shared_catalogue> catalogue_cache::at_least(std::int64_t revision) const
{
    auto known = current();
    if (known->revision >= revision) return known;
    std::scoped_lock const lock(loading_);
    known = current();  // somebody else may have loaded it while we waited
    if (known->revision >= revision) return known;
    return load_holding_lock();
}

outcome<shared_catalogue> catalogue_cache::refresh() const
{
    std::scoped_lock const lock(loading_);
    return load_holding_lock();
}

outcome<shared_catalogue> catalogue_cache::look_again() const
{
    std::scoped_lock const lock(loading_);
    auto const ticks = clock_.ticks();
    if (looked_again_ && ticks - *looked_again_ < look_interval) return current();
    looked_again_ = ticks;
    return load_holding_lock();
}

outcome<shared_catalogue> catalogue_cache::load_holding_lock() const
{
    auto const known = current();
    catalogue loaded;
    MB_CHECK(store_.read([&](ports::transaction& tx) -> outcome<void> {
        MB_TRY(loaded.revision, tx.catalogue().current());
        MB_TRY(loaded.roles, tx.roles().list());
        MB_TRY(auto keys, tx.signing_keys().list());
        loaded.keys = tokens::key_ring{std::move(keys)};
        MB_TRY(auto definitions, tx.entities().list());
        loaded.entities.clear();
        for (auto& each : definitions) loaded.entities.push_back(compiled(std::move(each), *known, patterns_));
        return {};
    }));
    {
        std::scoped_lock const lock(publishing_);
        latest_ = std::make_shared<catalogue const>(std::move(loaded));
        generation_.fetch_add(1, std::memory_order_release);
    }
    return current();
}

}  // namespace mb::usecases
