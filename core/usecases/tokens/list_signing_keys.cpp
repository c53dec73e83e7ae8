#include "core/usecases/tokens/list_signing_keys.hpp"

#include "core/usecases/access/record_denial.hpp"

#include <algorithm>

namespace mb::usecases {

outcome<answer<std::vector<key_summary>>> list_signing_keys::operator()(caller const& who, audit::origin const& from) const
{
    MB_TRY(auto const refused, refuse_unless_administers(who, from, store_, clock_, random_));
    if (refused) return *refused;
    MB_TRY(auto const keys, ports::read(store_, [](ports::transaction& tx) { return tx.signing_keys().list(); }));
    std::vector<key_summary> shown;
    for (auto const& each : keys) shown.push_back(summary_of(each));
    std::ranges::sort(shown, [](key_summary const& left, key_summary const& right) {
        return left.created_at != right.created_at ? left.created_at > right.created_at : left.kid < right.kid;
    });
    return shown;
}

}  // namespace mb::usecases
