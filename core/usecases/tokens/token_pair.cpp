#include "core/usecases/tokens/token_pair.hpp"

#include <utility>

namespace mb::usecases {

tokens::family start_family(identity::user_id owner, tokens::signing_key const& key, audit::origin const& from, ports::randomness const& random,
                            tokens::token_policy const& policy, instant now)
{
    tokens::family made;
    made.id = ports::new_id<tokens::family_id>(random, now);
    made.owner = owner;
    made.kid = key.kid;
    made.current_jti = ports::new_id<tokens::token_id>(random, now);
    made.access_jti = ports::new_id<tokens::token_id>(random, now);
    made.ip = from.ip.value_or(identity::ip_hash{});
    made.user_agent = from.user_agent;
    made.created_at = now;
    made.last_used_at = now;
    made.expires_at = now + policy.refresh_life;
    return made;
}

token_pair issue(tokens::family const& held, identity::user const& owner, tokens::signing_key const& key, ports::token_codec const& codec,
                 tokens::token_policy const& policy, instant now)
{
    auto const issued = to_seconds(now);
    tokens::access_claims const access{owner.id, held.access_jti, held.kid, owner.roles, issued, issued + policy.access_life.count()};
    tokens::refresh_claims const refresh{owner.id, held.current_jti, held.kid, held.id, issued, issued + policy.refresh_life.count()};
    return {codec.write(access, key),
            policy.access_life,
            secret{codec.write(refresh, key)},
            instant{std::chrono::seconds{refresh.expires_at}},
            owner,
            held.id};
}

}  // namespace mb::usecases
