#pragma once

#include "adapters/postgres/session.hpp"
#include "adapters/sql/transaction.hpp"

#include <memory>

namespace mb::postgres {

/// One connection, with its session and its repositories. Used by one thread at a time.
class connection {
public:
    /// @error unavailable  it can't be reached, or it is a server that this program does not work with.
    /// @param seen  shared by the connections of one store; outlives them, as `seals` does.
    static outcome<std::unique_ptr<connection>> open(options const& how, ports::sealer const& seals, postgres::session::last_revision& seen);
    connection(connection const&) = delete;
    connection& operator=(connection const&) = delete;

    postgres::session& session() noexcept { return *session_; }
    ports::transaction& repositories() noexcept { return repositories_; }

private:
    connection(std::unique_ptr<postgres::session> session, ports::sealer const& seals);

    std::unique_ptr<postgres::session> session_;
    sql::transaction repositories_;
};

}  // namespace mb::postgres
