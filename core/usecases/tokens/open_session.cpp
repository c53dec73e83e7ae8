#include "core/usecases/tokens/open_session.hpp"

#include "core/domain/base/text.hpp"

#include <utility>

namespace mb::usecases {

outcome<answer<opened_session>> open_session::operator()(credentials const& shown, audit::origin const& from) const
{
    constexpr std::size_t cookie_bytes = 32;
    MB_TRY(auto const judged, gate_.judge(read_login_name(shown.identifier), {shown.password, shown.device}, from));
    auto const* guess = judged.granted();
    if (guess == nullptr) return judged.refusal<opened_session>();

    auto const now = clock_.now();
    secret cookie{base64url(ports::new_secret(random_, cookie_bytes).reveal())};
    tokens::session begun;
    begun.id = ports::new_id<tokens::session_id>(random_, now);
    begun.digest = digests_.sha256(cookie.reveal());
    begun.ip = from.ip.value_or(identity::ip_hash{});
    begun.user_agent = from.user_agent;
    begun.created_at = now;
    begun.last_seen_at = now;
    begun.expires_at = now + policy_.life;
    MB_TRY(auto settled, gate_.settle(*guess, audit::event_type::login_succeeded, from, now,
                                      [&](ports::transaction& tx, identity::user& user) -> outcome<std::optional<tokens::family_id>> {
                                          user.last_login_at = now;
                                          begun.owner = user.id;
                                          MB_CHECK(tx.sessions().save(begun));
                                          // an attempt has one column for what it began, of whichever kind
                                          return std::optional(tokens::family_id{begun.id.bytes});
                                      }));
    auto* entered = settled.granted();
    if (entered == nullptr) return settled.refusal<opened_session>();
    return answer<opened_session>{opened_session{std::move(cookie), std::move(begun), std::move(entered->user), std::move(entered->device)}};
}

}  // namespace mb::usecases
