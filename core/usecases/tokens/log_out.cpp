#include "core/usecases/tokens/log_out.hpp"

#include "core/usecases/tokens/read_refresh.hpp"

namespace mb::usecases {

outcome<answer<done>> log_out::operator()(std::string_view refresh_token, audit::origin const& from) const
{
    auto const now = clock_.now();
    MB_TRY(auto const read, read_refresh(refresh_token, catalogues_, codec_, now));
    if (auto const* fault = std::get_if<ports::token_fault>(&read)) {
        // the family ended with its token: there is nothing left to end
        if (*fault == ports::token_fault::expired) return done{};
        return problem::invalid_token;
    }
    auto const& claims = std::get<tokens::refresh_claims>(read);
    auto const log = ports::new_id<audit::log_id>(random_, now);
    return ports::transact(store_, [&](ports::transaction& tx) -> outcome<answer<done>> {
        MB_TRY(auto held, tx.families().find(claims.family));
        if (!held || held->owner != claims.subject || held->revoked_at) return answer<done>{done{}};
        tokens::revoke(*held, tokens::revocation_reason::logout, now);
        MB_CHECK(tx.families().save(*held));
        MB_CHECK(tx.audit().append(
            audit::about(audit::make_event(log, audit::event_type::logout, from, now), held->owner, held->owner, {{"session", held->id.text()}})));
        return answer<done>{done{}};
    });
}

}  // namespace mb::usecases
