#pragma once

#include "core/domain/base/problem.hpp"
#include "core/domain/base/violation.hpp"
#include "core/domain/notify/message.hpp"

#include <string>
#include <string_view>

namespace mb::http {

using notify::language;

/// The language a client asked for by Accept-Language (RFC 9110 section 12.5.4), or the server's own where it asked for neither es nor en.
language language_of(std::string_view accept_language, language server) noexcept;

/// What a person reads. Codes never change with the language; these do.
std::string_view text_of(problem why, language tongue) noexcept;
std::string text_of(violation const& broken, language tongue);

/// Answers that are the same whether or not an account exists.
enum class notice : unsigned char {
    registered,
    email_verified,
    verification_sent,
    unlocked,
    reset_sent,
    link_good,
    password_set,
    logged_in,
    factor_removed
};
std::string_view text_of(notice what, language tongue) noexcept;

}  // namespace mb::http
