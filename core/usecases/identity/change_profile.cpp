#include "core/usecases/identity/change_profile.hpp"

#include "core/usecases/identity/account_input.hpp"

#include <utility>

namespace mb::usecases {

outcome<answer<identity::user>> change_profile::operator()(profile_patch const& patch, caller const& who, audit::origin const& from) const
{
    using result = answer<identity::user>;
    violations broken;
    std::optional<identity::username> name;
    if (patch.username && *patch.username) name = accept_username(**patch.username, broken, "/username");
    if (patch.display_name && *patch.display_name) check_display_name(**patch.display_name, broken, "/display_name");
    if (!broken.empty()) return broken;

    auto const now = clock_.now();
    auto const log = ports::new_id<audit::log_id>(random_, now);
    auto changed = ports::transact(store_, [&](ports::transaction& tx) -> outcome<result> {
        MB_TRY(auto user, tx.users().find(who.user.id));
        if (!user) return result{problem::invalid_token};
        std::string fields;
        if (patch.display_name && user->display_name != *patch.display_name) {
            user->display_name = *patch.display_name;
            fields = "display_name";
        }
        if (patch.username && user->name != name) {
            if (name) {
                MB_TRY(auto const holder, tx.users().find(*name));
                if (holder) return result{problem::username_taken};
            }
            user->name = name;
            fields += fields.empty() ? "username" : ",username";
        }
        if (fields.empty()) return result{*std::move(user)};
        user->updated_at = now;
        MB_CHECK(tx.users().update(*user));
        MB_CHECK(tx.audit().append(
            audit::about(audit::make_event(log, audit::event_type::profile_changed, from, now), user->id, user->id, {{"fields", fields}})));
        return result{*std::move(user)};
    });
    // somebody took the name between the look and the write
    if (!changed && changed.error().code == errc::duplicate) return problem::username_taken;
    return changed;
}

}  // namespace mb::usecases
