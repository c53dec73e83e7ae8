#pragma once

#include "core/domain/base/instant.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mb::identity {

/// Whether a text has the form of a code of ISO 3166-1 alpha-2.
bool is_country_code(std::string_view text) noexcept;

/// From where and when somebody usually logs in. Kept with the account, so that a login reads no history.
struct login_habits {
    /// ISO 3166-1 alpha-2, the last one first.
    std::vector<std::string> countries{};
    /// Logins by the hour of the day in UTC. Older ones weigh less: all are halved where one is full.
    std::array<std::uint8_t, 24> hours{};
    /// When the owner was last told of a browser that nobody knew.
    std::optional<instant> told_at{};
    friend bool operator==(login_habits const&, login_habits const&) = default;
};

/// A country that nobody came from for so many others is forgotten.
constexpr std::size_t habit_countries_max = 8;
constexpr std::uint8_t habit_hour_max = 200;
/// So many logins make a habit of their hours.
constexpr int habit_logins_min = 20;
/// Clients that keep no cookies are new at every login: their owner is told once in a while.
constexpr duration device_notice_interval = std::chrono::hours{24};

/// Learns from a login AT `now`.
void learn(login_habits& of, std::optional<std::string> const& country, instant now);
/// Whether there are countries, and this is none of them.
bool is_new_country(login_habits const& of, std::optional<std::string> const& country);
/// Whether there is a habit, and neither this hour nor the one before or after belongs to it.
bool is_odd_hour(login_habits const& of, instant now) noexcept;

/// Whether the owner is to be told of a login AT `now` with an unknown browser: not of an account's first, and not again too soon.
bool is_worth_telling(login_habits const& of, instant now) noexcept;

/// "ES,FR 0,0,3,… 1763712000000000": one text, for a column. The last part stands only where the owner was told.
std::string format_habits(login_habits const& of);
/// Nothing where the text is no such one.
std::optional<login_habits> parse_habits(std::string_view text);

}  // namespace mb::identity
