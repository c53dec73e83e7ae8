#pragma once

#include "core/domain/access/role.hpp"
#include "core/domain/audit/event.hpp"
#include "core/domain/base/violation.hpp"
#include "core/usecases/access/catalogue.hpp"
#include "ports/store.hpp"

#include <string>
#include <vector>

/// Steps that the use cases of roles share.
namespace mb::usecases {

/// What a role is to be, as it came. An entity of a permission is named or given by its UUID.
struct role_input {
    std::string name;
    std::string description;
    std::vector<std::string> permissions;
    bool administers = false;
};

/// The role; appends one violation for each permission that is none, or is about an entity that isn't there.
access::role read_role(role_input const& asked, catalogue const& known, violations& broken);

/// The roles with these names, those that there are, held until the transaction ends: none of them is deleted meanwhile.
outcome<std::vector<access::role>> hold_roles(ports::transaction& tx, std::vector<std::string> const& names);

/// What an audit row says of a change from the one to the other; null where there was or will be none.
audit::event_metadata describe_change(access::role const* before, access::role const* after);

}  // namespace mb::usecases
