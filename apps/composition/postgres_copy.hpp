#pragma once

#include "adapters/backup/archive.hpp"
#include "adapters/backup/child.hpp"
#include "core/domain/base/outcome.hpp"
#include "core/domain/base/secret.hpp"

#include <string>
#include <vector>

namespace mb::composition {

/// The schemas of ours in one PostgreSQL database, taken out and put in by PostgreSQL's own programs (pg_dump, pg_restore, psql), which must not be
/// older than the server. They get the password by their environment, never by their arguments.
class postgres_copy {
public:
    /// @error unexpected  the URL can't be read
    static outcome<postgres_copy> of(secret const& url);

    /// What pg_dump says, in its custom format, of one moment. The source's last answer says whether all of it came.
    /// @error unavailable  pg_dump is missing
    outcome<backup::content_source> dump() const;

    /// @error busy  somebody else is connected. @error unavailable  the server can't be reached, or psql is missing
    outcome<void> require_unused() const;
    /// @error unavailable  there is something of ours already
    outcome<void> require_empty() const;

    /// pg_restore at work: all that is written to the pipe is one transaction. Close the pipe, then wait; dropping it undoes everything.
    struct restoring {
        backup::descriptor pipe;
        backup::child program;  // ended before the pipe is closed: it must not take that for the end
    };
    /// @error unavailable  pg_restore is missing
    outcome<restoring> begin_restore() const;
    /// Takes away what was put in.
    outcome<void> drop() const;

private:
    postgres_copy() = default;
    outcome<std::string> ask(std::string const& question) const;

    std::vector<std::string> variables_;
    std::string database_;
};

}  // namespace mb::composition
