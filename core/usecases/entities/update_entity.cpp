#include "core/usecases/entities/update_entity.hpp"

#include "core/domain/entities/definition_input.hpp"
#include "core/usecases/entities/change_definition.hpp"

#include <algorithm>

namespace mb::usecases {

outcome<answer<entities::entity_definition>> update_entity::operator()(command const& asked, caller const& who, audit::origin const& from) const
{
    auto const rename = [&](ports::transaction& tx, entities::entity_definition const& before) -> outcome<definition_decision> {
        auto accepted = entities::accept_entity(asked.body);
        if (auto* broken = std::get_if<violations>(&accepted)) return definition_decision{std::move(*broken)};
        auto const& input = std::get<entities::entity_input>(accepted);
        MB_TRY(auto const existing, tx.entities().list());
        if (std::ranges::any_of(existing, [&](auto const& each) { return each.name == input.name && each.id != before.id; }))
            return definition_decision{problem::entity_exists};

        described_change decided{entities::definition_change{before, {}, {}}, audit::event_type::entity_changed, describe(before)};
        auto& after = decided.change.after;
        after.name = input.name;
        after.display_name = input.display_name;
        after.description = input.description;
        if (after.name != before.name) decided.about.emplace_back("new_name", after.name.text());
        return definition_decision{std::move(decided)};
    };
    return change_definition({asked.entity, asked.expected_revision}, problem::entity_exists, rename, with_, who, from);
}

}  // namespace mb::usecases
