#include "core/domain/base/instant.hpp"

namespace mb {
namespace {

void put(char* out, unsigned value, int digits) noexcept
{
    for (int i = digits - 1; i >= 0; --i) {
        out[i] = static_cast<char>('0' + value % 10);
        value /= 10;
    }
}

std::optional<int> digits(std::string_view text, std::size_t at, std::size_t count) noexcept
{
    if (at + count > text.size()) return std::nullopt;
    int value = 0;
    for (std::size_t i = at; i < at + count; ++i) {
        if (text[i] < '0' || text[i] > '9') return std::nullopt;
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

}  // namespace

void format_rfc3339(instant at, char (&out)[24]) noexcept
{
    auto const day = std::chrono::floor<std::chrono::days>(at);
    std::chrono::year_month_day const date{day};
    std::chrono::hh_mm_ss const time{std::chrono::floor<std::chrono::milliseconds>(at) - day};
    put(out, static_cast<unsigned>(static_cast<int>(date.year())), 4);
    out[4] = '-';
    put(out + 5, static_cast<unsigned>(date.month()), 2);
    out[7] = '-';
    put(out + 8, static_cast<unsigned>(date.day()), 2);
    out[10] = 'T';
    put(out + 11, static_cast<unsigned>(time.hours().count()), 2);
    out[13] = ':';
    put(out + 14, static_cast<unsigned>(time.minutes().count()), 2);
    out[16] = ':';
    put(out + 17, static_cast<unsigned>(time.seconds().count()), 2);
    out[19] = '.';
    put(out + 20, static_cast<unsigned>(time.subseconds().count()), 3);
    out[23] = 'Z';
}

std::string format_rfc3339(instant at)
{
    char text[24];
    format_rfc3339(at, text);
    return {text, sizeof text};
}

std::optional<std::chrono::year_month_day> parse_date(std::string_view text) noexcept
{
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
    auto const year = digits(text, 0, 4);
    auto const month = digits(text, 5, 2);
    auto const day = digits(text, 8, 2);
    if (!year || !month || !day || *year == 0) return std::nullopt;
    std::chrono::year_month_day const date{std::chrono::year{*year}, std::chrono::month{static_cast<unsigned>(*month)},
                                           std::chrono::day{static_cast<unsigned>(*day)}};
    if (!date.ok()) return std::nullopt;
    return date;
}

std::optional<instant> parse_rfc3339(std::string_view text) noexcept
{
    if (text.size() < 20 || (text[10] != 'T' && text[10] != 't') || text[13] != ':' || text[16] != ':') return std::nullopt;
    auto const date = parse_date(text.substr(0, 10));
    auto const hour = digits(text, 11, 2);
    auto const minute = digits(text, 14, 2);
    auto const second = digits(text, 17, 2);
    if (!date || !hour || !minute || !second || *hour > 23 || *minute > 59 || *second > 59) return std::nullopt;

    std::size_t at = 19;
    std::int64_t micros = 0;
    if (text[at] == '.') {
        ++at;
        std::size_t const first = at;
        for (std::int64_t unit = 100'000; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, unit /= 10) micros += unit * (text[at] - '0');
        if (at == first || at - first > 9) return std::nullopt;
    }
    if (at >= text.size()) return std::nullopt;

    std::chrono::minutes offset{0};
    if (text[at] == 'Z' || text[at] == 'z') {
        if (at + 1 != text.size()) return std::nullopt;
    } else if (text[at] == '+' || text[at] == '-') {
        auto const hours = digits(text, at + 1, 2);
        auto const minutes = digits(text, at + 4, 2);
        if (at + 6 != text.size() || text[at + 3] != ':' || !hours || !minutes || *hours > 23 || *minutes > 59) return std::nullopt;
        offset = std::chrono::minutes{*hours * 60 + *minutes};
        if (text[at] == '-') offset = -offset;
    } else {
        return std::nullopt;
    }
    instant const at_utc = std::chrono::sys_days{*date} + std::chrono::hours{*hour} + std::chrono::minutes{*minute} + std::chrono::seconds{*second}
                           + duration{micros} - offset;
    // an offset can push the last hours of year 9999, or the first of year 1, out of what format_rfc3339 can write
    std::chrono::year_month_day const shown{std::chrono::floor<std::chrono::days>(at_utc)};
    if (static_cast<int>(shown.year()) < 1 || static_cast<int>(shown.year()) > 9999) return std::nullopt;
    return at_utc;
}

}  // namespace mb
