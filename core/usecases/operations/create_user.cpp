#include "core/usecases/operations/create_user.hpp"

#include "core/domain/access/role.hpp"
#include "core/usecases/access/role_input.hpp"
#include "core/usecases/identity/account_input.hpp"
#include "core/usecases/operations/verified_user.hpp"

#include <algorithm>
#include <utility>

namespace mb::usecases {

outcome<answer<identity::user>> create_user::operator()(new_user const& asked, audit::origin const& from) const
{
    using result = answer<identity::user>;
    MB_TRY(auto const known_roles, ports::read(store_, [](ports::transaction& tx) { return tx.roles().list(); }));
    auto broken = check_roles(asked.roles, known_roles);
    auto accepted = accept_account({asked.email, asked.password, asked.username, asked.display_name}, judge_, passwords_, "");
    if (auto const* more = std::get_if<violations>(&accepted)) broken.insert(broken.end(), more->begin(), more->end());
    if (!broken.empty()) return broken;
    MB_TRY(auto hash, hasher_.hash(asked.password));

    auto const now = clock_.now();
    auto const log = ports::new_id<audit::log_id>(random_, now);
    auto made = verified_user(ports::new_id<identity::user_id>(random_, now), std::get<accepted_account>(accepted), std::move(hash),
                              without_repeats(asked.roles), now);
    made.display_name = asked.display_name;
    bool const administers = std::ranges::find(made.roles, access::admin_role) != made.roles.end();
    auto const type = administers ? audit::event_type::admin_created : audit::event_type::user_registered;

    auto const work = [&](ports::transaction& tx) -> outcome<result> {
        MB_TRY(auto const held_roles, hold_roles(tx, made.roles));  // one may have been deleted since
        if (auto gone = check_roles(asked.roles, held_roles); !gone.empty()) return result{std::move(gone)};
        MB_TRY(auto const owner, tx.users().find(made.address));
        if (owner) return result{problem::duplicate_value};
        if (made.name) {
            MB_TRY(auto const holder, tx.users().find(*made.name));
            if (holder) return result{problem::username_taken};
        }
        MB_CHECK(tx.users().insert(made));
        MB_CHECK(tx.audit().append(
            audit::about(audit::make_event(log, type, from, now), made.id, std::nullopt, {{"result", "created"}, {"by", "operator"}})));
        return result{made};
    };
    auto created = ports::transact(store_, work);
    // Another registration came first with this address or name: look again, and find it.
    if (!created && created.error().code == errc::duplicate) created = ports::transact(store_, work);
    return created;
}

}  // namespace mb::usecases
