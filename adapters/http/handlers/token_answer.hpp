#pragma once

#include "adapters/http/exchange.hpp"
#include "core/usecases/mfa/proofs.hpp"
#include "core/usecases/tokens/open_session.hpp"
#include "core/usecases/tokens/token_pair.hpp"

namespace mb::http {

/// {access_token, token_type, expires_in, user}, and the refresh token in its cookie.
response token_answer(exchange const& asked, usecases::token_pair const& pair);
/// {mfa_required, mfa_session_token, expires_in, methods}: the second step comes first.
response second_step_answer(exchange const& asked, usecases::second_step const& next);
/// Seed 000's {token, user_info}, with the same cookie.
response seed000_login_answer(exchange const& asked, usecases::token_pair const& pair);

/// The user, and the classic session in its cookie.
response session_answer(exchange const& asked, usecases::opened_session const& opened);

}  // namespace mb::http
