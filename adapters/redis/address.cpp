#include "adapters/redis/address.hpp"

#include "core/domain/base/ascii.hpp"

#include <charconv>
#include <system_error>

namespace mb::redis {
namespace {

constexpr int database_max = 65'535;

std::optional<std::string> decoded(std::string_view text)
{
    std::string plain;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            plain += text[i];
            continue;
        }
        if (i + 2 >= text.size()) return std::nullopt;
        auto const high = hex_value(text[i + 1]);
        auto const low = hex_value(text[i + 2]);
        if (high < 0 || low < 0) return std::nullopt;
        plain += static_cast<char>(high << 4 | low);
        i += 2;
    }
    return plain;
}

std::optional<int> whole(std::string_view text, int min, int max)
{
    int number = 0;
    auto const [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (fault != std::errc{} || end != text.data() + text.size() || number < min || number > max) return std::nullopt;
    return number;
}

bool read_host(std::string_view text, address& into)
{
    auto const bracket = text.starts_with('[') ? text.find(']') : 0;
    if (bracket == std::string_view::npos) return false;
    auto const colon = text.find(':', bracket);
    auto host = text.substr(0, colon);
    if (host.starts_with('[')) {
        if (!host.ends_with(']')) return false;
        host = host.substr(1, host.size() - 2);
    }
    into.host = host;
    if (colon == std::string_view::npos) return !into.host.empty();
    auto const port = whole(text.substr(colon + 1), 1, 65'535);
    if (!port) return false;
    into.port = static_cast<std::uint16_t>(*port);
    return !into.host.empty();
}

bool read_user(std::string_view text, address& into)
{
    auto const colon = text.find(':');
    if (colon == std::string_view::npos) return false;
    auto user = decoded(text.substr(0, colon));
    auto password = decoded(text.substr(colon + 1));
    if (!user || !password || password->empty()) return false;
    into.user = *std::move(user);
    into.password = secret{*std::move(password)};
    return true;
}

}  // namespace

std::optional<address> parse_address(std::string_view url)
{
    constexpr std::string_view scheme = "redis://";
    if (!url.starts_with(scheme)) return std::nullopt;
    url.remove_prefix(scheme.size());
    address made;
    if (auto const slash = url.find('/', url.rfind('@') == std::string_view::npos ? 0 : url.rfind('@')); slash != std::string_view::npos) {
        if (auto const rest = url.substr(slash + 1); !rest.empty()) {
            auto const database = whole(rest, 0, database_max);
            if (!database) return std::nullopt;
            made.database = *database;
        }
        url = url.substr(0, slash);
    }
    if (auto const at = url.rfind('@'); at != std::string_view::npos) {
        if (!read_user(url.substr(0, at), made)) return std::nullopt;
        url.remove_prefix(at + 1);
    }
    if (!read_host(url, made)) return std::nullopt;
    return made;
}

}  // namespace mb::redis
