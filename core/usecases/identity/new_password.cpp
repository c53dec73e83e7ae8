#include "core/usecases/identity/new_password.hpp"

#include <array>
#include <utility>

namespace mb::usecases {

violations judge_new_password(secret const& password, identity::user const& owner, ports::password_judge const& judge,
                              identity::password_policy const& policy, std::string_view pointer)
{
    identity::password_estimate estimate;
    if (password.size() <= policy.bytes_max) {  // estimating takes more than linear time
        auto const& address = owner.address.text();
        std::array<std::string, 2> const context{address.substr(0, address.find('@')), owner.name ? owner.name->text() : ""};
        estimate = judge.estimate(password, context);
    }
    return identity::decide_password(password, estimate, policy, pointer);
}

outcome<std::size_t> replace_password(ports::transaction& tx, identity::user& owner, std::string hash, std::optional<tokens::family_id> except,
                                      instant now)
{
    owner.password_hash = std::move(hash);
    owner.updated_at = now;
    MB_CHECK(tx.email_tokens().block_all(owner.id, identity::link_block::superseded, now));
    MB_TRY(auto const families, tx.families().revoke_all(owner.id, except, tokens::revocation_reason::password_reset, now));
    MB_TRY(auto const sessions, tx.sessions().end_all(owner.id, tokens::session_end::password_reset, now));
    return families + sessions;
}

}  // namespace mb::usecases
