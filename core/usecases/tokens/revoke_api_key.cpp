#include "core/usecases/tokens/revoke_api_key.hpp"

#include <utility>

namespace mb::usecases {

outcome<answer<tokens::api_key>> revoke_api_key::operator()(tokens::api_key_id id, caller const& who, audit::origin const& from) const
{
    using result = answer<tokens::api_key>;
    auto const now = clock_.now();
    auto const log = ports::new_id<audit::log_id>(random_, now);
    return ports::transact(store_, [&](ports::transaction& tx) -> outcome<result> {
        MB_TRY(auto held, tx.api_keys().find(id));
        if (!held || held->owner != who.user.id) return result{problem::api_key_not_found};
        if (held->revoked_at) return result{*std::move(held)};
        held->revoked_at = now;
        MB_CHECK(tx.api_keys().save(*held));
        MB_CHECK(tx.audit().append(audit::about(audit::make_event(log, audit::event_type::api_key_revoked, from, now), who.user.id, who.user.id,
                                                {{"key", held->id.text()}, {"prefix", held->prefix}})));
        return result{*std::move(held)};
    });
}

}  // namespace mb::usecases
