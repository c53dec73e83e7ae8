#include "adapters/memory/database/identity_repositories.hpp"

#include <utility>

namespace mb::memory {

using tokens::session;
using tokens::session_id;

outcome<std::optional<ports::live_session>> session_rows::find_access(identity::digest const& digest)
{
    auto const& rows = space_.rows();
    auto const* id = rows.sessions_by_digest.find(digest);
    if (id == nullptr) return std::nullopt;
    auto const* held = rows.sessions.find(*id);
    auto const* owner = rows.users.find(held->owner);
    if (owner == nullptr) return std::nullopt;
    return std::optional(ports::live_session{*held, *owner});
}

outcome<void> session_rows::save(session const& saved)
{
    MB_TRY(auto* rows, space_.change("memory.sessions.save"));
    auto const* holder = rows->sessions_by_digest.find(saved.digest);
    if (holder != nullptr && *holder != saved.id) return error{errc::duplicate, "memory.sessions.save", ""};
    rows->sessions_by_digest.put(saved.digest, saved.id);
    rows->sessions_by_owner.put({saved.owner, saved.id}, {});
    rows->sessions.put(saved.id, saved);
    return {};
}

outcome<std::size_t> session_rows::end_all(identity::user_id owner, tokens::session_end why, instant now)
{
    MB_TRY(auto* rows, space_.change("memory.sessions.end_all"));
    std::vector<session> ended;
    auto const visit = [&](session const& each) {
        if (!each.revoked_at && now < each.expires_at) ended.push_back(each);
    };
    rows->sessions_by_owner.ascending(
        [&](auto const& key, present) {
            if (key.first != owner) return false;
            visit(*rows->sessions.find(key.second));
            return true;
        },
        std::optional(std::pair{owner, session_id{}}));
    for (auto& each : ended) {
        tokens::end(each, why, now);
        rows->sessions.put(each.id, each);
    }
    return ended.size();
}

outcome<void> session_rows::note_sightings(std::vector<ports::session_sighting> const& sightings)
{
    MB_TRY(auto* rows, space_.change("memory.sessions.note_sightings"));
    for (auto const& sighting : sightings) {
        auto const* held = rows->sessions.find(sighting.session);
        if (held == nullptr || held->last_seen_at >= sighting.at) continue;
        auto seen = *held;
        seen.last_seen_at = sighting.at;
        rows->sessions.put(sighting.session, std::move(seen));
    }
    return {};
}

outcome<std::size_t> session_rows::purge(instant before, std::size_t batch)
{
    MB_TRY(auto* rows, space_.change("memory.sessions.purge"));
    auto const ended = keys_where(rows->sessions, batch,
                                  [&](session const& each) { return each.expires_at <= before || (each.revoked_at && *each.revoked_at <= before); });
    for (auto const& id : ended) {
        auto const old = *rows->sessions.find(id);
        rows->sessions_by_digest.erase(old.digest);
        rows->sessions_by_owner.erase({old.owner, id});
        rows->sessions.erase(id);
    }
    return ended.size();
}

}  // namespace mb::memory
