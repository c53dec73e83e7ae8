#include "core/usecases/entities/replace_record.hpp"

#include "core/usecases/entities/change_record.hpp"

namespace mb::usecases {

outcome<answer<stored_record>> replace_record::operator()(command const& asked, caller const& who, audit::origin const& from) const
{
    auto const read = [&](entities::compiled_entity const& entity) -> std::variant<entities::record_patch, violations> {
        auto accepted = entities::accept_record(entity, asked.body);
        if (auto* broken = std::get_if<violations>(&accepted)) return std::move(*broken);
        auto const& cells = std::get<std::vector<entities::cell>>(accepted);
        return entities::record_patch{{cells.begin(), cells.end()}};
    };
    return change_record({asked.entity, asked.record, asked.expected_version}, read, with_, who, from);
}

}  // namespace mb::usecases
