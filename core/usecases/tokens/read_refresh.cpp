#include "core/usecases/tokens/read_refresh.hpp"

#include <utility>

namespace mb::usecases {

outcome<std::variant<tokens::refresh_claims, ports::token_fault>> read_refresh(std::string_view token, catalogue_cache const& catalogues,
                                                                               ports::token_codec const& codec, instant now)
{
    auto read = codec.read_refresh(token, catalogues.current()->keys, now);
    auto const* fault = std::get_if<ports::token_fault>(&read);
    if (fault == nullptr || *fault != ports::token_fault::unknown_key) return read;
    MB_TRY(auto const fresh, catalogues.look_again());
    return codec.read_refresh(token, fresh->keys, now);
}

outcome<std::shared_ptr<catalogue const>> able_to_sign(catalogue_cache const& catalogues)
{
    auto known = catalogues.current();
    if (known->keys.active() != nullptr) return known;
    MB_TRY(known, catalogues.look_again());
    if (known->keys.active() != nullptr) return known;
    return error{errc::unexpected, "tokens.able_to_sign", "there is no active signing key"};
}

}  // namespace mb::usecases
