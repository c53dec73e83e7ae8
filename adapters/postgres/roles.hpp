#pragma once

#include <string_view>

namespace mb::postgres {

/// What makes three roles and gives each its due; may be run again, and is to be after each migration. mb_ddl owns everything. mb_app
/// reads and writes rows, but not those of the audit trail; it may become mb_ddl where an entity's table is to be altered, and has none
/// of its rights otherwise. mb_audit reads the audit trail and adds to it, no more. None of them may log in: the role that a server
/// logs in as is granted mb_app and mb_audit.
std::string_view role_setup() noexcept;

}  // namespace mb::postgres
