#pragma once

#include "core/domain/base/instant.hpp"
#include "core/domain/identity/habits.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mb::audit {

/// What makes a login unlike those of the account's owner.
enum class risk_factor : std::uint8_t {
    new_country,        ///< the owner never came from there, as far as is remembered
    attacking_address,  ///< others, or the same one, guessed at passwords from there in the last day
    new_device,         ///< a browser that never logged in to this account, though another did
    recent_failures,    ///< wrong passwords before this one, which might be guesses
    odd_hour            ///< the owner never comes at this time of the day
};

struct risk_weight {
    risk_factor factor;
    std::string_view name;  ///< in audit rows
    int points;             ///< what it adds
};
/// Heaviest first. No factor alone makes a login suspicious: people travel, and buy telephones.
std::span<risk_weight const> risk_weights() noexcept;

constexpr int risk_score_max = 100;
/// From this score on a login is suspicious: two heavy factors, or three light ones.
constexpr int suspicious_score_min = 50;
/// So many failures before an attempt count: one or two are a slip.
constexpr int risk_failures_min = 3;

/// What one attempt shows.
struct login_signs {
    std::optional<identity::login_habits> habits{};  ///< none: nobody has logged in to this account yet, or there is none
    bool known_device = false;
    bool attacking_address = false;
    int failures_before = 0;
    std::optional<std::string> country{};
    instant at{};
};

struct risk {
    int score = 0;                       ///< 0 to risk_score_max
    std::vector<risk_factor> factors{};  ///< in the order of their weights
    bool is_suspicious() const noexcept { return score >= suspicious_score_min; }
};

/// Adds up the weights of what holds, to risk_score_max at most. What is unlike a habit counts only where there is one.
risk decide_risk(login_signs const& signs);

/// "new_country,new_device"
std::string names_of(risk const& of);

}  // namespace mb::audit
