#include "core/usecases/entities/get_entity.hpp"

#include "core/usecases/entities/steps.hpp"

namespace mb::usecases {

outcome<answer<std::shared_ptr<entities::compiled_entity const>>> get_entity::operator()(command const& asked, caller const& who,
                                                                                         audit::origin const& from) const
{
    using result = answer<std::shared_ptr<entities::compiled_entity const>>;
    MB_TRY(auto const refused, refuse_unless_administers(with_, who, from));
    if (refused) return result{*refused};
    auto found = who.known->find_entity(asked.entity);
    if (found == nullptr) return result{problem::entity_not_found};
    return result{std::move(found)};
}

}  // namespace mb::usecases
