#include "core/usecases/mfa/step_up.hpp"

#include <utility>

namespace mb::usecases {

outcome<answer<tokens::shown_by>> step_up::by_password(secret const& password, std::string const& device, caller const& who,
                                                       audit::origin const& from) const
{
    using result = answer<tokens::shown_by>;
    if (who.user.second_factor) return result{problem::second_factor_required};
    MB_TRY(auto const judged, gate_.judge(who.user.id, {password, device}, from));
    auto const* guess = judged.granted();
    if (guess == nullptr) return judged.refusal<tokens::shown_by>();
    MB_TRY(auto const settled,
           gate_.settle(*guess, {audit::event_type::reauthenticated, lone_password::is_refused}, from, clock_.now(),
                        [&](ports::transaction&, identity::user&) -> outcome<std::optional<tokens::family_id>> { return who.session; }));
    if (settled.granted() == nullptr) return settled.refusal<tokens::shown_by>();
    return result{tokens::shown_by::password};
}

outcome<answer<tokens::shown_by>> step_up::by_factor(shown_factor const& shown, caller const& who, audit::origin const& from) const
{
    using result = answer<tokens::shown_by>;
    auto const now = clock_.now();
    auto const ids = check_.draw(random_, now);
    return ports::transact(store_, [&](ports::transaction& tx) -> outcome<result> {
        MB_TRY(auto const user, tx.users().find(who.user.id));
        if (!user || user->status != identity::user_status::active) return result{problem::invalid_token};
        if (!user->second_factor) return result{problem::second_factor_missing};
        MB_TRY(auto judged, check_.judge(tx, *user, shown, "step_up", ids, from, now));
        if (auto* refused = std::get_if<denial>(&judged)) return result{std::move(*refused)};
        return result{std::get<tokens::shown_by>(judged)};
    });
}

outcome<answer<step_up_token>> step_up::operator()(step_up_proof const& shown, caller const& who, audit::origin const& from) const
{
    using result = answer<step_up_token>;
    if (!who.session) return result{problem::forbidden};
    MB_TRY(auto const said, shown.password ? by_password(*shown.password, shown.factor.device, who, from) : by_factor(shown.factor, who, from));
    auto const* how = said.granted();
    if (how == nullptr) return said.refusal<step_up_token>();
    MB_TRY(auto made, proofs_.step_up(who.user.id, *who.session, *how));
    return result{std::move(made)};
}

}  // namespace mb::usecases
