#include "tests/fakes/plain_cryptography.hpp"

#include "core/domain/base/text.hpp"
#include "tests/fakes/plain_hash.hpp"

#include <charconv>
#include <utility>

namespace mb::fakes {
namespace {

constexpr std::string_view seal_mark = "plain-sealed:";

/// Applied twice it gives back what it was given.
std::string masked(std::string_view key, std::string_view place, std::string_view bytes)
{
    std::string out(bytes);
    for (std::size_t block = 0; block * 32 < out.size(); ++block) {
        auto const mask = plain_hash({key, "mask", place, std::to_string(block)});
        for (std::size_t i = 0; i < mask.size() && block * 32 + i < out.size(); ++i) {
            auto& byte = out[block * 32 + i];
            byte = static_cast<char>(static_cast<std::uint8_t>(byte) ^ mask[i]);
        }
    }
    return out;
}

template <class Number>
std::optional<Number> number_in(std::string_view text)
{
    Number value{};
    auto const [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (fault != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

std::vector<std::string_view> split(std::string_view text, char by)
{
    std::vector<std::string_view> parts;
    for (;;) {
        auto const at = text.find(by);
        parts.push_back(text.substr(0, at));
        if (at == std::string_view::npos) return parts;
        text.remove_prefix(at + 1);
    }
}

std::string joined(std::vector<std::string> const& roles)
{
    std::string text;
    for (auto const& role : roles) text += (text.empty() ? "" : ",") + role;
    return text;
}

std::string signed_with(tokens::signing_key const& key, std::string body)
{
    body += '.' + short_hash({key.material.reveal(), body});
    return body;
}

struct checked_token {
    std::vector<std::string_view> parts;
    std::int64_t issued_at = 0;
    std::int64_t expires_at = 0;
    identity::user_id subject;
    tokens::token_id jti;
};

/// What all kinds have in common: kind, kid, subject, jti, one part of their own, issued at, expires at, signature.
std::variant<checked_token, ports::token_fault> check(std::string_view token, std::string_view kind, tokens::key_ring const& keys, instant now)
{
    using ports::token_fault;
    checked_token read;
    read.parts = split(token, '.');
    if (read.parts.size() != 8) return token_fault::malformed;
    if (read.parts[0] != "at" && read.parts[0] != "rt" && read.parts[0] != "mfa" && read.parts[0] != "su") return token_fault::malformed;
    if (read.parts[0] != kind) return token_fault::wrong_kind;
    auto const subject = identity::user_id::parse(read.parts[2]);
    auto const jti = tokens::token_id::parse(read.parts[3]);
    auto const issued = number_in<std::int64_t>(read.parts[5]);
    auto const expires = number_in<std::int64_t>(read.parts[6]);
    if (!subject || !jti || !issued || !expires) return token_fault::malformed;
    auto const* key = keys.find(read.parts[1], now);
    if (key == nullptr) return token_fault::unknown_key;
    if (signed_with(*key, std::string(token.substr(0, token.rfind('.')))) != token) return token_fault::wrong_signature;
    if (to_seconds(now) >= *expires) return token_fault::expired;
    read.subject = *subject;
    read.jti = *jti;
    read.issued_at = *issued;
    read.expires_at = *expires;
    return read;
}

}  // namespace

identity::digest plain_digester::sha256(std::string_view bytes) const noexcept { return plain_hash({"sha256", bytes}); }

identity::digest plain_digester::mac(std::string_view purpose, std::string_view bytes) const noexcept
{
    return plain_hash({"mac", key_, purpose, bytes});
}

secret plain_digester::shared_mac(identity::code_hash how, secret const& key, std::string_view bytes) const
{
    std::size_t const size = how == identity::code_hash::sha1 ? 20 : how == identity::code_hash::sha256 ? 32 : 64;
    std::string made;
    for (char block = 'a'; made.size() < size; ++block) {
        auto const part = plain_hash({"shared", name_of(how), key.reveal(), bytes, {&block, 1}});
        made.append(reinterpret_cast<char const*>(part.data()), part.size());
    }
    made.resize(size);
    return secret{std::move(made)};
}

std::string plain_sealer::seal(std::string_view place, std::string_view plain) const
{
    return std::string(seal_mark) + short_hash({key_, "tag", place, plain}) + masked(key_, place, plain);
}

outcome<secret> plain_sealer::open(std::string_view place, std::string_view sealed) const
{
    constexpr std::size_t tag_size = 16;
    error const refused{errc::corrupt, "plain_sealer.open", ""};
    if (!sealed.starts_with(seal_mark) || sealed.size() < seal_mark.size() + tag_size) return refused;
    sealed.remove_prefix(seal_mark.size());
    auto plain = masked(key_, place, sealed.substr(tag_size));
    if (short_hash({key_, "tag", place, plain}) != sealed.substr(0, tag_size)) return refused;
    return secret{std::move(plain)};
}

quick_hasher::quick_hasher(int cost) : cost_(cost), decoy_(write("decoy", "nobody's password", cost)) {}

std::string quick_hasher::write(std::string_view salt, std::string_view password, int cost) const
{
    auto const cost_text = std::to_string(cost);
    return "mb1$quick$" + cost_text + '$' + std::string(salt) + '$' + short_hash({cost_text, salt, password});
}

outcome<std::string> quick_hasher::hash(secret const& password) const
{
    auto const count = ++hashes_;
    return write(std::to_string(count), password.reveal(), cost_);
}

outcome<ports::password_hasher::verdict> quick_hasher::verify(secret const& password, std::string_view stored) const
{
    ++verifications_;
    decoy_last_ = stored == decoy_;
    if (admits(stored)) {
        bool const right = stored.substr(std::string_view("$foreign$").size()) == password.reveal();
        return verdict{right, right};
    }
    auto const parts = split(stored, '$');
    auto const cost = parts.size() == 5 ? number_in<int>(parts[2]) : std::nullopt;
    if (!cost || parts[0] != "mb1" || parts[1] != "quick") return error{errc::corrupt, "quick_hasher.verify", ""};
    // the decoy is nobody's: whoever finds out its password doesn't get in with it
    bool const matches = !decoy_last_ && write(parts[3], password.reveal(), *cost) == stored;
    return verdict{matches, matches && *cost != cost_};
}

identity::password_estimate lenient_judge::estimate(secret const&, std::span<std::string const> context) const
{
    std::scoped_lock const lock(mutex_);
    last_context_.assign(context.begin(), context.end());
    return found_;
}

void lenient_judge::find(identity::password_estimate found)
{
    std::scoped_lock const lock(mutex_);
    found_ = found;
}

std::vector<std::string> lenient_judge::last_context() const
{
    std::scoped_lock const lock(mutex_);
    return last_context_;
}

std::string plain_token_codec::write(tokens::access_claims const& claims, tokens::signing_key const& key) const
{
    return signed_with(key, "at." + claims.kid + '.' + claims.subject.text() + '.' + claims.jti.text() + '.' + joined(claims.roles) + '.'
                                + std::to_string(claims.issued_at) + '.' + std::to_string(claims.expires_at));
}

std::string plain_token_codec::write(tokens::refresh_claims const& claims, tokens::signing_key const& key) const
{
    return signed_with(key, "rt." + claims.kid + '.' + claims.subject.text() + '.' + claims.jti.text() + '.' + claims.family.text() + '.'
                                + std::to_string(claims.issued_at) + '.' + std::to_string(claims.expires_at));
}

std::string plain_token_codec::write(tokens::proof_claims const& claims, tokens::signing_key const& key) const
{
    bool const step_up = claims.kind == tokens::proof_kind::step_up;
    auto const own = std::string(name_of(claims.how)) + ':'
                     + (step_up ? claims.session.value_or(tokens::family_id{}).text() : std::string(name_of(claims.leads_to)) + ':' + claims.bound);
    return signed_with(key, (step_up ? "su." : "mfa.") + claims.kid + '.' + claims.subject.text() + '.' + claims.jti.text() + '.' + own + '.'
                                + std::to_string(claims.issued_at) + '.' + std::to_string(claims.expires_at));
}

std::variant<tokens::access_claims, ports::token_fault> plain_token_codec::read_access(std::string_view token, tokens::key_ring const& keys,
                                                                                       instant now) const
{
    auto const checked = check(token, "at", keys, now);
    if (auto const* fault = std::get_if<ports::token_fault>(&checked)) return *fault;
    auto const& read = std::get<checked_token>(checked);
    tokens::access_claims claims{read.subject, read.jti, std::string(read.parts[1]), {}, read.issued_at, read.expires_at};
    if (!read.parts[4].empty())
        for (auto const role : split(read.parts[4], ',')) claims.roles.emplace_back(role);
    return claims;
}

std::variant<tokens::refresh_claims, ports::token_fault> plain_token_codec::read_refresh(std::string_view token, tokens::key_ring const& keys,
                                                                                         instant now) const
{
    auto const checked = check(token, "rt", keys, now);
    if (auto const* fault = std::get_if<ports::token_fault>(&checked)) return *fault;
    auto const& read = std::get<checked_token>(checked);
    auto const family = tokens::family_id::parse(read.parts[4]);
    if (!family) return ports::token_fault::malformed;
    return tokens::refresh_claims{read.subject, read.jti, std::string(read.parts[1]), *family, read.issued_at, read.expires_at};
}

std::variant<tokens::proof_claims, ports::token_fault> plain_token_codec::read_proof(std::string_view token, tokens::proof_kind wanted,
                                                                                     tokens::key_ring const& keys, instant now) const
{
    bool const step_up = wanted == tokens::proof_kind::step_up;
    auto const checked = check(token, step_up ? "su" : "mfa", keys, now);
    if (auto const* fault = std::get_if<ports::token_fault>(&checked)) return *fault;
    auto const& read = std::get<checked_token>(checked);
    auto const own = split(read.parts[4], ':');
    auto const how = tokens::shown_by_named(own[0]);
    if (!how || own.size() != (step_up ? 2 : 3)) return ports::token_fault::malformed;
    tokens::proof_claims claims{wanted, read.subject, read.jti, std::string(read.parts[1]), *how, {}, {}, {}, read.issued_at, read.expires_at};
    if (step_up) {
        claims.session = tokens::family_id::parse(own[1]);
        if (!claims.session) return ports::token_fault::malformed;
        return claims;
    }
    auto const door = tokens::door_named(own[1]);
    if (!door) return ports::token_fault::malformed;
    claims.leads_to = *door;
    claims.bound = own[2];
    return claims;
}

}  // namespace mb::fakes
