#include "core/usecases/entities/create_record.hpp"

#include "core/domain/entities/record_input.hpp"
#include "core/usecases/entities/steps.hpp"

#include <utility>

namespace mb::usecases {

outcome<answer<stored_record>> create_record::operator()(command const& asked, caller const& who, audit::origin const& from) const
{
    using result = answer<stored_record>;
    auto const known = who.known->find_entity(asked.entity);
    if (known == nullptr) return result{problem::entity_not_found};
    MB_TRY(auto const refused, refuse_unless_may(access::action::create, known->definition, with_, who, from));
    if (refused) return result{*refused};
    auto const accepted = entities::accept_record(*known, asked.body);
    if (auto const* broken = std::get_if<violations>(&accepted)) return result{*broken};

    auto const stamp = draw_stamp(with_);
    auto const id = ports::new_id<entities::record_id>(with_.random, stamp.now);
    return ports::transact(with_.store, [&](ports::transaction& tx) -> outcome<result> {
        MB_TRY(auto const entity, current_entity(tx, who, known, with_.patterns));
        if (entity == nullptr) return result{problem::entity_not_found};
        auto const renewed = entity == known ? std::nullopt : std::optional(entities::accept_record(*entity, asked.body));
        auto const& current = renewed ? *renewed : accepted;
        if (auto const* broken = std::get_if<violations>(&current)) return result{*broken};

        entities::record made{id, stamp.now, stamp.now, who.user.id, 1, std::get<std::vector<entities::cell>>(current)};
        MB_TRY(auto const written, tx.records().insert(entity->definition, made));
        if (written.how == ports::record_written::state::duplicate) return result{duplicate_of(entity->definition, written.field)};
        MB_CHECK(tx.audit().append(event_of(stamp, audit::event_type::record_created, who, from, describe(entity->definition, id))));
        return result{stored_record{entity, std::move(made)}};
    });
}

}  // namespace mb::usecases
