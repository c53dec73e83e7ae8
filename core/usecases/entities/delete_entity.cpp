#include "core/usecases/entities/delete_entity.hpp"

#include "core/usecases/entities/steps.hpp"

#include <algorithm>
#include <vector>

namespace mb::usecases {
namespace {

/// No role keeps a permission on what is gone.
outcome<void> drop_permissions(ports::transaction& tx, entities::entity_id gone)
{
    MB_TRY(auto const roles, tx.roles().list());
    for (auto const& each : roles) {
        if (std::ranges::find(each.permissions, gone, &access::permission::entity) == each.permissions.end()) continue;
        MB_TRY(auto held, tx.roles().find(each.name));  // as it is now, and until the end
        if (!held) continue;
        std::erase_if(held->permissions, [&](auto const& allowance) { return allowance.entity == gone; });
        ++held->version;
        MB_CHECK(tx.roles().save(*held));
    }
    return {};
}

}  // namespace

outcome<answer<done>> delete_entity::operator()(command const& asked, caller const& who, audit::origin const& from) const
{
    using result = answer<done>;
    MB_TRY(auto const refused, refuse_unless_administers(with_, who, from));
    if (refused) return result{*refused};
    auto const known = who.known->find_entity(asked.entity);
    if (known == nullptr) return result{problem::entity_not_found};

    auto const stamp = draw_stamp(with_);
    return ports::transact(with_.store, [&](ports::transaction& tx) -> outcome<result> {
        MB_TRY(auto const found, tx.entities().find(known->definition.id));
        if (!found) return result{problem::entity_not_found};
        if (asked.expected_revision && found->revision != *asked.expected_revision) return result{problem::precondition_failed};
        MB_TRY(auto const records, population_of(tx, *found));
        if (auto const why = entities::decide_removed_entity(*found, records, asked.confirmed_name)) return result{*why};

        MB_CHECK(tx.entities().alter(*found, {entities::drop_table{}}));
        MB_CHECK(tx.entities().remove(found->id));
        MB_CHECK(drop_permissions(tx, found->id));
        MB_CHECK(tx.catalogue().advance());
        MB_CHECK(tx.audit().append(event_of(stamp, audit::event_type::entity_deleted, who, from, describe(*found))));
        return result{done{}};
    });
}

}  // namespace mb::usecases
