#include "core/usecases/entities/get_record.hpp"

#include "core/usecases/entities/steps.hpp"

#include <utility>

namespace mb::usecases {
namespace {

using record_answer = answer<stored_record>;

}  // namespace

outcome<answer<stored_record>> get_record::operator()(command const& asked, caller const& who, audit::origin const& from) const
{
    auto const known = who.known->find_entity(asked.entity);
    if (known == nullptr) return record_answer{problem::entity_not_found};
    MB_TRY(auto const refused, refuse_unless_may(access::action::get, known->definition, with_, who, from));
    if (refused) return record_answer{*refused};
    auto const which = entities::record_id::parse(asked.record);
    if (!which) return record_answer{problem::record_not_found};

    bool foreign = false;
    MB_TRY(auto said, ports::read(with_.store, [&](ports::transaction& tx) -> outcome<record_answer> {
               MB_TRY(auto entity, current_entity(tx, who, known, with_.patterns));
               if (entity == nullptr) return record_answer{problem::entity_not_found};
               MB_TRY(auto found, tx.records().find(entity->definition, *which));
               if (!found) return record_answer{problem::record_not_found};
               foreign = !decide(who, entity->definition.id, access::action::get, found->created_by).allowed;
               return record_answer{stored_record{std::move(entity), *std::move(found)}};
           }));
    auto const* read = said.granted();
    if (read == nullptr || !foreign) return said;
    auto const stamp = draw_stamp(with_);
    MB_CHECK(with_.store.transact([&](ports::transaction& tx) -> outcome<void> {
        MB_CHECK(refuse_foreign(tx, access::action::get, read->entity->definition, read->content, stamp, who, from));
        return {};
    }));
    return record_answer{problem::record_not_found};
}

outcome<std::optional<answer<stored_record>>> get_record::on(ports::transaction& snapshot, command const& asked, caller const& who) const
{
    auto known = who.known->find_entity(asked.entity);
    if (known == nullptr) return record_answer{problem::entity_not_found};
    if (!decide(who, known->definition.id, access::action::get).allowed) return std::nullopt;
    auto const which = entities::record_id::parse(asked.record);
    if (!which) return record_answer{problem::record_not_found};
    MB_TRY(auto found, snapshot.records().find(known->definition, *which));
    if (!found) return record_answer{problem::record_not_found};
    if (!decide(who, known->definition.id, access::action::get, found->created_by).allowed) return std::nullopt;
    return record_answer{stored_record{std::move(known), *std::move(found)}};
}

}  // namespace mb::usecases
