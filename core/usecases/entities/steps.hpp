#pragma once

#include "core/domain/audit/event.hpp"
#include "core/domain/base/answer.hpp"
#include "core/domain/base/outcome.hpp"
#include "core/domain/entities/definition_change.hpp"
#include "core/usecases/access/caller.hpp"
#include "core/usecases/entities/entity_services.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Steps that several use cases of this folder take.
namespace mb::usecases {

using audit_metadata = std::vector<std::pair<std::string, std::string>>;

/// Time and identities of one run, drawn before its transaction, which may run again.
struct run_stamp {
    instant now;
    audit::log_id log;
};
run_stamp draw_stamp(entity_services const& with);

/// The audit row of something that the caller did, or was refused.
audit::event event_of(run_stamp const& stamp, audit::event_type type, caller const& who, audit::origin const& from, audit_metadata metadata,
                      std::optional<problem> refused = std::nullopt);
audit_metadata describe(entities::entity_definition const& entity);
audit_metadata describe(entities::entity_definition const& entity, entities::record_id record);
audit_metadata describe(entities::entity_definition const& entity, entities::field_definition const& field);

/// Nothing where the verdict allows. Otherwise the refusal, which is in the audit log by then.
outcome<std::optional<denial>> refuse_unless(access::verdict const& verdict, std::string_view what, audit_metadata about, entity_services const& with,
                                             caller const& who, audit::origin const& from);
outcome<std::optional<denial>> refuse_unless_may(access::action what, entities::entity_definition const& entity, entity_services const& with,
                                                 caller const& who, audit::origin const& from);
/// For a record that was found: what there is to answer where the caller may do this to their own ones only and this is none of them: forbidden to
/// who may see it, record_not_found to who may not. It is in the audit log with this transaction.
outcome<std::optional<problem>> refuse_foreign(ports::transaction& tx, access::action what, entities::entity_definition const& entity,
                                               entities::record const& found, run_stamp const& stamp, caller const& who, audit::origin const& from);
outcome<std::optional<denial>> refuse_unless_administers(entity_services const& with, caller const& who, audit::origin const& from);

/// The entity as this transaction sees it: the caller's own copy where nothing changed since, null where the entity is gone.
outcome<std::shared_ptr<entities::compiled_entity const>> current_entity(ports::transaction& tx, caller const& who,
                                                                         std::shared_ptr<entities::compiled_entity const> const& known,
                                                                         ports::pattern_compiler const& patterns);

outcome<entities::population> population_of(ports::transaction& tx, entities::entity_definition const& entity);

/// Looks for what the change forbids in the stored records, then writes definition, table and catalogue revision.
/// @return the definition as it is now, or unsafe_change with nothing written.
outcome<answer<entities::entity_definition>> carry_out(ports::transaction& tx, entities::entity_definition const& before,
                                                       entities::definition_change change, entity_services const& with, instant now);

denial duplicate_of(entities::entity_definition const& entity, std::optional<entities::field_index> field);

}  // namespace mb::usecases
