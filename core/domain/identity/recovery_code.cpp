#include "core/domain/identity/recovery_code.hpp"

#include "core/domain/base/assert.hpp"
#include "core/domain/base/base32.hpp"

#include <string>
#include <utility>

namespace mb::identity {
namespace {

constexpr std::size_t characters = recovery_code_bytes * 8 / 5;
constexpr std::size_t group = 6;
static_assert(recovery_code_bytes * 8 % 5 == 0 && characters % group == 0);

}  // namespace

secret write_recovery_code(secret const& drawn)
{
    MB_ASSERT(drawn.size() == recovery_code_bytes);
    auto plain = base32(drawn.reveal());
    std::string grouped;
    grouped.reserve(characters + characters / group);
    for (std::size_t at = 0; at < plain.size(); at += group) {
        if (at != 0) grouped += '-';
        grouped.append(plain, at, group);
    }
    wipe(plain.data(), plain.size());
    return secret{std::move(grouped)};
}

std::optional<secret> read_recovery_code(std::string_view typed)
{
    std::string code;
    code.reserve(characters);
    for (char c : typed) {
        if (c == ' ' || c == '-') continue;
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
        bool const known = (c >= 'A' && c <= 'Z') || (c >= '2' && c <= '7');
        if (!known || code.size() == characters) return std::nullopt;
        code += c;
    }
    if (code.size() != characters) return std::nullopt;
    return secret{std::move(code)};
}

secret recovery_code_content(user_id owner, secret const& code)
{
    std::string content(reinterpret_cast<char const*>(owner.bytes.data()), owner.bytes.size());
    content += code.reveal();
    return secret{std::move(content)};
}

std::string_view name_of(recovery_refusal why) noexcept { return why == recovery_refusal::wrong ? "wrong" : "used"; }

std::variant<std::size_t, recovery_refusal> decide_recovery(std::span<recovery_code const> codes, digest const& shown) noexcept
{
    auto const bytes = [](digest const& of) { return std::string_view{reinterpret_cast<char const*>(of.data()), of.size()}; };
    std::optional<std::size_t> found;
    for (std::size_t i = 0; i < codes.size(); ++i)
        if (same_bytes(bytes(codes[i].digest), bytes(shown))) found = i;
    if (!found) return recovery_refusal::wrong;
    if (codes[*found].used_at) return recovery_refusal::used;
    return *found;
}

}  // namespace mb::identity
