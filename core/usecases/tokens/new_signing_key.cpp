#include "core/usecases/tokens/new_signing_key.hpp"

#include "core/domain/base/text.hpp"

#include <utility>

namespace mb::usecases {

tokens::signing_key new_signing_key(ports::randomness const& random, secret material, instant now)
{
    constexpr std::size_t kid_bytes = 8;
    return {hex(ports::new_secret(random, kid_bytes).reveal()), std::move(material), tokens::key_state::active, now, now, std::nullopt, std::nullopt};
}

}  // namespace mb::usecases
