#include "core/usecases/identity/log_in.hpp"

#include "core/usecases/tokens/read_refresh.hpp"

#include <utility>

namespace mb::usecases {

outcome<answer<entrance<token_pair>>> log_in::operator()(credentials const& shown, audit::origin const& from) const
{
    using result = entrance<token_pair>;
    MB_TRY(auto const judged, gate_.judge(read_login_name(shown.identifier), {shown.password, shown.device}, from));
    auto const* guess = judged.granted();
    if (guess == nullptr) return judged.refusal<result>();

    MB_TRY(auto const catalogue, able_to_sign(catalogues_));
    auto const& key = *catalogue->keys.active();
    auto const now = clock_.now();
    auto const started = start_family(guess->user ? guess->user->id : identity::user_id{}, key, from, random_, policy_, now);
    MB_TRY(auto settled, gate_.settle(*guess, {audit::event_type::login_succeeded, lone_password::leads_on}, from, now,
                                      [&](ports::transaction& tx, identity::user& user) -> outcome<std::optional<tokens::family_id>> {
                                          user.last_login_at = now;
                                          MB_CHECK(tx.families().save(started));
                                          return std::optional(started.id);
                                      }));
    auto* entered = settled.granted();
    if (entered == nullptr) return settled.refusal<result>();
    if (entered->half_way) {
        MB_TRY(auto next, proofs_.begin(entered->user, tokens::shown_by::password, tokens::door::tokens));
        return answer<result>{result{std::move(next)}};
    }
    auto pair = issue(started, entered->user, key, codec_, policy_, now);
    pair.device = std::move(entered->device);
    return answer<result>{result{std::move(pair)}};
}

}  // namespace mb::usecases
