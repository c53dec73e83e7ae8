#include "core/usecases/access/access_cache.hpp"

#include <algorithm>
#include <utility>

namespace mb::usecases {

std::shared_ptr<ports::live_access const> access_cache::trusted(tokens::token_id jti, ports::change_marks::seen const& now_seen, duration now) const
{
    auto& in = shard_of(jti);
    std::scoped_lock const lock(in.mutex);
    for (auto* half : {&in.young, &in.old}) {
        auto const found = half->find(jti);
        if (found == half->end()) continue;
        auto const& held = found->second;
        if (held.under == now_seen && now - held.looked_at < trust_.longest) return held.what;
        half->erase(found);
    }
    return nullptr;
}

void access_cache::keep(tokens::token_id jti, entry&& kept) const
{
    auto& in = shard_of(jti);
    std::scoped_lock const lock(in.mutex);
    if (in.young.size() >= std::max<std::size_t>(trust_.entries_max / shard_count / 2, 1)) in.old = std::exchange(in.young, {});
    in.young.insert_or_assign(jti, std::move(kept));
}

std::size_t access_cache::size() const
{
    std::size_t total = 0;
    for (auto& in : shards_) {
        std::scoped_lock const lock(in.mutex);
        total += in.young.size() + in.old.size();
    }
    return total;
}

outcome<std::shared_ptr<ports::live_access const>> access_cache::find(tokens::token_id access_jti, identity::user_id owner) const
{
    // before the look, and that before the reading: the reading is never older than what it is trusted by
    auto const now = clock_.ticks();
    auto const seen = marks_.look(owner);
    if (seen) {
        if (auto held = trusted(access_jti, *seen, now); held != nullptr && held->owner.id == owner) {
            kept_.fetch_add(1, std::memory_order_relaxed);
            return held;
        }
    }
    read_.fetch_add(1, std::memory_order_relaxed);
    MB_TRY(auto live, ports::read(store_, [&](ports::transaction& tx) { return tx.families().find_access(access_jti); }));
    if (!live || live->owner.id != owner) return std::shared_ptr<ports::live_access const>{};
    auto what = std::make_shared<ports::live_access const>(*std::move(live));
    if (seen) keep(access_jti, {what, *seen, now});
    return what;
}

}  // namespace mb::usecases
