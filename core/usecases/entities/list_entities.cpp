#include "core/usecases/entities/list_entities.hpp"

#include "core/usecases/entities/steps.hpp"

namespace mb::usecases {

outcome<answer<entity_list>> list_entities::operator()(command const& asked, caller const& who, audit::origin const& from) const
{
    using result = answer<entity_list>;
    MB_TRY(auto const refused, refuse_unless_administers(with_, who, from));
    if (refused) return result{*refused};
    entity_list page;
    for (auto const& each : who.known->entities) {
        if (asked.after && each->definition.id <= *asked.after) continue;
        if (page.entities.size() == asked.limit) {
            page.has_more = true;
            break;
        }
        page.entities.push_back(each);
    }
    return result{std::move(page)};
}

}  // namespace mb::usecases
