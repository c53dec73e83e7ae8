#include "core/usecases/entities/create_entity.hpp"

#include "core/domain/entities/definition_input.hpp"
#include "core/usecases/entities/steps.hpp"

#include <algorithm>
#include <utility>

namespace mb::usecases {

outcome<answer<entities::entity_definition>> create_entity::operator()(command const& asked, caller const& who, audit::origin const& from) const
{
    using result = answer<entities::entity_definition>;
    MB_TRY(auto const refused, refuse_unless_administers(with_, who, from));
    if (refused) return result{*refused};
    auto const accepted = entities::accept_entity(asked.body);
    if (auto const* broken = std::get_if<violations>(&accepted)) return result{*broken};
    auto const& input = std::get<entities::entity_input>(accepted);

    auto const stamp = draw_stamp(with_);
    auto const id = ports::new_id<entities::entity_id>(with_.random, stamp.now);
    auto made = ports::transact(with_.store, [&](ports::transaction& tx) -> outcome<result> {
        MB_TRY(auto const existing, tx.entities().list());
        if (std::ranges::find(existing, input.name, &entities::entity_definition::name) != existing.end()) return result{problem::entity_exists};
        if (existing.size() >= with_.limits.entities_max) return result{problem::limit_reached};

        entities::entity_definition definition;
        definition.id = id;
        MB_TRY(definition.number, tx.entities().next_number());
        definition.name = input.name;
        definition.display_name = input.display_name;
        definition.description = input.description;
        definition.created_at = stamp.now;
        definition.updated_at = stamp.now;
        definition.created_by = who.user.id;
        MB_CHECK(tx.entities().save(definition));
        MB_CHECK(tx.entities().alter(definition, {entities::create_table{}}));
        MB_CHECK(tx.catalogue().advance());
        MB_CHECK(tx.audit().append(event_of(stamp, audit::event_type::entity_created, who, from, describe(definition))));
        return result{std::move(definition)};
    });
    // two at once: the storage's own rule caught the name
    if (!made && made.error().code == errc::duplicate) return result{problem::entity_exists};
    return made;
}

}  // namespace mb::usecases
