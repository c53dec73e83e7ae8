#include "core/usecases/entities/create_field.hpp"

#include "core/domain/entities/definition_input.hpp"
#include "core/usecases/entities/change_definition.hpp"

#include <utility>

namespace mb::usecases {

outcome<answer<defined_field>> create_field::operator()(command const& asked, caller const& who, audit::origin const& from) const
{
    auto const id = ports::new_id<entities::field_id>(with_.random, with_.clock.now());
    auto const add = [&](ports::transaction& tx, entities::entity_definition const& before) -> outcome<definition_decision> {
        auto accepted = entities::accept_field(
            asked.body, nullptr, [&](std::string_view source) { return with_.patterns.compile(source); }, with_.limits);
        if (auto* broken = std::get_if<violations>(&accepted)) return definition_decision{std::move(*broken)};
        auto& field = std::get<entities::field_definition>(accepted);
        field.id = id;
        MB_TRY(auto const records, population_of(tx, before));
        // judged before a number is drawn, as a refusal commits: it must leave the database as it was
        auto const judged = entities::decide_new_field(before, field, records, with_.limits);
        if (auto const* why = std::get_if<problem>(&judged)) return definition_decision{*why};
        MB_TRY(field.number, tx.entities().next_number());
        entities::number_options(field, field.number);

        auto about = describe(before, field);
        auto decision = entities::decide_new_field(before, std::move(field), records, with_.limits);
        if (auto const* why = std::get_if<problem>(&decision)) return definition_decision{*why};
        return definition_decision{
            described_change{std::get<entities::definition_change>(std::move(decision)), audit::event_type::field_created, std::move(about)}};
    };
    MB_TRY(auto made, change_definition({asked.entity, asked.expected_revision}, problem::duplicate_value, add, with_, who, from));
    if (made.granted() == nullptr) return made.refusal<defined_field>();
    entities::field_index const last{made.granted()->fields.size() - 1};
    return answer<defined_field>{defined_field{std::move(*made.granted()), last}};
}

}  // namespace mb::usecases
