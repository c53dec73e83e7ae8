#include "core/usecases/entities/list_records.hpp"

#include "core/domain/entities/cursor.hpp"
#include "core/usecases/entities/steps.hpp"

#include <limits>
#include <utility>

namespace mb::usecases {
namespace {

using list_answer = answer<record_list>;
using parsed = std::variant<entities::parsed_query, denial>;

/// The largest count a 64-bit LIMIT of SQL can ask for.
constexpr std::size_t no_cap = std::numeric_limits<std::int64_t>::max();
constexpr std::size_t count_cap = 1000;  // entities.md section 2.5

outcome<std::optional<record_count>> count_records(ports::transaction& tx, entities::entity_definition const& entity,
                                                   entities::parsed_query const& asked)
{
    if (asked.count == entities::count_mode::none) return std::optional<record_count>{};
    auto const capped = asked.count == entities::count_mode::capped;
    MB_TRY(auto const counted, tx.records().count(entity, asked.query.where, capped ? count_cap + 1 : no_cap));
    if (capped && counted > count_cap) return std::optional{record_count{count_cap, true}};
    return std::optional{record_count{counted, false}};
}

/// Where the page begins; nothing where the cursor is not one of this query, or its record is gone and was needed.
outcome<std::optional<entities::page_position>> find_position(ports::transaction& tx, entities::entity_definition const& entity,
                                                              entities::parsed_query const& asked, entities::cursor_mac mac)
{
    using position = std::optional<entities::page_position>;
    auto opened = entities::decode_cursor(*asked.cursor, entity, asked.query, mac);
    if (!opened) return position{};
    if (opened->keys) return position{{*std::move(opened->keys), opened->last}};
    MB_TRY(auto const last, tx.records().find(entity, opened->last));
    if (!last) return position{};
    entities::page_position made{{}, opened->last};
    for (auto const& key : asked.query.order) made.keys.push_back(entities::cell_of(*last, key.by));
    return position{std::move(made)};
}

/// What the caller created; whatever else they asked for holds too.
void only_own(entities::record_query& query, identity::user_id owner)
{
    query.where.push_back({entities::system_column::created_by, entities::comparison_op::eq, {entities::cell{owner.bytes}}});
}

outcome<list_answer> list_page(ports::transaction& tx, std::shared_ptr<entities::compiled_entity const> const& entity, entities::parsed_query asked,
                               entities::cursor_mac mac)
{
    auto const& definition = entity->definition;
    if (asked.cursor) {
        MB_TRY(asked.query.after, find_position(tx, definition, asked, mac));
        if (!asked.query.after) return list_answer{problem::invalid_cursor};
    }
    MB_TRY(auto page, tx.records().page(definition, asked.query));
    MB_TRY(auto const count, count_records(tx, definition, asked));
    record_list made{entity, std::move(page.records), std::move(asked.shown), std::nullopt, count};
    if (page.has_more && !made.records.empty()) made.next_cursor = entities::encode_cursor(definition, asked.query, made.records.back(), mac);
    return list_answer{std::move(made)};
}

}  // namespace

outcome<answer<record_list>> list_records::operator()(command const& asked, caller const& who, audit::origin const& from) const
{
    auto const known = who.known->find_entity(asked.entity);
    if (known == nullptr) return list_answer{problem::entity_not_found};
    MB_TRY(auto const refused, refuse_unless_may(access::action::list, known->definition, with_, who, from));
    if (refused) return list_answer{*refused};
    auto const query = entities::parse_record_query(*known, asked.parameters, with_.query_limits);
    if (auto const* unread = std::get_if<denial>(&query)) return list_answer{*unread};

    auto const mac = [&](std::string_view bytes) { return with_.digests.mac("cursor", bytes); };
    return ports::read(with_.store, [&](ports::transaction& tx) -> outcome<list_answer> {
        MB_TRY(auto const entity, current_entity(tx, who, known, with_.patterns));
        if (entity == nullptr) return list_answer{problem::entity_not_found};
        auto current = entity == known ? query : entities::parse_record_query(*entity, asked.parameters, with_.query_limits);
        if (auto const* unread = std::get_if<denial>(&current)) return list_answer{*unread};
        auto& wanted = std::get<entities::parsed_query>(current);
        if (decide(who, entity->definition.id, access::action::list).over == access::reach::own) only_own(wanted.query, who.user.id);
        return list_page(tx, entity, std::move(wanted), mac);
    });
}

}  // namespace mb::usecases
