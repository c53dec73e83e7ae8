#include "core/usecases/entities/change_record.hpp"

#include <utility>

namespace mb::usecases {
namespace {

using record_answer = answer<stored_record>;

/// Who changes a record, when, and where the request comes from.
struct writer {
    caller const& who;
    audit::origin const& from;
    run_stamp const& stamp;
};

/// Writes the patch onto the record as it is now. Another writer between reading and writing costs a round.
outcome<record_answer> write_patch(ports::transaction& tx, std::shared_ptr<entities::compiled_entity const> const& entity, entities::record_id which,
                                   entities::record_patch const& patch, std::optional<std::int64_t> expected_version, writer const& by)
{
    constexpr int rounds_max = 3;
    auto const& definition = entity->definition;
    for (int round = 0; round < rounds_max; ++round) {
        MB_TRY(auto found, tx.records().find(definition, which));
        if (!found) return record_answer{problem::record_not_found};
        MB_TRY(auto const foreign, refuse_foreign(tx, access::action::update, definition, *found, by.stamp, by.who, by.from));
        if (foreign) return record_answer{*foreign};
        if (expected_version && found->version != *expected_version) return record_answer{problem::precondition_failed};

        auto const version_before = std::exchange(found->version, found->version + 1);
        found->updated_at = by.stamp.now;
        entities::apply_patch(patch, found->cells);
        MB_TRY(auto const written, tx.records().update(definition, *found, version_before));
        switch (written.how) {
            case ports::record_written::state::written: return record_answer{stored_record{entity, *std::move(found)}};
            case ports::record_written::state::duplicate: return record_answer{duplicate_of(definition, written.field)};
            case ports::record_written::state::gone: return record_answer{problem::record_not_found};
            case ports::record_written::state::version_differs: break;
        }
    }
    return error{errc::conflict, "usecases.change_record", "the record changed at each try"};
}

}  // namespace

outcome<answer<stored_record>> change_record(record_target const& target, read_body read, entity_services const& with, caller const& who,
                                             audit::origin const& from)
{
    auto const known = who.known->find_entity(target.entity);
    if (known == nullptr) return record_answer{problem::entity_not_found};
    MB_TRY(auto const refused, refuse_unless_may(access::action::update, known->definition, with, who, from));
    if (refused) return record_answer{*refused};
    auto const which = entities::record_id::parse(target.record);
    if (!which) return record_answer{problem::record_not_found};
    auto const patch = read(*known);
    if (auto const* broken = std::get_if<violations>(&patch)) return record_answer{*broken};

    auto const stamp = draw_stamp(with);
    return ports::transact(with.store, [&](ports::transaction& tx) -> outcome<record_answer> {
        MB_TRY(auto const entity, current_entity(tx, who, known, with.patterns));
        if (entity == nullptr) return record_answer{problem::entity_not_found};
        auto const current_patch = entity == known ? patch : read(*entity);
        if (auto const* broken = std::get_if<violations>(&current_patch)) return record_answer{*broken};

        MB_TRY(auto written,
               write_patch(tx, entity, *which, std::get<entities::record_patch>(current_patch), target.expected_version, {who, from, stamp}));
        if (auto const* made = written.granted()) {
            auto about = describe(entity->definition, *which);
            about.emplace_back("version", std::to_string(made->content.version));
            MB_CHECK(tx.audit().append(event_of(stamp, audit::event_type::record_changed, who, from, std::move(about))));
        }
        return written;
    });
}

}  // namespace mb::usecases
