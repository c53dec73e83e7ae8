#include "core/usecases/entities/delete_record.hpp"

#include "core/usecases/entities/steps.hpp"

namespace mb::usecases {

outcome<answer<done>> delete_record::operator()(command const& asked, caller const& who, audit::origin const& from) const
{
    using result = answer<done>;
    using state = ports::record_written::state;
    auto const known = who.known->find_entity(asked.entity);
    if (known == nullptr) return result{problem::entity_not_found};
    MB_TRY(auto const refused, refuse_unless_may(access::action::remove, known->definition, with_, who, from));
    if (refused) return result{*refused};
    auto const which = entities::record_id::parse(asked.record);
    if (!which) return result{problem::record_not_found};

    auto const stamp = draw_stamp(with_);
    return ports::transact(with_.store, [&](ports::transaction& tx) -> outcome<result> {
        MB_TRY(auto const entity, current_entity(tx, who, known, with_.patterns));
        if (entity == nullptr) return result{problem::entity_not_found};
        if (decide(who, entity->definition.id, access::action::remove).over == access::reach::own) {
            MB_TRY(auto const found, tx.records().find(entity->definition, *which));
            if (!found) return result{problem::record_not_found};
            MB_TRY(auto const foreign, refuse_foreign(tx, access::action::remove, entity->definition, *found, stamp, who, from));
            if (foreign) return result{*foreign};
        }
        MB_TRY(auto const removed, tx.records().remove(entity->definition, *which, asked.expected_version));
        if (removed.how == state::gone) return result{problem::record_not_found};
        if (removed.how == state::version_differs) return result{problem::precondition_failed};
        MB_CHECK(tx.audit().append(event_of(stamp, audit::event_type::record_deleted, who, from, describe(entity->definition, *which))));
        return result{done{}};
    });
}

}  // namespace mb::usecases
