#include "core/usecases/tokens/list_api_keys.hpp"

#include <utility>

namespace mb::usecases {

outcome<answer<api_key_page>> list_api_keys::operator()(caller const& who, std::optional<tokens::api_key_id> before, std::size_t limit) const
{
    MB_TRY(auto found, ports::read(store_, [&](ports::transaction& tx) { return tx.api_keys().list(who.user.id, before, limit); }));
    bool const has_more = found.size() > limit;
    if (has_more) found.erase(found.begin() + static_cast<std::ptrdiff_t>(limit), found.end());
    return api_key_page{std::move(found), has_more};
}

}  // namespace mb::usecases
