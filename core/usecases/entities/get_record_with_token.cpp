#include "core/usecases/entities/get_record_with_token.hpp"

#include <utility>

namespace mb::usecases {
namespace {

template <class Authenticate>
outcome<answer<get_record_with_token::result>> both(Authenticate const& authenticate, get_record const& get, std::string_view shown,
                                                    get_record::command const& asked)
{
    std::optional<answer<stored_record>> found;
    MB_TRY(auto said, authenticate(shown, [&](ports::transaction& snapshot, caller const& who) -> outcome<void> {
               MB_TRY(found, get.on(snapshot, asked, who));
               return {};
           }));
    auto* who = said.granted();
    if (who == nullptr) return said.template refusal<get_record_with_token::result>();
    return get_record_with_token::result{std::move(*who), std::move(found)};
}

}  // namespace

outcome<answer<get_record_with_token::result>> get_record_with_token::operator()(std::string_view access_token,
                                                                                 get_record::command const& asked) const
{
    return both(authenticate_, get_record_, access_token, asked);
}

outcome<answer<get_record_with_token::result>> get_record_with_token::with_key(std::string_view api_key, get_record::command const& asked) const
{
    return both(authenticate_key_, get_record_, api_key, asked);
}

}  // namespace mb::usecases
