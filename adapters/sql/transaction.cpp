#include "adapters/sql/transaction.hpp"

namespace mb::sql {

transaction::transaction(session& on, dialect const& with, ports::sealer const& seals) noexcept
    : users_(on),
      families_(on),
      sessions_(on),
      email_tokens_(on),
      api_keys_(on),
      lockouts_(on),
      second_factors_(on, seals),
      signing_keys_(on, seals),
      roles_(on),
      catalogue_(on),
      audit_(on),
      audit_seals_(on, seals),
      login_attempts_(on),
      anomalies_(on),
      outbox_(on, seals),
      dossiers_(on),
      entities_(on, with),
      records_(on, with)
{
}

}  // namespace mb::sql
