#include "core/usecases/access/authenticate.hpp"

#include <utility>

namespace mb::usecases {

outcome<answer<caller>> authenticate::operator()(std::string_view access_token) const
{
    auto known = catalogues_.current();
    auto const now = clock_.now();
    auto read = codec_.read_access(access_token, known->keys, now);
    if (auto const* fault = std::get_if<ports::token_fault>(&read); fault != nullptr && *fault == ports::token_fault::unknown_key) {
        MB_TRY(known, catalogues_.look_again());
        read = codec_.read_access(access_token, known->keys, now);
    }
    if (auto const* fault = std::get_if<ports::token_fault>(&read))
        return *fault == ports::token_fault::expired ? problem::expired_token : problem::invalid_token;
    auto const& claims = std::get<tokens::access_claims>(read);

    MB_TRY(auto live, ports::read(store_, [&](ports::transaction& tx) { return tx.families().find_access(claims.jti); }));
    if (!live || live->owner.id != claims.subject || live->family.owner != claims.subject) return problem::invalid_token;
    auto const standing = tokens::decide_access(live->family, claims.jti, policy_, now);
    if (standing == tokens::access_standing::expired) return problem::expired_token;
    if (standing != tokens::access_standing::good || live->owner.status != identity::user_status::active) return problem::invalid_token;

    if (live->catalogue_revision > known->revision) {
        MB_TRY(known, catalogues_.at_least(live->catalogue_revision));
        // the key that the signature was good under may be gone
        if (known->keys.find(claims.kid, now) == nullptr) return problem::invalid_token;
    }
    return caller{std::move(live->owner), live->family.id, std::move(known)};
}

}  // namespace mb::usecases
