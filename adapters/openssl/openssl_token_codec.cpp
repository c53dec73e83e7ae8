#include "adapters/openssl/openssl_token_codec.hpp"

#include "adapters/json/reader.hpp"
#include "adapters/json/writer.hpp"
#include "adapters/openssl/mac.hpp"
#include "core/domain/base/text.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace mb::openssl {
namespace {

using ports::token_fault;
using shape::value;
using tokens::access_claims;
using tokens::refresh_claims;
using tokens::signing_key;

/// What makes one kind of token: its `typ`, and how its signing key comes from the key's material.
struct token_kind {
    std::string_view typ;
    std::string_view key_info_prefix;
    std::string_view key_info;  ///< both empty: the material itself signs
};
constexpr token_kind access_kind{"at+jwt", "", ""};
constexpr token_kind refresh_kind{"rt+jwt", "metabuilder ", "refresh"};
constexpr token_kind mfa_session_kind{"mfa+jwt", "metabuilder ", "mfa session"};
constexpr token_kind step_up_kind{"su+jwt", "metabuilder ", "step up"};

constexpr token_kind const& kind_of(tokens::proof_kind kind) noexcept
{
    return kind == tokens::proof_kind::mfa_session ? mfa_session_kind : step_up_kind;
}

// The header that we write, around `typ` and `kid`. A token of ours is recognised by it without parsing JSON.
constexpr std::string_view before_typ = R"({"alg":"HS256","typ":")";
constexpr std::string_view before_kid = R"(","kid":")";
constexpr std::string_view after_kid = R"("})";

struct header {
    std::string typ;
    std::string kid;
};

std::string signature_of(std::string_view signed_part, token_kind const& kind, signing_key const& key)
{
    return base64url(bytes_of(kept_mac(key.material.reveal(), kind.key_info_prefix, kind.key_info, signed_part)));
}

std::string sign(token_kind const& kind, std::string_view payload, signing_key const& key)
{
    std::string head(before_typ);
    head.append(kind.typ).append(before_kid).append(key.kid).append(after_kid);
    auto token = base64url(head);
    token.append(".").append(base64url(payload));
    auto const signature = signature_of(token, kind, key);
    return token.append(".").append(signature);
}

/// Opens the payload's object with the claims that every kind has.
json::writer& begin_payload(json::writer& to, identity::user_id subject, tokens::token_id jti, std::string_view kid)
{
    return to.begin_object().member("sub", subject.text()).member("jti", jti.text()).member("kid", kid);
}

void end_payload(json::writer& to, std::string_view issuer, std::string_view audience, std::int64_t issued_at, std::int64_t expires_at)
{
    to.member("iss", issuer).member("aud", audience).member("iat", issued_at).member("exp", expires_at).end_object();
}

bool is_plain_word(std::string_view text) noexcept
{
    return std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '+' || c == '-' || c == '_' || c == '.';
    });
}

/// The header exactly as `sign` writes it.
std::optional<header> recognise_header(std::string_view text)
{
    if (!text.starts_with(before_typ) || !text.ends_with(after_kid)) return std::nullopt;
    text.remove_prefix(before_typ.size());
    auto const middle = text.find(before_kid);
    if (middle == std::string_view::npos || middle + before_kid.size() + after_kid.size() > text.size()) return std::nullopt;
    auto const typ = text.substr(0, middle);
    text.remove_prefix(middle + before_kid.size());
    text.remove_suffix(after_kid.size());
    if (!is_plain_word(typ) || !is_plain_word(text)) return std::nullopt;
    return header{std::string(typ), std::string(text)};
}

std::string const* text_of(value const& object, std::string_view name) noexcept
{
    auto const* found = object.find(name);
    return found == nullptr ? nullptr : found->as<std::string>();
}

std::int64_t const* integer_of(value const& object, std::string_view name) noexcept
{
    auto const* found = object.find(name);
    return found == nullptr ? nullptr : found->as<std::int64_t>();
}

template <class Id>
std::optional<Id> id_of(value const& object, std::string_view name) noexcept
{
    auto const* text = text_of(object, name);
    return text == nullptr ? std::nullopt : Id::parse(*text);
}

/// The header in any other spelling. A member that we don't know could change what the others mean (`crit`, `b64`, `jwk`): refused.
std::optional<header> parse_header(std::string_view text)
{
    auto const parsed = json::read(text);
    auto const* root = std::get_if<value>(&parsed);
    auto const* members = root == nullptr ? nullptr : root->as<shape::object>();
    if (members == nullptr || members->size() != 3) return std::nullopt;
    auto const* alg = text_of(*root, "alg");
    auto const* typ = text_of(*root, "typ");
    auto const* kid = text_of(*root, "kid");
    if (alg == nullptr || *alg != "HS256" || typ == nullptr || kid == nullptr) return std::nullopt;
    return header{*typ, *kid};
}

struct checked_token {
    std::string kid;
    value payload;
};

/// Everything that all kinds share, up to and including `exp`.
std::variant<checked_token, token_fault> check(token_kind const& kind, std::string_view token, tokens::key_ring const& keys, instant now,
                                               std::string_view issuer, std::string_view audience)
{
    if (token.size() > openssl_token_codec::token_bytes_max) return token_fault::malformed;
    auto const first_dot = token.find('.');
    if (first_dot == std::string_view::npos) return token_fault::malformed;
    auto const second_dot = token.find('.', first_dot + 1);
    if (second_dot == std::string_view::npos) return token_fault::malformed;
    auto const presented_signature = token.substr(second_dot + 1);
    if (presented_signature.find('.') != std::string_view::npos) return token_fault::malformed;

    auto const header_text = parse_base64url(token.substr(0, first_dot));
    if (!header_text) return token_fault::malformed;
    auto head = recognise_header(*header_text);
    if (!head) head = parse_header(*header_text);
    if (!head) return token_fault::malformed;

    auto const* key = keys.find(head->kid, now);
    if (key == nullptr) return token_fault::unknown_key;
    // Comparing the encoded forms leaves one spelling only: no padding, no spare bits.
    if (!same_bytes(presented_signature, signature_of(token.substr(0, second_dot), kind, *key))) return token_fault::wrong_signature;

    if (head->typ != kind.typ) return token_fault::wrong_kind;
    auto const payload_text = parse_base64url(token.substr(first_dot + 1, second_dot - first_dot - 1));
    if (!payload_text) return token_fault::malformed;
    auto parsed = json::read(*payload_text);
    auto* payload = std::get_if<value>(&parsed);
    if (payload == nullptr) return token_fault::malformed;

    auto const* kid = text_of(*payload, "kid");
    auto const* iss = text_of(*payload, "iss");
    auto const* aud = text_of(*payload, "aud");
    auto const* exp = integer_of(*payload, "exp");
    if (kid == nullptr || *kid != head->kid || iss == nullptr || aud == nullptr || exp == nullptr) return token_fault::malformed;
    if (*iss != issuer || *aud != audience) return token_fault::wrong_kind;
    if (to_seconds(now) >= *exp) return token_fault::expired;
    return checked_token{std::move(head->kid), std::move(*payload)};
}

/// Fills what all kinds of claims share. @return false where one is missing or is not of its type.
template <class Claims>
bool fill(Claims& claims, checked_token& token)
{
    auto const subject = id_of<identity::user_id>(token.payload, "sub");
    auto const jti = id_of<tokens::token_id>(token.payload, "jti");
    auto const* issued_at = integer_of(token.payload, "iat");
    auto const* expires_at = integer_of(token.payload, "exp");
    if (!subject || !jti || issued_at == nullptr || expires_at == nullptr) return false;
    claims.subject = *subject;
    claims.jti = *jti;
    claims.kid = std::move(token.kid);
    claims.issued_at = *issued_at;
    claims.expires_at = *expires_at;
    return true;
}

std::optional<std::vector<std::string>> roles_of(value const& payload)
{
    auto const* found = payload.find("roles");
    auto const* items = found == nullptr ? nullptr : found->as<shape::list>();
    if (items == nullptr) return std::nullopt;
    std::vector<std::string> roles;
    roles.reserve(items->size());
    for (auto const& each : *items) {
        auto const* role = each.as<std::string>();
        if (role == nullptr) return std::nullopt;
        roles.push_back(*role);
    }
    return roles;
}

}  // namespace

openssl_token_codec::openssl_token_codec(std::string issuer, std::string audience) : issuer_(std::move(issuer)), audience_(std::move(audience)) {}

std::string openssl_token_codec::write(access_claims const& claims, signing_key const& key) const
{
    std::string payload;
    json::writer to(payload);
    begin_payload(to, claims.subject, claims.jti, claims.kid).key("roles").begin_list();
    for (auto const& role : claims.roles) to.text(role);
    to.end_list();
    end_payload(to, issuer_, audience_, claims.issued_at, claims.expires_at);
    return sign(access_kind, payload, key);
}

std::string openssl_token_codec::write(refresh_claims const& claims, signing_key const& key) const
{
    std::string payload;
    json::writer to(payload);
    begin_payload(to, claims.subject, claims.jti, claims.kid).member("familyId", claims.family.text());
    end_payload(to, issuer_, audience_, claims.issued_at, claims.expires_at);
    return sign(refresh_kind, payload, key);
}

std::string openssl_token_codec::write(tokens::proof_claims const& claims, signing_key const& key) const
{
    std::string payload;
    json::writer to(payload);
    begin_payload(to, claims.subject, claims.jti, claims.kid).member("type", name_of(claims.kind));
    to.key("amr").begin_list().text(name_of(claims.how)).end_list();
    if (claims.kind == tokens::proof_kind::step_up)
        to.member("sid", claims.session.value_or(tokens::family_id{}).text());
    else
        to.member("door", name_of(claims.leads_to)).member("bound", claims.bound);
    end_payload(to, issuer_, audience_, claims.issued_at, claims.expires_at);
    return sign(kind_of(claims.kind), payload, key);
}

std::variant<access_claims, token_fault> openssl_token_codec::read_access(std::string_view token, tokens::key_ring const& keys, instant now) const
{
    auto checked = check(access_kind, token, keys, now, issuer_, audience_);
    if (auto const* fault = std::get_if<token_fault>(&checked)) return *fault;
    auto& good = std::get<checked_token>(checked);
    access_claims claims;
    auto roles = roles_of(good.payload);
    if (!roles || !fill(claims, good)) return token_fault::malformed;
    claims.roles = std::move(*roles);
    return claims;
}

std::variant<refresh_claims, token_fault> openssl_token_codec::read_refresh(std::string_view token, tokens::key_ring const& keys, instant now) const
{
    auto checked = check(refresh_kind, token, keys, now, issuer_, audience_);
    if (auto const* fault = std::get_if<token_fault>(&checked)) return *fault;
    auto& good = std::get<checked_token>(checked);
    refresh_claims claims;
    auto const family = id_of<tokens::family_id>(good.payload, "familyId");
    if (!family || !fill(claims, good)) return token_fault::malformed;
    claims.family = *family;
    return claims;
}

std::variant<tokens::proof_claims, token_fault> openssl_token_codec::read_proof(std::string_view token, tokens::proof_kind wanted,
                                                                                tokens::key_ring const& keys, instant now) const
{
    auto checked = check(kind_of(wanted), token, keys, now, issuer_, audience_);
    if (auto const* fault = std::get_if<token_fault>(&checked)) return *fault;
    auto& good = std::get<checked_token>(checked);
    auto const* type = text_of(good.payload, "type");
    if (type == nullptr || *type != name_of(wanted)) return token_fault::wrong_kind;
    auto const* amr = good.payload.find("amr");
    auto const* shown = amr == nullptr ? nullptr : amr->as<shape::list>();
    auto const* first = shown == nullptr || shown->size() != 1 ? nullptr : shown->front().as<std::string>();
    auto const how = first == nullptr ? std::nullopt : tokens::shown_by_named(*first);
    tokens::proof_claims claims;
    if (!how || !fill(claims, good)) return token_fault::malformed;
    claims.kind = wanted;
    claims.how = *how;
    if (wanted == tokens::proof_kind::step_up) {
        claims.session = id_of<tokens::family_id>(good.payload, "sid");
        if (!claims.session) return token_fault::malformed;
        return claims;
    }
    auto const* leads_to = text_of(good.payload, "door");
    auto const* bound = text_of(good.payload, "bound");
    auto const door = leads_to == nullptr ? std::nullopt : tokens::door_named(*leads_to);
    if (!door || bound == nullptr) return token_fault::malformed;
    claims.leads_to = *door;
    claims.bound = *bound;
    return claims;
}

}  // namespace mb::openssl
