#include "core/usecases/entities/patch_record.hpp"

#include "core/usecases/entities/change_record.hpp"

namespace mb::usecases {

outcome<answer<stored_record>> patch_record::operator()(command const& asked, caller const& who, audit::origin const& from) const
{
    auto const read = [&](entities::compiled_entity const& entity) { return entities::accept_patch(entity, asked.body); };
    return change_record({asked.entity, asked.record, asked.expected_version}, read, with_, who, from);
}

}  // namespace mb::usecases
