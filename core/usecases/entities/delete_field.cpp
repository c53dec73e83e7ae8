#include "core/usecases/entities/delete_field.hpp"

#include "core/usecases/entities/change_definition.hpp"

namespace mb::usecases {

outcome<answer<entities::entity_definition>> delete_field::operator()(command const& asked, caller const& who, audit::origin const& from) const
{
    auto const remove = [&](ports::transaction&, entities::entity_definition const& before) -> outcome<definition_decision> {
        auto const found = entities::find_field(before, asked.field);
        if (!found) return definition_decision{problem::field_not_found};
        return definition_decision{described_change{entities::decide_removed_field(before, entities::field_index{*found}),
                                                    audit::event_type::field_deleted, describe(before, before.fields[*found])}};
    };
    return change_definition({asked.entity, asked.expected_revision}, problem::conflict, remove, with_, who, from);
}

}  // namespace mb::usecases
