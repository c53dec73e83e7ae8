#pragma once

#include "adapters/sql/audit_repositories.hpp"
#include "adapters/sql/entity_repositories.hpp"
#include "adapters/sql/identity_repositories.hpp"
#include "ports/store.hpp"

namespace mb::sql {

/// Every repository over one session. Lives as long as its session, through many transactions: it keeps texts that were made once.
/// It neither begins nor ends a transaction.
class transaction final : public ports::transaction {
public:
    transaction(session& on, dialect const& with, ports::sealer const& seals) noexcept;
    ports::users& users() override { return users_; }
    ports::families& families() override { return families_; }
    ports::sessions& sessions() override { return sessions_; }
    ports::email_tokens& email_tokens() override { return email_tokens_; }
    ports::api_keys& api_keys() override { return api_keys_; }
    ports::lockouts& lockouts() override { return lockouts_; }
    ports::second_factors& second_factors() override { return second_factors_; }
    ports::signing_keys& signing_keys() override { return signing_keys_; }
    ports::roles& roles() override { return roles_; }
    ports::catalogue_revisions& catalogue() override { return catalogue_; }
    ports::audit_log& audit() override { return audit_; }
    ports::audit_seals& audit_seals() override { return audit_seals_; }
    ports::login_attempts& login_attempts() override { return login_attempts_; }
    ports::anomalies& anomalies() override { return anomalies_; }
    ports::outbox& outbox() override { return outbox_; }
    ports::dossiers& dossiers() override { return dossiers_; }
    ports::entities& entities() override { return entities_; }
    ports::records& records() override { return records_; }

private:
    sql::users users_;
    sql::families families_;
    sql::sessions sessions_;
    sql::email_tokens email_tokens_;
    sql::api_keys api_keys_;
    sql::lockouts lockouts_;
    sql::second_factors second_factors_;
    sql::signing_keys signing_keys_;
    sql::roles roles_;
    sql::catalogue_revisions catalogue_;
    sql::audit_log audit_;
    sql::audit_seals audit_seals_;
    sql::login_attempts login_attempts_;
    sql::anomalies anomalies_;
    sql::outbox outbox_;
    sql::dossiers dossiers_;
    sql::entities entities_;
    sql::records records_;
};

}  // namespace mb::sql
