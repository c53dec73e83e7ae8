#include "adapters/postgres/connection.hpp"

#include <string>
#include <utility>

namespace mb::postgres {
namespace {

constexpr char const* where = "postgres.connect";
constexpr int version_min = 150'000;

dialect const& words()
{
    static dialect const made;
    return made;
}

error refused(std::string why) { return {errc::unavailable, where, "DATABASE_URL: " + std::move(why)}; }

/// Refuses a server on which a promise of the store would not hold.
outcome<void> recognise(session& on)
{
    auto& wire = on.wire();
    if (auto const version = wire.server_version(); version < version_min)
        return refused("the server is PostgreSQL " + std::to_string(version / 10'000) + ", and 15 is needed: upgrade it, or name another one");
    if (auto const encoding = wire.parameter("server_encoding"); encoding != "UTF8")
        return refused("the database is encoded as " + std::string(encoding) + ": make one with ENCODING 'UTF8', and name that");
    std::string synchronous;
    on.begin(session::purpose::reading);
    auto const asked = on.run("SELECT current_setting('synchronous_commit')", {}, [&](sql::row const& each) -> outcome<void> {
        synchronous = each.text(0);
        return {};
    });
    on.rollback();
    MB_CHECK(std::move(asked));
    if (synchronous == "off")
        return refused("the server has synchronous_commit = off, which loses acknowledged writes in a crash: set it to on for this database or role");
    return {};
}

}  // namespace

connection::connection(std::unique_ptr<postgres::session> session, ports::sealer const& seals)
    : session_(std::move(session)),
      repositories_(*session_, words(), seals)
{
}

outcome<std::unique_ptr<connection>> connection::open(options const& how, ports::sealer const& seals, postgres::session::last_revision& seen)
{
    MB_TRY(auto wire, channel::open(how));
    MB_TRY(auto made, postgres::session::make(std::move(wire), words(), how, seen));
    MB_CHECK(recognise(*made));
    return std::unique_ptr<connection>(new connection(std::move(made), seals));
}

}  // namespace mb::postgres
