#include "core/usecases/entities/get_record.hpp"

#include "core/usecases/entities/steps.hpp"

#include <utility>

namespace mb::usecases {
namespace {

using result = answer<stored_record>;

outcome<result> find(ports::transaction& tx, std::shared_ptr<entities::compiled_entity const> entity, entities::record_id which)
{
    MB_TRY(auto found, tx.records().find(entity->definition, which));
    if (!found) return result{problem::record_not_found};
    return result{stored_record{std::move(entity), *std::move(found)}};
}

}  // namespace

outcome<answer<stored_record>> get_record::operator()(command const& asked, caller const& who, audit::origin const& from) const
{
    auto const known = who.known->find_entity(asked.entity);
    if (known == nullptr) return result{problem::entity_not_found};
    MB_TRY(auto const refused, refuse_unless_may(access::action::get, known->definition, with_, who, from));
    if (refused) return result{*refused};
    auto const which = entities::record_id::parse(asked.record);
    if (!which) return result{problem::record_not_found};

    return ports::read(with_.store, [&](ports::transaction& tx) -> outcome<result> {
        MB_TRY(auto entity, current_entity(tx, who, known, with_.patterns));
        if (entity == nullptr) return result{problem::entity_not_found};
        return find(tx, std::move(entity), *which);
    });
}

outcome<std::optional<answer<stored_record>>> get_record::on(ports::transaction& snapshot, command const& asked, caller const& who) const
{
    auto known = who.known->find_entity(asked.entity);
    if (known == nullptr) return result{problem::entity_not_found};
    if (!decide(who, known->definition.id, access::action::get).allowed) return std::nullopt;
    auto const which = entities::record_id::parse(asked.record);
    if (!which) return result{problem::record_not_found};
    MB_TRY(auto found, find(snapshot, std::move(known), *which));
    return std::optional{std::move(found)};
}

}  // namespace mb::usecases
