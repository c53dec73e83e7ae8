#include "adapters/sql/identity_repositories.hpp"
#include "adapters/sql/rows.hpp"

namespace mb::sql {
namespace {

constexpr char const* web_sessions_table = "sql.sessions";

ports::live_session read_live_session(columns& from) { return {.session = read_session(from), .owner = read_user(from)}; }

std::optional<std::string_view> reason_of(tokens::session const& each) noexcept
{
    if (!each.revoked_reason) return std::nullopt;
    return name_of(*each.revoked_reason);
}

}  // namespace

tokens::session read_session(columns& from)
{
    return tokens::session{
        .id = from.identity<tokens::session_id>(),
        .owner = from.identity<identity::user_id>(),
        .digest = from.array<32>(),
        .ip = from.ip(),
        .user_agent = from.string(),
        .created_at = from.at(),
        .last_seen_at = from.at(),
        .expires_at = from.at(),
        .revoked_at = from.maybe_at(),
        .revoked_reason = from.maybe([](columns& each) { return each.named(tokens::session_end_named); }),
    };
}

outcome<std::optional<ports::live_session>> sessions::find_access(identity::digest const& digest)
{
    return first<ports::live_session>(on_, statement::access_by_session, {digest}, web_sessions_table, read_live_session);
}

outcome<void> sessions::save(tokens::session const& saved)
{
    return ran(on_.run(statement::save_session, {saved.id, saved.owner, saved.digest, saved.ip, saved.user_agent, saved.created_at,
                                                 saved.last_seen_at, saved.expires_at, saved.revoked_at, reason_of(saved)}));
}

outcome<std::size_t> sessions::end_all(identity::user_id owner, tokens::session_end why, instant now)
{
    return touched(on_.run(statement::end_sessions, {now, name_of(why), owner}));
}

outcome<void> sessions::note_sightings(std::vector<ports::session_sighting> const& sightings)
{
    for (auto const& each : sightings) MB_CHECK(on_.run(statement::note_session_sighting, {each.at, each.session}));
    return {};
}

outcome<std::size_t> sessions::purge(instant before, std::size_t batch) { return touched(on_.run(statement::purge_sessions, {before, batch})); }

}  // namespace mb::sql
