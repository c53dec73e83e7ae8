#include "core/usecases/tokens/list_sessions.hpp"

#include <utility>

namespace mb::usecases {

outcome<answer<session_page>> list_sessions::operator()(caller const& who, std::optional<tokens::family_id> before, std::size_t limit) const
{
    auto const now = clock_.now();
    MB_TRY(auto found, ports::read(store_, [&](ports::transaction& tx) { return tx.families().list_active(who.user.id, now, before, limit); }));
    bool const has_more = found.size() > limit;
    if (has_more) found.erase(found.begin() + static_cast<std::ptrdiff_t>(limit), found.end());
    return session_page{std::move(found), has_more};
}

}  // namespace mb::usecases
