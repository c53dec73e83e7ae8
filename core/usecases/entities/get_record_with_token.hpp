#pragma once

#include "core/domain/base/answer.hpp"
#include "core/domain/base/outcome.hpp"
#include "core/usecases/access/authenticate.hpp"
#include "core/usecases/access/authenticate_key.hpp"
#include "core/usecases/entities/get_record.hpp"

#include <optional>
#include <string_view>

namespace mb::usecases {

/// Authenticates and reads one record on one snapshot, which costs far less than one after the other.
class get_record_with_token final {
public:
    struct result {
        caller who;
        std::optional<answer<stored_record>> found;  ///< nothing: get_record is to be asked, with `who`
    };

    get_record_with_token(usecases::authenticate const& who, usecases::authenticate_key const& whose_key, get_record const& what)
        : authenticate_(who),
          authenticate_key_(whose_key),
          get_record_(what)
    {
    }
    /// Denials: those of authenticate.
    outcome<answer<result>> operator()(std::string_view access_token, get_record::command const& asked) const;
    /// The same for who comes with an API key. Denials: those of authenticate_key.
    outcome<answer<result>> with_key(std::string_view api_key, get_record::command const& asked) const;

private:
    usecases::authenticate const& authenticate_;
    usecases::authenticate_key const& authenticate_key_;
    get_record const& get_record_;
};

}  // namespace mb::usecases
