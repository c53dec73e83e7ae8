#include "core/domain/identity/habits.hpp"

#include <algorithm>
#include <charconv>
#include <numeric>

namespace mb::identity {
namespace {

std::size_t hour_of(instant now) noexcept
{
    auto const hours = std::chrono::floor<std::chrono::hours>(now.time_since_epoch()).count();
    return static_cast<std::size_t>((hours % 24 + 24) % 24);
}

/// Takes everything before `separator` and the separator; all where there is none.
std::string_view take(std::string_view& text, char separator) noexcept
{
    auto const at = text.find(separator);
    auto const taken = text.substr(0, at);
    text.remove_prefix(at == std::string_view::npos ? text.size() : at + 1);
    return taken;
}

bool read_number(std::string_view text, auto& into) noexcept
{
    auto const [end, failure] = std::from_chars(text.data(), text.data() + text.size(), into);
    return failure == std::errc{} && end == text.data() + text.size();
}

}  // namespace

bool is_country_code(std::string_view text) noexcept
{
    return text.size() == 2 && std::all_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

void learn(login_habits& of, std::optional<std::string> const& country, instant now)
{
    if (country && is_country_code(*country)) {
        std::erase(of.countries, *country);
        of.countries.insert(of.countries.begin(), *country);
        if (of.countries.size() > habit_countries_max) of.countries.pop_back();
    }
    auto& count = of.hours[hour_of(now)];
    if (count == habit_hour_max)
        for (auto& each : of.hours) each = static_cast<std::uint8_t>(each / 2);
    ++count;
}

bool is_new_country(login_habits const& of, std::optional<std::string> const& country)
{
    return country && !of.countries.empty() && std::ranges::find(of.countries, *country) == of.countries.end();
}

bool is_odd_hour(login_habits const& of, instant now) noexcept
{
    if (std::accumulate(of.hours.begin(), of.hours.end(), 0) < habit_logins_min) return false;
    auto const hour = hour_of(now);
    return of.hours[(hour + 23) % 24] == 0 && of.hours[hour] == 0 && of.hours[(hour + 1) % 24] == 0;
}

bool is_worth_telling(login_habits const& of, instant now) noexcept
{
    bool const first = std::ranges::all_of(of.hours, [](auto count) { return count == 0; });
    return !first && (!of.told_at || now >= *of.told_at + device_notice_interval);
}

std::string format_habits(login_habits const& of)
{
    std::string text;
    for (auto const& each : of.countries) text += (text.empty() ? "" : ",") + each;
    char separator = ' ';
    for (auto const count : of.hours) {
        text += separator + std::to_string(count);
        separator = ',';
    }
    if (of.told_at) text += ' ' + std::to_string(to_micros(*of.told_at));
    return text;
}

std::optional<login_habits> parse_habits(std::string_view text)
{
    login_habits read;
    auto const whole = text;
    auto countries = take(text, ' ');
    auto hours = take(text, ' ');
    while (!countries.empty()) {
        auto const country = take(countries, ',');
        if (!is_country_code(country) || read.countries.size() == habit_countries_max) return std::nullopt;
        read.countries.emplace_back(country);
    }
    for (auto& count : read.hours) {
        if (!read_number(take(hours, ','), count) || count > habit_hour_max) return std::nullopt;
    }
    if (!text.empty()) {
        std::int64_t micros = 0;
        if (!read_number(text, micros)) return std::nullopt;
        read.told_at = from_micros(micros);
    }
    if (format_habits(read) != whole) return std::nullopt;
    return read;
}

}  // namespace mb::identity
