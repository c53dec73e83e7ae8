#pragma once

#include "adapters/sql/columns.hpp"
#include "core/domain/anomaly/finding.hpp"
#include "core/domain/audit/event.hpp"
#include "core/domain/identity/email_token.hpp"
#include "core/domain/identity/recovery_code.hpp"
#include "core/domain/tokens/api_key.hpp"
#include "core/domain/tokens/family.hpp"
#include "core/domain/tokens/session.hpp"
#include "ports/audit_repositories.hpp"

/// Rows that more than one repository reads. The order of columns is that of statements.cpp.
namespace mb::sql {

identity::user read_user(columns& from);
tokens::family read_family(columns& from);
tokens::session read_session(columns& from);
tokens::api_key read_api_key(columns& from);
identity::email_token read_email_token(columns& from);
identity::recovery_code read_recovery_code(columns& from);
audit::event read_event(columns& from);
ports::login_attempt read_attempt(columns& from);
anomaly::finding read_anomaly(columns& from);

}  // namespace mb::sql
