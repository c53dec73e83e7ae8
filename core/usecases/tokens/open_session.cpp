#include "core/usecases/tokens/open_session.hpp"

#include "core/domain/base/text.hpp"

#include <utility>

namespace mb::usecases {

begun_session start_session(identity::user_id owner, audit::origin const& from, ports::randomness const& random, ports::digester const& digests,
                            tokens::session_policy const& policy, instant now)
{
    constexpr std::size_t cookie_bytes = 32;
    begun_session begun{secret{base64url(ports::new_secret(random, cookie_bytes).reveal())}, {}};
    begun.row.id = ports::new_id<tokens::session_id>(random, now);
    begun.row.owner = owner;
    begun.row.digest = digests.sha256(begun.cookie.reveal());
    begun.row.ip = from.ip.value_or(identity::ip_hash{});
    begun.row.user_agent = from.user_agent;
    begun.row.created_at = now;
    begun.row.last_seen_at = now;
    begun.row.expires_at = now + policy.life;
    return begun;
}

outcome<answer<entrance<opened_session>>> open_session::operator()(credentials const& shown, audit::origin const& from) const
{
    using result = entrance<opened_session>;
    MB_TRY(auto const judged, gate_.judge(read_login_name(shown.identifier), {shown.password, shown.device}, from));
    auto const* guess = judged.granted();
    if (guess == nullptr) return judged.refusal<result>();

    auto const now = clock_.now();
    auto begun = start_session({}, from, random_, digests_, policy_, now);
    MB_TRY(auto settled, gate_.settle(*guess, {audit::event_type::login_succeeded, lone_password::leads_on}, from, now,
                                      [&](ports::transaction& tx, identity::user& user) -> outcome<std::optional<tokens::family_id>> {
                                          user.last_login_at = now;
                                          begun.row.owner = user.id;
                                          MB_CHECK(tx.sessions().save(begun.row));
                                          // an attempt has one column for what it began, of whichever kind
                                          return std::optional(tokens::family_id{begun.row.id.bytes});
                                      }));
    auto* entered = settled.granted();
    if (entered == nullptr) return settled.refusal<result>();
    if (entered->half_way) {
        MB_TRY(auto next, proofs_.begin(entered->user, tokens::shown_by::password, tokens::door::session));
        return answer<result>{result{std::move(next)}};
    }
    return answer<result>{
        result{opened_session{std::move(begun.cookie), std::move(begun.row), std::move(entered->user), std::move(entered->device)}}};
}

}  // namespace mb::usecases
