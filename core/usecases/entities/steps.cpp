#include "core/usecases/entities/steps.hpp"

#include "core/domain/entities/record_input.hpp"

namespace mb::usecases {
namespace {

/// Whether every record's cell of the field obeys its new rule. Reads the table page by page.
outcome<bool> all_obey(ports::transaction& tx, entities::entity_definition const& before, entities::field_index at,
                       entities::field_definition const& after, ports::pattern_compiler const& patterns)
{
    constexpr std::size_t page_records = 500;
    auto const rule = entities::rule_of(after, [&](std::string_view source) { return patterns.compile(source); });
    entities::record_query query;
    query.where.push_back({at, entities::comparison_op::null, {entities::cell{false}}});
    query.limit = page_records;
    for (;;) {
        MB_TRY(auto const page, tx.records().page(before, query));
        for (auto const& each : page.records)
            if (!entities::obeys(after, rule, each.cells[at.at])) return false;
        if (!page.has_more || page.records.empty()) return true;
        query.after = entities::page_position{{}, page.records.back().id};
    }
}

outcome<bool> records_allow(ports::transaction& tx, entities::entity_definition const& before, entities::definition_change const& change,
                            ports::pattern_compiler const& patterns)
{
    for (auto const& each : change.look_for.forbidden) {
        MB_TRY(auto const matching, tx.records().count(before, {each}, 1));
        if (matching > 0) return false;
    }
    if (!change.look_for.reread) return true;
    auto const at = *change.look_for.reread;
    return all_obey(tx, before, at, change.after.fields[at.at], patterns);
}

}  // namespace

run_stamp draw_stamp(entity_services const& with)
{
    auto const now = with.clock.now();
    return {now, ports::new_id<audit::log_id>(with.random, now)};
}

audit::event event_of(run_stamp const& stamp, audit::event_type type, caller const& who, audit::origin const& from, audit_metadata metadata,
                      std::optional<problem> refused)
{
    auto made = audit::make_event(stamp.log, type, from, stamp.now, refused);
    made.user = who.user.id;
    made.actor = who.user.id;
    made.metadata = std::move(metadata);
    return made;
}

audit_metadata describe(entities::entity_definition const& entity) { return {{"entity", entity.name.text()}, {"entity_id", entity.id.text()}}; }

audit_metadata describe(entities::entity_definition const& entity, entities::record_id record)
{
    auto about = describe(entity);
    about.emplace_back("record_id", record.text());
    return about;
}

audit_metadata describe(entities::entity_definition const& entity, entities::field_definition const& field)
{
    auto about = describe(entity);
    about.emplace_back("field", field.name.text());
    about.emplace_back("field_id", field.id.text());
    return about;
}

outcome<std::optional<denial>> refuse_unless(access::verdict const& verdict, std::string_view what, audit_metadata about, entity_services const& with,
                                             caller const& who, audit::origin const& from)
{
    if (verdict.allowed) return std::optional<denial>{};
    about.emplace_back("action", what);
    about.emplace_back("rule", verdict.rule);
    auto const row = event_of(draw_stamp(with), audit::event_type::permission_denied, who, from, std::move(about), problem::forbidden);
    MB_CHECK(with.store.transact([&](ports::transaction& tx) { return tx.audit().append(row); }));
    return std::optional{denial{problem::forbidden}};
}

outcome<std::optional<denial>> refuse_unless_may(access::action what, entities::entity_definition const& entity, entity_services const& with,
                                                 caller const& who, audit::origin const& from)
{
    auto const verdict = decide(who, entity.id, what);
    return refuse_unless(verdict, access::name_of(what), verdict.allowed ? audit_metadata{} : describe(entity), with, who, from);
}

outcome<std::optional<problem>> refuse_foreign(ports::transaction& tx, access::action what, entities::entity_definition const& entity,
                                               entities::record const& found, run_stamp const& stamp, caller const& who, audit::origin const& from)
{
    auto const verdict = decide(who, entity.id, what, found.created_by);
    if (verdict.allowed) return std::optional<problem>{};
    auto const visible = decide(who, entity.id, access::action::get, found.created_by).allowed;
    auto const why = visible ? problem::forbidden : problem::record_not_found;
    auto about = describe(entity, found.id);
    about.emplace_back("action", access::name_of(what));
    about.emplace_back("rule", verdict.rule);
    MB_CHECK(tx.audit().append(event_of(stamp, audit::event_type::permission_denied, who, from, std::move(about), why)));
    return std::optional{why};
}

outcome<std::optional<denial>> refuse_unless_administers(entity_services const& with, caller const& who, audit::origin const& from)
{
    return refuse_unless(decide_administering(who), "administer", {}, with, who, from);
}

outcome<std::shared_ptr<entities::compiled_entity const>> current_entity(ports::transaction& tx, caller const& who,
                                                                         std::shared_ptr<entities::compiled_entity const> const& known,
                                                                         ports::pattern_compiler const& patterns)
{
    MB_TRY(auto const revision, tx.catalogue().current());
    if (revision == who.known->revision) return known;
    MB_TRY(auto found, tx.entities().find(known->definition.id));
    if (!found) return std::shared_ptr<entities::compiled_entity const>{};
    if (found->revision == known->definition.revision) return known;
    return entities::compile(*std::move(found), [&](std::string_view source) { return patterns.compile(source); });
}

outcome<entities::population> population_of(ports::transaction& tx, entities::entity_definition const& entity)
{
    MB_TRY(auto const found, tx.records().count(entity, {}, 1));
    return found > 0 ? entities::population::some_records : entities::population::no_records;
}

outcome<answer<entities::entity_definition>> carry_out(ports::transaction& tx, entities::entity_definition const& before,
                                                       entities::definition_change change, entity_services const& with, instant now)
{
    using result = answer<entities::entity_definition>;
    MB_TRY(auto const allowed, records_allow(tx, before, change, with.patterns));
    if (!allowed) return result{problem::unsafe_change};
    change.after.revision = before.revision + 1;
    change.after.updated_at = now;
    MB_CHECK(tx.entities().save(change.after));
    MB_CHECK(tx.entities().alter(change.after, change.plan));
    MB_CHECK(tx.catalogue().advance());
    return result{std::move(change.after)};
}

denial duplicate_of(entities::entity_definition const& entity, std::optional<entities::field_index> field)
{
    denial refused{problem::duplicate_value};
    if (field) refused.details.push_back({pointer_to("", entity.fields[field->at].name.text()), violation_code::duplicate});
    return refused;
}

}  // namespace mb::usecases
