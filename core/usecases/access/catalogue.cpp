#include "core/usecases/access/catalogue.hpp"

#include <algorithm>

namespace mb::usecases {

std::shared_ptr<entities::compiled_entity const> catalogue::find_entity(std::string_view id_or_name) const
{
    // a name can't look like a UUID: it has no hyphen
    auto const wanted = entities::entity_id::parse(id_or_name);
    auto const found = std::ranges::find_if(
        entities, [&](auto const& each) { return wanted ? each->definition.id == *wanted : each->definition.name.text() == id_or_name; });
    return found == entities.end() ? nullptr : *found;
}

std::vector<access::role const*> catalogue::roles_named(std::vector<std::string> const& names) const
{
    std::vector<access::role const*> held;
    for (auto const& each : roles)
        if (std::ranges::find(names, each.name) != names.end()) held.push_back(&each);
    return held;
}

}  // namespace mb::usecases
