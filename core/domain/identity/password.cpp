#include "core/domain/identity/password.hpp"

#include "core/domain/base/text.hpp"

#include <string>

namespace mb::identity {

violations decide_password(secret const& password, password_estimate const& estimate, password_policy const& policy, std::string_view pointer)
{
    violations broken;
    auto const add = [&](violation_code code, std::string expected) { broken.push_back({std::string(pointer), code, std::move(expected)}); };
    if (count_code_points(password.reveal()) < policy.characters_min) add(violation_code::too_short, std::to_string(policy.characters_min));
    if (password.size() > policy.bytes_max) add(violation_code::too_long, std::to_string(policy.bytes_max));
    if (!broken.empty()) return broken;
    if (estimate.block_listed)
        add(violation_code::block_listed, "");
    else if (estimate.score < policy.score_min)
        add(violation_code::too_guessable, std::to_string(policy.score_min));
    return broken;
}

}  // namespace mb::identity
