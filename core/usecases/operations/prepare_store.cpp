#include "core/usecases/operations/prepare_store.hpp"

#include "core/domain/access/role.hpp"
#include "core/usecases/identity/account_input.hpp"
#include "core/usecases/operations/verified_user.hpp"
#include "core/usecases/tokens/new_signing_key.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace mb::usecases {
namespace {

bool same(access::role const& left, access::role const& right)
{
    return left.name == right.name && left.description == right.description && left.permissions == right.permissions
           && left.built_in == right.built_in && left.administers == right.administers;
}

struct missing {
    std::vector<access::role> roles;
    bool key = false;
    bool admin = false;
};

outcome<missing> find_missing(ports::transaction& tx)
{
    missing found;
    MB_TRY(auto const stored, tx.roles().list());
    for (auto const& role : access::built_in_roles())
        if (std::ranges::none_of(stored, [&](auto const& each) { return same(each, role); })) found.roles.push_back(role);
    MB_TRY(auto const keys, tx.signing_keys().list());
    found.key = std::ranges::none_of(keys, [](auto const& each) { return each.state == tokens::key_state::active; });
    ports::user_filter any_admin;  // a disabled one too: this door never opens again
    any_admin.role = access::admin_role;
    any_admin.limit = 1;
    MB_TRY(auto const admins, tx.users().list(any_admin));
    found.admin = admins.empty();
    return found;
}

}  // namespace

outcome<answer<prepared>> prepare_store::operator()(preparation const& given, audit::origin const& from) const
{
    using result = answer<prepared>;
    if (given.jwt_secret && given.jwt_secret->size() < signing_key_bytes)
        return violations{{"/jwt_secret", violation_code::too_short, std::to_string(signing_key_bytes)}};
    MB_TRY(auto const seen, ports::read(store_, find_missing));
    bool const wants_admin = seen.admin && given.admin;
    if (seen.roles.empty() && !seen.key && !wants_admin) return prepared{};

    auto const now = clock_.now();
    std::optional<identity::user> admin;
    if (wants_admin) {
        std::optional<std::string> const unnamed;
        auto accepted = accept_account({given.admin->email, given.admin->password, unnamed, unnamed}, judge_, passwords_, "/admin");
        if (auto* broken = std::get_if<violations>(&accepted)) return std::move(*broken);
        MB_TRY(auto hash, hasher_.hash(given.admin->password));
        admin = verified_user(ports::new_id<identity::user_id>(random_, now), std::get<accepted_account>(accepted), std::move(hash),
                              {std::string(access::admin_role)}, now);
    }
    auto const key = new_signing_key(random_, given.jwt_secret ? given.jwt_secret->clone() : ports::new_secret(random_, signing_key_bytes), now);
    auto const roles_log = ports::new_id<audit::log_id>(random_, now);
    auto const key_log = ports::new_id<audit::log_id>(random_, now);
    auto const admin_log = ports::new_id<audit::log_id>(random_, now);

    return ports::transact(store_, [&](ports::transaction& tx) -> outcome<result> {
        // first, because it makes two servers that start at once wait for each other; the second finds nothing missing
        MB_CHECK(tx.catalogue().advance());
        MB_TRY(auto const lacking, find_missing(tx));
        prepared made{!lacking.roles.empty(), lacking.key, lacking.admin && admin};
        if (made.admin_made) {
            MB_TRY(auto const holder, tx.users().find(admin->address));
            if (holder) return result{problem::duplicate_value};
            MB_CHECK(tx.users().insert(*admin));
            MB_CHECK(
                tx.audit().append(audit::about(audit::make_event(admin_log, audit::event_type::admin_created, from, now), admin->id, std::nullopt)));
        }
        if (made.roles_saved) {
            for (auto const& role : lacking.roles) MB_CHECK(tx.roles().save(role));
            MB_CHECK(tx.audit().append(audit::about(audit::make_event(roles_log, audit::event_type::configuration_changed, from, now), std::nullopt,
                                                    std::nullopt, {{"what", "built_in_roles"}})));
        }
        if (made.key_made) {
            MB_CHECK(tx.signing_keys().save(key));
            MB_CHECK(tx.audit().append(audit::about(audit::make_event(key_log, audit::event_type::signing_key_rotated, from, now), std::nullopt,
                                                    std::nullopt, {{"kid", key.kid}})));
        }
        return result{made};
    });
}

}  // namespace mb::usecases
