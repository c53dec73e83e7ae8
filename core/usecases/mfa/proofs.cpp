#include "core/usecases/mfa/proofs.hpp"

#include "core/domain/base/text.hpp"
#include "core/usecases/tokens/read_refresh.hpp"

#include <string>
#include <utility>

namespace mb::usecases {

std::string proofs::bound_to(identity::user const& who) const
{
    auto const mac = digests_.mac("mfa session", who.id.text() + ' ' + who.password_hash.value_or(""));
    return base64url({reinterpret_cast<char const*>(mac.data()), mac.size()});
}

outcome<second_step> proofs::begin(identity::user const& who, tokens::shown_by how, tokens::door leads_to) const
{
    MB_TRY(auto const known, able_to_sign(catalogues_));
    auto const& key = *known->keys.active();
    auto const now = clock_.now();
    tokens::proof_claims claims;
    claims.kind = tokens::proof_kind::mfa_session;
    claims.subject = who.id;
    claims.jti = ports::new_id<tokens::token_id>(random_, now);
    claims.kid = key.kid;
    claims.how = how;
    claims.leads_to = leads_to;
    claims.bound = bound_to(who);
    claims.issued_at = to_seconds(now);
    claims.expires_at = claims.issued_at + policy_.mfa_session_life.count();
    return second_step{secret{codec_.write(claims, key)}, policy_.mfa_session_life};
}

outcome<std::variant<tokens::proof_claims, ports::token_fault>> proofs::read(std::string_view token, tokens::proof_kind wanted) const
{
    auto const now = clock_.now();
    auto said = codec_.read_proof(token, wanted, catalogues_.current()->keys, now);
    auto const* fault = std::get_if<ports::token_fault>(&said);
    if (fault == nullptr || *fault != ports::token_fault::unknown_key) return said;
    MB_TRY(auto const fresh, catalogues_.look_again());
    return codec_.read_proof(token, wanted, fresh->keys, now);
}

outcome<answer<tokens::proof_claims>> proofs::read_begun(std::string_view token) const
{
    using result = answer<tokens::proof_claims>;
    MB_TRY(auto said, read(token, tokens::proof_kind::mfa_session));
    if (auto const* fault = std::get_if<ports::token_fault>(&said))
        return result{*fault == ports::token_fault::expired ? problem::expired_token : problem::invalid_token};
    return result{std::get<tokens::proof_claims>(std::move(said))};
}

bool proofs::holds(tokens::proof_claims const& begun, identity::user const& who) const
{
    return begun.subject == who.id && same_bytes(begun.bound, bound_to(who));
}

outcome<step_up_token> proofs::step_up(identity::user_id who, tokens::family_id session, tokens::shown_by how) const
{
    MB_TRY(auto const known, able_to_sign(catalogues_));
    auto const& key = *known->keys.active();
    auto const now = clock_.now();
    tokens::proof_claims claims;
    claims.kind = tokens::proof_kind::step_up;
    claims.subject = who;
    claims.jti = ports::new_id<tokens::token_id>(random_, now);
    claims.kid = key.kid;
    claims.how = how;
    claims.session = session;
    claims.issued_at = to_seconds(now);
    claims.expires_at = claims.issued_at + policy_.step_up_life.count();
    return step_up_token{secret{codec_.write(claims, key)}, policy_.step_up_life};
}

outcome<std::optional<tokens::proof_claims>> proofs::read_step_up(std::string_view token, caller const& who) const
{
    using found = std::optional<tokens::proof_claims>;
    MB_TRY(auto said, read(token, tokens::proof_kind::step_up));
    auto* claims = std::get_if<tokens::proof_claims>(&said);
    if (claims == nullptr || claims->subject != who.user.id || !who.session || claims->session != who.session) return found{};
    return found{std::move(*claims)};
}

std::optional<denial> proofs::refuse_unless_fresh(caller const& who, identity::user const& as_stored) const
{
    tokens::asking const asking{as_stored.id, as_stored.second_factor, who.session, who.entered_at};
    auto const decided = tokens::decide_freshness(asking, who.proof ? &*who.proof : nullptr, policy_, clock_.now());
    if (decided == tokens::freshness::fresh) return std::nullopt;
    return denial{problem::step_up_required};
}

}  // namespace mb::usecases
