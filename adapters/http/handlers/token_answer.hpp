#pragma once

#include "adapters/http/exchange.hpp"
#include "core/usecases/tokens/token_pair.hpp"

namespace mb::http {

/// {access_token, token_type, expires_in, user}, and the refresh token in its cookie.
response token_answer(exchange const& asked, usecases::token_pair const& pair);
/// Seed 000's {token, user_info}, with the same cookie.
response seed000_login_answer(exchange const& asked, usecases::token_pair const& pair);

}  // namespace mb::http
