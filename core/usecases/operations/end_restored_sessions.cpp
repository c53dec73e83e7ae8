#include "core/usecases/operations/end_restored_sessions.hpp"

#include <string>

namespace mb::usecases {
namespace {

constexpr std::size_t users_a_batch = 500;

}  // namespace

outcome<std::size_t> end_restored_sessions::operator()(audit::origin const& from) const
{
    auto const now = clock_.now();
    auto const log = ports::new_id<audit::log_id>(random_, now);
    // one transaction: a restored database either has all of its sessions ended or is not put in place
    return ports::transact(store_, [&](ports::transaction& tx) -> outcome<std::size_t> {
        std::size_t ended = 0;
        ports::user_filter page;
        page.limit = users_a_batch;
        for (bool more = true; more;) {
            MB_TRY(auto const users, tx.users().list(page));
            more = users.size() > page.limit;
            for (auto const& each : users) {
                MB_TRY(auto const count, tx.families().revoke_all(each.id, std::nullopt, tokens::revocation_reason::restored_backup, now));
                MB_TRY(auto const sessions, tx.sessions().end_all(each.id, tokens::session_end::restored_backup, now));
                ended += count + sessions;
                page.after = each.id;
            }
        }
        MB_TRY(auto const restores, tx.catalogue().count_restore());
        MB_CHECK(tx.catalogue().advance());  // what others keep of the catalogue is of another past
        auto event = audit::make_event(log, audit::event_type::session_invalidated, from, now);
        event.metadata = {{"reason", "restored_backup"}, {"count", std::to_string(ended)}, {"restore", std::to_string(restores)}};
        MB_CHECK(tx.audit().append(event));
        return ended;
    });
}

}  // namespace mb::usecases
