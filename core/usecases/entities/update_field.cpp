#include "core/usecases/entities/update_field.hpp"

#include "core/domain/entities/definition_input.hpp"
#include "core/usecases/entities/change_definition.hpp"

#include <utility>

namespace mb::usecases {

outcome<answer<defined_field>> update_field::operator()(command const& asked, caller const& who, audit::origin const& from) const
{
    entities::field_index at;
    auto const change = [&](ports::transaction& tx, entities::entity_definition const& before) -> outcome<definition_decision> {
        auto const found = entities::find_field(before, asked.field);
        if (!found) return definition_decision{problem::field_not_found};
        at = entities::field_index{*found};
        auto const& field_before = before.fields[at.at];
        auto accepted = entities::accept_field(
            asked.body, &field_before, [&](std::string_view source) { return with_.patterns.compile(source); }, with_.limits);
        if (auto* broken = std::get_if<violations>(&accepted)) return definition_decision{std::move(*broken)};

        auto& field = std::get<entities::field_definition>(accepted);
        field.id = field_before.id;
        MB_TRY(auto const records, population_of(tx, before));
        // judged before a number is drawn, as a refusal commits: it must leave the database as it was
        auto const judged = entities::decide_changed_field(before, at, field, field_before.number, records, with_.limits);
        if (auto const* why = std::get_if<problem>(&judged)) return definition_decision{*why};
        MB_TRY(auto const fresh, tx.entities().next_number());
        entities::number_options(field, fresh);
        auto decision = entities::decide_changed_field(before, at, std::move(field), fresh, records, with_.limits);
        if (auto const* why = std::get_if<problem>(&decision)) return definition_decision{*why};
        return definition_decision{described_change{std::get<entities::definition_change>(std::move(decision)), audit::event_type::field_changed,
                                                    describe(before, field_before)}};
    };
    MB_TRY(auto made, change_definition({asked.entity, asked.expected_revision}, problem::duplicate_value, change, with_, who, from));
    if (made.granted() == nullptr) return made.refusal<defined_field>();
    return answer<defined_field>{defined_field{std::move(*made.granted()), at}};
}

}  // namespace mb::usecases
