#include "core/usecases/access/delete_role.hpp"

#include "core/usecases/access/record_denial.hpp"
#include "core/usecases/access/role_input.hpp"

#include <string>
#include <utility>
#include <vector>

namespace mb::usecases {
namespace {

constexpr std::size_t holders_at_once = 500;

/// Takes the role, which this transaction holds so that nobody is given it meanwhile, from everybody who has it.
outcome<std::size_t> take_from_all(ports::transaction& tx, std::string const& role, instant now)
{
    std::size_t taken = 0;
    ports::user_filter holders;
    holders.role = role;
    holders.limit = holders_at_once;
    for (;;) {
        MB_TRY(auto const page, tx.users().list(holders));
        if (page.empty()) return taken;
        for (auto const& each : page) {
            holders.after = each.id;
            MB_TRY(auto held, tx.users().find(each.id));
            if (!held || std::erase(held->roles, role) == 0) continue;
            ++held->authz_version;
            held->updated_at = now;
            MB_CHECK(tx.users().update(*held));
            ++taken;
        }
    }
}

}  // namespace

outcome<answer<done>> delete_role::operator()(std::string_view name, std::optional<std::int64_t> expected_version,
                                              std::optional<std::string_view> confirmed_name, caller const& who, audit::origin const& from) const
{
    using result = answer<done>;
    MB_TRY(auto const refused, refuse_unless_grants(who, from, store_, clock_, random_));
    if (refused) return *refused;
    auto const now = clock_.now();
    auto const log = ports::new_id<audit::log_id>(random_, now);

    return ports::transact(store_, [&](ports::transaction& tx) -> outcome<result> {
        MB_TRY(auto const before, tx.roles().find(name));
        if (!before) return result{problem::role_not_found};
        ports::user_filter any_holder;
        any_holder.role = before->name;
        any_holder.limit = 1;
        MB_TRY(auto const holders, tx.users().list(any_holder));
        if (auto const why = access::decide_removed_role(*before, expected_version, holders.size(), confirmed_name)) return result{*why};

        MB_TRY(auto const taken, take_from_all(tx, before->name, now));
        MB_CHECK(tx.roles().remove(before->name));
        MB_CHECK(tx.catalogue().advance());
        auto said = describe_change(&*before, nullptr);
        said.emplace_back("holders", std::to_string(taken));
        MB_CHECK(tx.audit().append(
            audit::about(audit::make_event(log, audit::event_type::role_changed, from, now), std::nullopt, who.user.id, std::move(said))));
        return result{done{}};
    });
}

}  // namespace mb::usecases
