#include "core/usecases/identity/prove_password.hpp"

namespace mb::usecases {

outcome<answer<identity::user>> prove_password::operator()(credentials const& shown, audit::origin const& from) const
{
    MB_TRY(auto const judged, gate_.judge(read_login_name(shown.identifier), {shown.password, shown.device}, from));
    auto const* guess = judged.granted();
    if (guess == nullptr) return judged.refusal<identity::user>();
    auto const now = clock_.now();
    MB_TRY(auto settled, gate_.settle(*guess, {audit::event_type::login_succeeded, lone_password::is_refused}, from, now,
                                      [&](ports::transaction&, identity::user& user) -> outcome<std::optional<tokens::family_id>> {
                                          user.last_login_at = now;
                                          return std::optional<tokens::family_id>{};
                                      }));
    auto* entered = settled.granted();
    if (entered == nullptr) return settled.refusal<identity::user>();
    return answer<identity::user>{std::move(entered->user)};
}

}  // namespace mb::usecases
