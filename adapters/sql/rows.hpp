#pragma once

#include "adapters/sql/columns.hpp"
#include "core/domain/tokens/family.hpp"

/// Rows that more than one repository reads. The order of columns is that of statements.cpp.
namespace mb::sql {

identity::user read_user(columns& from);
tokens::family read_family(columns& from);

}  // namespace mb::sql
