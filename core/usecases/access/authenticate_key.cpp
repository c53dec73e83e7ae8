#include "core/usecases/access/authenticate_key.hpp"

#include "core/domain/tokens/api_key.hpp"

#include <cstdint>
#include <optional>
#include <utility>

namespace mb::usecases {
namespace {

/// What the key and its owner, as they are stored now, have against it.
std::optional<problem> refuse(std::optional<ports::live_api_key> const& live, instant now)
{
    if (!live) return problem::invalid_token;
    auto const standing = tokens::decide_api_key(live->key, now);
    if (standing == tokens::api_key_standing::expired) return problem::expired_token;
    if (standing != tokens::api_key_standing::good || live->owner.status != identity::user_status::active) return problem::invalid_token;
    return std::nullopt;
}

}  // namespace

outcome<answer<caller>> authenticate_key::operator()(std::string_view key, reading also) const
{
    if (!tokens::is_api_key(key)) return problem::invalid_token;
    auto known = catalogues_.current();
    auto const now = clock_.now();
    auto const digest = digests_.mac(tokens::api_key_purpose, key);

    std::optional<problem> refused;
    std::optional<caller> who;
    std::int64_t revision = 0;
    MB_CHECK(store_.read([&](ports::transaction& tx) -> outcome<void> {
        MB_TRY(auto live, tx.api_keys().find_access(digest));
        refused = refuse(live, now);
        if (refused) return {};
        revision = live->catalogue_revision;
        who.emplace(caller{std::move(live->owner), std::nullopt, known, held_key{live->key.id, std::move(live->key.scopes), live->key.expires_at}});
        if (revision > known->revision) return {};
        return also(tx, *who);
    }));
    if (refused) return *refused;
    if (revision > known->revision) {
        MB_TRY(who->known, catalogues_.at_least(revision));
    }
    uses_.note(who->key->id, now);
    return *std::move(who);
}

}  // namespace mb::usecases
