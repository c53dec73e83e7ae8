#pragma once

#include "core/domain/audit/event.hpp"
#include "core/domain/base/answer.hpp"
#include "core/domain/base/outcome.hpp"
#include "core/usecases/access/caller.hpp"
#include "core/usecases/entities/entity_services.hpp"

#include <memory>
#include <string_view>

namespace mb::usecases {

/// One entity, as the caller's catalogue knows it. Refuses: forbidden, entity_not_found.
class get_entity final {
public:
    struct command {
        std::string_view entity;  ///< UUID or name
    };

    explicit get_entity(entity_services const& with) : with_(with) {}
    outcome<answer<std::shared_ptr<entities::compiled_entity const>>> operator()(command const& asked, caller const& who,
                                                                                 audit::origin const& from) const;

private:
    entity_services with_;
};

}  // namespace mb::usecases
