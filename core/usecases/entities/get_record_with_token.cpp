#include "core/usecases/entities/get_record_with_token.hpp"

#include <utility>

namespace mb::usecases {

outcome<answer<get_record_with_token::result>> get_record_with_token::operator()(std::string_view access_token, get_record::command const& asked) const
{
    std::optional<answer<stored_record>> found;
    MB_TRY(auto said, authenticate_(access_token, [&](ports::transaction& snapshot, caller const& who) -> outcome<void> {
               MB_TRY(found, get_record_.on(snapshot, asked, who));
               return {};
           }));
    auto* who = said.granted();
    if (who == nullptr) return said.refusal<result>();
    return result{std::move(*who), std::move(found)};
}

}  // namespace mb::usecases
