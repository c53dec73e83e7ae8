#include "adapters/openssl/stored_hash.hpp"

#include "core/domain/base/text.hpp"

#include <algorithm>
#include <charconv>

namespace mb::openssl {
namespace {

constexpr std::size_t bcrypt_salt_characters = 22;
constexpr std::size_t bcrypt_characters = 7 + bcrypt_salt_characters + bcrypt_hash_characters;

bool is_letter_or_digit(char c) noexcept { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/// Takes `prefix` off the front of `text`, if it is there.
bool take(std::string_view& text, std::string_view prefix) noexcept
{
    if (!text.starts_with(prefix)) return false;
    text.remove_prefix(prefix.size());
    return true;
}

/// Takes everything before `separator`, and the separator.
std::optional<std::string_view> take_until(std::string_view& text, char separator) noexcept
{
    auto const at = text.find(separator);
    if (at == std::string_view::npos) return std::nullopt;
    auto const taken = text.substr(0, at);
    text.remove_prefix(at + 1);
    return taken;
}

/// A decimal number from 1 to `most`, without leading zeros.
std::optional<std::uint32_t> parse_cost(std::optional<std::string_view> text, std::uint32_t most) noexcept
{
    if (!text || text->empty() || text->front() == '0') return std::nullopt;
    std::uint32_t read = 0;
    auto const [stop, trouble] = std::from_chars(text->data(), text->data() + text->size(), read);
    if (trouble != std::errc{} || stop != text->data() + text->size() || read > most) return std::nullopt;
    return read;
}

std::optional<std::string> parse_unpadded(std::string_view text)
{
    if (text.ends_with('=')) return std::nullopt;
    return parse_base64(std::string(text).append((4 - text.size() % 4) % 4, '='));
}

std::string unpadded(std::string_view bytes)
{
    auto text = base64(bytes);
    while (text.ends_with('=')) text.pop_back();
    return text;
}

/// @param text  "$2b$12$…", 60 characters.
bool parse_bcrypt(std::string_view text, bool import, stored_hash& into)
{
    if (text.size() != bcrypt_characters) return false;
    auto const variant = text.substr(0, 4);
    if (variant != "$2b$" && !(import && (variant == "$2a$" || variant == "$2y$"))) return false;
    auto const is_digit = [](char c) { return c >= '0' && c <= '9'; };
    if (!is_digit(text[4]) || !is_digit(text[5]) || text[6] != '$') return false;
    into.bcrypt_cost = (text[4] - '0') * 10 + (text[5] - '0');
    if (into.bcrypt_cost < password_hashers::bcrypt_cost_min || into.bcrypt_cost > password_hashers::bcrypt_cost_max) return false;
    auto const rest = text.substr(7);
    if (!std::all_of(rest.begin(), rest.end(), [](char c) { return is_letter_or_digit(c) || c == '.' || c == '/'; })) return false;
    into.algorithm = password_algorithm::bcrypt;
    into.bcrypt_setting = text.substr(0, 7 + bcrypt_salt_characters);
    into.hash = rest.substr(bcrypt_salt_characters);
    return true;
}

/// @param text  "$v=19$m=…,t=…,p=…$<salt>$<hash>".
bool parse_argon2(std::string_view text, stored_hash& into)
{
    constexpr auto most = password_hashers::argon2_cost_max;
    if (!take(text, "$v=19$m=")) return false;
    auto const memory = parse_cost(take_until(text, ','), most.memory_kib);
    if (!memory || !take(text, "t=")) return false;
    auto const passes = parse_cost(take_until(text, ','), most.passes);
    if (!passes || !take(text, "p=")) return false;
    auto const lanes = parse_cost(take_until(text, '$'), most.lanes);
    if (!lanes || *memory < 8 * *lanes) return false;  // RFC 9106 section 3.1
    auto const salt_text = take_until(text, '$');
    if (!salt_text) return false;
    auto salt = parse_unpadded(*salt_text);
    auto hash = parse_unpadded(text);
    if (!salt || salt->size() < 8 || salt->size() > 64 || !hash || hash->size() < 16 || hash->size() > 64) return false;
    into.algorithm = password_algorithm::argon2id;
    into.argon2 = {*memory, *passes, *lanes};
    into.argon2_salt = std::move(*salt);
    into.hash = std::move(*hash);
    return true;
}

}  // namespace

std::optional<stored_hash> parse_stored_hash(std::string_view text)
{
    stored_hash parsed;
    if (!take(text, "mb1$")) {
        if (text.starts_with("$argon2i$")) parsed.variant = argon2_kind::i;
        bool const is_argon2 = take(text, parsed.variant == argon2_kind::i ? "$argon2i" : "$argon2id");
        bool const read = is_argon2 ? parse_argon2(text, parsed) : parse_bcrypt(text, true, parsed);
        return read ? std::optional(std::move(parsed)) : std::nullopt;
    }
    auto const algorithm = take_until(text, '$');
    auto const id_end = text.find('$');
    if (!algorithm || id_end == std::string_view::npos) return std::nullopt;
    parsed.pepper_id = text.substr(0, id_end);
    text.remove_prefix(id_end);
    bool const read = *algorithm == "bcrypt" ? parse_bcrypt(text, false, parsed) : *algorithm == "argon2id" && parse_argon2(text, parsed);
    return read ? std::optional(std::move(parsed)) : std::nullopt;
}

std::string format_argon2(argon2_cost const& cost, std::string_view salt, std::string_view hash)
{
    return "$v=19$m=" + std::to_string(cost.memory_kib) + ",t=" + std::to_string(cost.passes) + ",p=" + std::to_string(cost.lanes) + "$"
           + unpadded(salt) + "$" + unpadded(hash);
}

}  // namespace mb::openssl
