#include "core/usecases/entities/change_definition.hpp"

#include <utility>

namespace mb::usecases {

outcome<answer<entities::entity_definition>> change_definition(entity_target const& target, problem repeated, decide_definition decide,
                                                               entity_services const& with, caller const& who, audit::origin const& from)
{
    using result = answer<entities::entity_definition>;
    MB_TRY(auto const refused, refuse_unless_administers(with, who, from));
    if (refused) return result{*refused};
    auto const known = who.known->find_entity(target.entity);
    if (known == nullptr) return result{problem::entity_not_found};

    auto const stamp = draw_stamp(with);
    auto made = ports::transact(with.store, [&](ports::transaction& tx) -> outcome<result> {
        MB_TRY(auto const before, tx.entities().find(known->definition.id));
        if (!before) return result{problem::entity_not_found};
        if (target.expected_revision && before->revision != *target.expected_revision) return result{problem::precondition_failed};

        MB_TRY(auto decision, decide(tx, *before));
        if (auto const* why = std::get_if<problem>(&decision)) return result{*why};
        if (auto* broken = std::get_if<violations>(&decision)) return result{std::move(*broken)};
        auto& decided = std::get<described_change>(decision);
        MB_TRY(auto carried_out, carry_out(tx, *before, std::move(decided.change), with, stamp.now));
        if (carried_out.granted() != nullptr) MB_CHECK(tx.audit().append(event_of(stamp, decided.told_as, who, from, std::move(decided.about))));
        return carried_out;
    });
    if (!made && made.error().code == errc::duplicate) return result{repeated};
    return made;
}

}  // namespace mb::usecases
