#pragma once

#include "core/domain/anomaly/finding.hpp"
#include "core/domain/audit/event.hpp"
#include "core/domain/base/outcome.hpp"
#include "core/domain/identity/email_token.hpp"
#include "core/domain/identity/recovery_code.hpp"
#include "core/domain/identity/user.hpp"
#include "core/domain/tokens/api_key.hpp"
#include "core/domain/tokens/family.hpp"
#include "core/domain/tokens/session.hpp"
#include "ports/audit_repositories.hpp"

#include <cstddef>
#include <vector>

namespace mb::ports {

/// Everything that is stored about one user beside the account itself.
struct dossier {
    std::vector<tokens::family> families;
    std::vector<tokens::session> sessions;
    std::vector<identity::email_token> links;
    std::vector<tokens::api_key> keys;
    std::vector<identity::recovery_code> recovery_codes;
    std::vector<login_attempt> attempts;      ///< newest first
    std::vector<audit::event> events;         ///< about the user or done by the user, newest first
    std::vector<anomaly::finding> anomalies;  ///< about the user, newest first
};

/// What the law lets a person ask for: all of it, and none of it (GDPR articles 15, 17 and 20).
class dossiers {
public:
    virtual ~dossiers() = default;
    /// @param rows_max  of each list; there is one row more where there are more.
    virtual outcome<dossier> collect(identity::user_id, std::size_t rows_max) = 0;
    /// Removes every row that belongs to the user, takes the user out of the rows that stay (events, attempts, anomalies), and leaves of the account
    /// its identity and when it was erased: no find, list or count of users answers it any more.
    virtual outcome<void> erase(identity::user_id, instant now) = 0;
    /// Takes whoever they are about out of events that happened AT or before `before` and were not looked at yet, at most about `batch`.
    /// @return how many were looked at.
    virtual outcome<std::size_t> anonymise_events(instant before, std::size_t batch) = 0;
    /// The same for login attempts.
    virtual outcome<std::size_t> anonymise_attempts(instant before, std::size_t batch) = 0;
};

}  // namespace mb::ports
