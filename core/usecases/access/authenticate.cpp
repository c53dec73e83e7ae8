#include "core/usecases/access/authenticate.hpp"

#include "core/usecases/access/verified_tokens.hpp"

#include <utility>

namespace mb::usecases {
namespace {

/// What the session and its owner, as they are stored now, have against a token that is good in itself.
std::optional<problem> refuse(ports::live_access const* live, tokens::access_claims const& claims, tokens::token_policy const& policy, instant now)
{
    if (live == nullptr || live->owner.id != claims.subject || live->family.owner != claims.subject) return problem::invalid_token;
    auto const standing = tokens::decide_access(live->family, claims.jti, policy, now);
    if (standing == tokens::access_standing::expired) return problem::expired_token;
    if (standing != tokens::access_standing::good || live->owner.status != identity::user_status::active) return problem::invalid_token;
    return std::nullopt;
}

}  // namespace

/// The claims, without roles, of a token with a good signature that has not expired AT `now`; `known` is replaced where the key was unknown to it.
outcome<answer<tokens::access_claims>> authenticate::read(std::string_view token, std::shared_ptr<catalogue const>& known, instant now) const
{
    using result = answer<tokens::access_claims>;
    thread_local verified_tokens verified;
    if (auto const* claims = verified.find(token, known); claims != nullptr && known->keys.find(claims->kid, now) != nullptr) {
        if (to_seconds(now) >= claims->expires_at) return result{problem::expired_token};
        return result{*claims};
    }
    auto read = codec_.read_access(token, known->keys, now);
    if (auto const* fault = std::get_if<ports::token_fault>(&read); fault != nullptr && *fault == ports::token_fault::unknown_key) {
        MB_TRY(known, catalogues_.look_again());
        read = codec_.read_access(token, known->keys, now);
    }
    if (auto const* fault = std::get_if<ports::token_fault>(&read))
        return result{*fault == ports::token_fault::expired ? problem::expired_token : problem::invalid_token};
    auto& claims = std::get<tokens::access_claims>(read);
    claims.roles.clear();  // what an owner may do is what is stored, not what a token says
    verified.keep(token, known, claims);
    return result{std::move(claims)};
}

/// The caller with a catalogue of at least this revision.
outcome<answer<caller>> authenticate::brought_up(caller who, std::int64_t revision, std::string const& kid, instant now) const
{
    if (revision > who.known->revision) {
        MB_TRY(who.known, catalogues_.at_least(revision));
        // the key that the signature was good under may be gone
        if (who.known->keys.find(kid, now) == nullptr) return answer<caller>{problem::invalid_token};
    }
    return answer<caller>{std::move(who)};
}

outcome<answer<caller>> authenticate::ask_store(tokens::access_claims const& claims, std::shared_ptr<catalogue const> known, instant now,
                                                reading also) const
{
    std::optional<problem> refused;
    std::optional<caller> who;
    std::int64_t revision = 0;
    MB_CHECK(store_.read([&](ports::transaction& tx) -> outcome<void> {
        MB_TRY(auto live, tx.families().find_access(claims.jti));
        refused = refuse(live ? &*live : nullptr, claims, policy_, now);
        if (refused) return {};
        revision = live->catalogue_revision;
        who.emplace(caller{std::move(live->owner), live->family.id, known, {}, live->family.created_at, {}});
        if (revision > known->revision) return {};
        return also(tx, *who);
    }));
    if (refused) return *refused;
    return brought_up(*std::move(who), revision, claims.kid, now);
}

outcome<answer<caller>> authenticate::ask_cache(tokens::access_claims const& claims, std::shared_ptr<catalogue const> known, instant now) const
{
    MB_TRY(auto const live, cache_->find(claims.jti, claims.subject));
    if (auto const refused = refuse(live.get(), claims, policy_, now)) return *refused;
    return brought_up(caller{live->owner, live->family.id, std::move(known), {}, live->family.created_at, {}}, live->catalogue_revision, claims.kid,
                      now);
}

outcome<answer<caller>> authenticate::operator()(std::string_view access_token) const
{
    if (cache_ == nullptr) return (*this)(access_token, [](ports::transaction&, caller const&) -> outcome<void> { return {}; });
    auto known = catalogues_.current();
    auto const now = clock_.now();
    MB_TRY(auto const said, read(access_token, known, now));
    if (auto const* no = said.denied()) return *no;
    return ask_cache(*said.granted(), std::move(known), now);
}

outcome<answer<caller>> authenticate::operator()(std::string_view access_token, reading also) const
{
    auto known = catalogues_.current();
    auto const now = clock_.now();
    MB_TRY(auto const said, read(access_token, known, now));
    if (auto const* no = said.denied()) return *no;
    if (cache_ == nullptr) return ask_store(*said.granted(), std::move(known), now, also);

    MB_TRY(auto judged, ask_cache(*said.granted(), std::move(known), now));
    auto const* who = judged.granted();
    if (who == nullptr) return judged;
    // The marks have just said that this catalogue is the newest, so one statement by itself is enough. A table that was altered since is a
    // conflict: then the revision is asked for in the same snapshot.
    auto const alone = store_.read([&](ports::transaction& tx) { return also(tx, *who); });
    if (alone) return judged;
    if (alone.error().code != errc::conflict) return alone.error();
    MB_CHECK(store_.read([&](ports::transaction& tx) -> outcome<void> {
        MB_TRY(auto const revision, tx.catalogue().current());
        if (revision != who->known->revision) return {};
        return also(tx, *who);
    }));
    return judged;
}

}  // namespace mb::usecases
