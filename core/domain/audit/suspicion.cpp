#include "core/domain/audit/suspicion.hpp"

#include "core/domain/base/ascii.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string>

namespace mb::audit {
namespace {

constexpr std::size_t bytes_max = 4096;

constexpr std::array<std::string_view, 22> signs{
    "<script",    "javascript:", "onerror=",           "onload=",  "<img src",     "<iframe",     "union select",  "union all select",
    "' or '",     "' or 1=1",    "\" or \"",           "or 1=1--", "; drop table", "';--",        "waitfor delay", "sleep(",
    "benchmark(", "xp_cmdshell", "information_schema", "../../",   "${jndi:",      "/etc/passwd",
};

/// In small letters, decoded once, with single spaces.
std::string flattened(std::string_view text)
{
    std::string flat;
    for (std::size_t i = 0; i < text.size(); ++i) {
        char c = text[i];
        if (c == '%' && i + 2 < text.size()) {
            auto const high = hex_value(text[i + 1]);
            auto const low = hex_value(text[i + 2]);
            if (high >= 0 && low >= 0) {
                c = static_cast<char>(high * 16 + low);
                i += 2;
            }
        }
        if (c == '+' || c == '\t' || c == '\n' || c == '\r') c = ' ';
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
        if (c == ' ' && !flat.empty() && flat.back() == ' ') continue;
        flat += c;
    }
    return flat;
}

}  // namespace

bool looks_like_injection(std::string_view text)
{
    auto const flat = flattened(text.substr(0, bytes_max));
    return std::ranges::any_of(signs, [&](std::string_view sign) { return flat.find(sign) != std::string::npos; });
}

}  // namespace mb::audit
