#include "core/domain/identity/totp.hpp"

#include "core/domain/base/assert.hpp"
#include "core/domain/base/base32.hpp"
#include "core/domain/base/big_endian.hpp"
#include "core/domain/base/text.hpp"

#include <utility>

namespace mb::identity {
namespace {

/// Unreserved characters stay (RFC 3986 section 2.3).
std::string percent_encoded(std::string_view bytes)
{
    constexpr std::string_view digits = "0123456789ABCDEF";
    constexpr std::string_view others = "-._~";
    std::string encoded;
    for (char const c : bytes) {
        bool const plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || others.find(c) != std::string_view::npos;
        if (plain) {
            encoded += c;
        } else {
            auto const byte = static_cast<std::uint8_t>(c);
            encoded += '%';
            encoded += digits[byte >> 4];
            encoded += digits[byte & 0x0f];
        }
    }
    return encoded;
}

}  // namespace

std::string_view name_of(code_hash how) noexcept
{
    switch (how) {
        case code_hash::sha1: return "SHA1";
        case code_hash::sha256: return "SHA256";
        case code_hash::sha512: return "SHA512";
    }
    return "SHA1";
}

std::string_view name_of(code_refusal why) noexcept { return why == code_refusal::wrong ? "wrong" : "replayed"; }

std::int64_t step_of(instant at, totp_policy const& policy) noexcept
{
    auto const seconds = to_seconds(at);
    auto const period = policy.period.count();
    return seconds >= 0 ? seconds / period : -((-seconds + period - 1) / period);
}

std::string moving_factor(std::int64_t step)
{
    std::string bytes;
    append_big_endian(bytes, static_cast<std::uint64_t>(step));
    return bytes;
}

std::string code_of(std::string_view mac, int digits)
{
    MB_ASSERT(mac.size() >= 20 && digits > 0 && digits <= 9);
    auto const byte = [&](std::size_t at) { return static_cast<std::uint32_t>(static_cast<std::uint8_t>(mac[at])); };
    auto const offset = byte(mac.size() - 1) & 0x0f;
    auto number = (byte(offset) & 0x7f) << 24 | byte(offset + 1) << 16 | byte(offset + 2) << 8 | byte(offset + 3);
    std::string code(static_cast<std::size_t>(digits), '0');
    for (auto at = code.rbegin(); at != code.rend(); ++at, number /= 10) *at = static_cast<char>('0' + number % 10);
    return code;
}

std::optional<std::string> read_code(std::string_view typed, totp_policy const& policy)
{
    std::string code;
    for (char const c : typed) {
        if (c == ' ') continue;
        if (c < '0' || c > '9') return std::nullopt;
        code += c;
    }
    if (code.size() != static_cast<std::size_t>(policy.digits)) return std::nullopt;
    return code;
}

std::variant<std::int64_t, code_refusal> decide_code(std::optional<std::int64_t> last_step, std::span<code_candidate const> candidates,
                                                     std::string_view shown) noexcept
{
    // two steps can have one code: the last of them counts, so that it is not good once more
    std::optional<std::int64_t> matched;
    for (auto const& each : candidates) {
        bool const same = same_bytes(each.code, shown);
        if (same && (!matched || each.step > *matched)) matched = each.step;
    }
    if (!matched) return code_refusal::wrong;
    if (last_step && *matched <= *last_step) return code_refusal::replayed;
    return *matched;
}

secret otpauth_uri(secret const& key, email const& account, totp_policy const& policy)
{
    auto const issuer = percent_encoded(policy.issuer);
    std::string uri = "otpauth://totp/" + issuer + ':' + percent_encoded(account.text()) + "?secret=";
    auto text = base32(key.reveal());
    uri += text;
    wipe(text.data(), text.size());
    uri += "&issuer=" + issuer + "&algorithm=" + std::string(name_of(policy.hash)) + "&digits=" + std::to_string(policy.digits)
           + "&period=" + std::to_string(policy.period.count());
    return secret{std::move(uri)};
}

}  // namespace mb::identity
