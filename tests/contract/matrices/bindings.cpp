#include "adapters/memory/database/memory_store.hpp"
#include "core/domain/base/text.hpp"
#include "core/domain/entities/cursor.hpp"
#include "tests/contract/matrices/house.hpp"

#include <algorithm>
#include <array>

// Every artefact with exactly one of its bound values changed, and everything else right, the signature too where the value lies under one: a check
// that looks at two values together lets a change of either through (security.md section 4, M3).

using namespace mb;
using namespace mb::contract;
using namespace std::chrono_literals;

namespace {

enum class artefact { access, refresh, mfa_session, step_up, verify_link, reset_link, magic_link, session_cookie, device_cookie, api_key, cursor };
constexpr auto artefacts = std::to_array<char const*>({"access token", "refresh token", "mfa_session_token", "step_up_token", "verify link",
                                                       "reset link", "magic link", "session cookie", "device cookie", "api key", "cursor"});

enum class value { user, session, type, issuer, audience, key_id, key, expiry, own };
constexpr auto values = std::to_array<char const*>({"user", "session", "type", "issuer", "audience", "key id", "key", "expiry", "its own value"});

constexpr std::string_view query = "sessions of ana";

/// Two accounts with second factors, each with two sessions, and a second signing key.
struct scene {
    memory::memory_store memory;
    house at{memory};
    std::string const ana = at.someone();
    std::string const eva = at.someone();
    std::vector<std::string> const anas_codes = at.enrol(ana);
    std::vector<std::string> const evas_codes = at.enrol(eva);
    usecases::token_pair const here = second_step(ana, anas_codes.at(0));
    usecases::token_pair const there = second_step(ana, anas_codes.at(1));
    usecases::token_pair const evas = second_step(eva, evas_codes.at(0));
    tokens::signing_key const first = ring().active()->clone();
    tokens::signing_key const other = [this] {
        tokens::signing_key made{"fedcba9876543210", secret{std::string(40, 'o')}, tokens::key_state::retired, at.clock.now(), at.clock.now(),
                                 at.clock.now(),     at.clock.now() + 24h * 30};
        contract::write(memory, [&](ports::transaction& tx) -> outcome<void> {
            MB_CHECK(tx.signing_keys().save(made));
            return tx.catalogue().advance();
        });
        (void)must(at.catalogues.refresh());
        return made;
    }();

    tokens::key_ring const& ring() const { return at.catalogues.current()->keys; }

    usecases::token_pair second_step(std::string const& email, std::string const& recovery)
    {
        auto inside = granted(at.verify_factor(at.first_step(email), {{}, recovery, {}}, at.request()));
        return std::move(std::get<usecases::token_pair>(inside));
    }

    // what each artefact is when nothing is wrong with it

    tokens::access_claims access() const { return std::get<tokens::access_claims>(at.codec.read_access(here.access_token, ring(), at.clock.now())); }
    tokens::refresh_claims refresh() const
    {
        return std::get<tokens::refresh_claims>(at.codec.read_refresh(here.refresh_token.reveal(), ring(), at.clock.now()));
    }
    tokens::proof_claims mfa()
    {
        return std::get<tokens::proof_claims>(at.codec.read_proof(at.first_step(ana), tokens::proof_kind::mfa_session, ring(), at.clock.now()));
    }
    tokens::proof_claims proof()
    {
        auto const made = granted(at.step_up({{{}, anas_codes.at(2), {}}, {}}, at.caller_of(here), at.request()));
        return std::get<tokens::proof_claims>(at.codec.read_proof(made.text.reveal(), tokens::proof_kind::step_up, ring(), at.clock.now()));
    }
    identity::user_id evas_id() { return at.user(eva).id; }
    std::string reset_link(std::string const& email)
    {
        granted(at.request_reset(email, notify::language::es, at.request()));
        return at.mailed(email);
    }
    std::string magic_link(std::string const& email)
    {
        granted(at.send_magic_link(email, notify::language::es, at.request()));
        return at.mailed(email);
    }
    std::string verify_link(std::string const& email)
    {
        granted(at.register_user({email, secret{right_password}, {}, {}, notify::language::es}, at.request()));
        return at.mailed(email);
    }
    std::string session_cookie()
    {
        auto const email = at.someone();
        auto const opened = entered(at.open_session(at.right(email), at.request()));
        return std::string(opened.cookie.reveal());
    }
    std::string device() const { return std::string(here.device->text.reveal()); }
    std::string device_under(ports::digester const& digests, std::string_view purpose) const
    {
        auto const shown = identity::parse_device(device()).value();
        return std::string(identity::format_device(shown.claimed, digests.mac(purpose, shown.content.reveal())).reveal());
    }
    tokens::proof_claims evas_mfa()
    {
        return std::get<tokens::proof_claims>(at.codec.read_proof(at.first_step(eva), tokens::proof_kind::mfa_session, ring(), at.clock.now()));
    }

    template <class Claims>
    std::string write(Claims const& claims) const
    {
        return at.codec.write(claims, first);
    }
    template <class Claims>
    std::string write(Claims const& claims, tokens::signing_key const& with) const
    {
        return at.codec.write(claims, with);
    }
    std::string aged(std::string text, duration by)
    {
        at.clock.advance(by);
        return text;
    }
    std::string api_key()
    {
        auto const made = granted(at.make_api_key({"robot", {"get"}, "2026-01-25T10:30:00Z"}, at.caller_of(here), at.request()));
        return std::string(made.text.reveal());
    }

    // whether it opens its door

    bool opens_access(std::string const& token) { return !refusal(at.authenticate(token)); }
    bool opens_refresh(std::string const& token) { return !refusal(at.refresh_session(token, at.clock.now(), at.request())); }
    /// With a recovery code of whoever the token is of.
    bool opens_mfa(std::string const& token)
    {
        auto const read = at.codec.read_proof(token, tokens::proof_kind::mfa_session, ring(), at.clock.now());
        auto const* claims = std::get_if<tokens::proof_claims>(&read);
        auto const& codes = claims != nullptr && claims->subject == evas_id() ? evas_codes : anas_codes;
        return !refusal(at.verify_factor(token, {{}, codes.at(3), {}}, at.request()));
    }
    bool opens_step_up(std::string const& token) { return must(at.proofs.read_step_up(token, at.caller_of(here))).has_value(); }
    bool opens_verify(std::string const& link) { return !refusal(at.verify_email(link, at.request())); }
    bool opens_reset(std::string const& link) { return !refusal(at.reset_password({link, secret{fresh_password}, {}}, at.request())); }
    bool opens_magic(std::string const& link) { return !refusal(at.log_in_by_link(link, "", at.request())); }
    bool opens_session(std::string const& cookie) { return !refusal(at.check_session(cookie, at.request())); }
    bool opens_key(std::string const& key) { return !refusal(at.authenticate_key(key)); }
    /// A known browser has a count of its own, so it passes a lock that strangers caused.
    bool opens_device(std::string const& cookie)
    {
        at.lock(ana);
        auto shown = at.right(ana);
        shown.device = cookie;
        return !refusal(at.log_in(shown, at.request()));
    }
    bool opens_cursor(std::string const& text)
    {
        auto const mac = [&](std::string_view bytes) { return at.digests.mac("page cursor", bytes); };
        return entities::open_cursor(text, query, mac).has_value();
    }
    /// Any door but its own.
    bool opens_another_door(std::string const& text, bool (scene::*own)(std::string const&))
    {
        for (auto const door : {&scene::opens_access, &scene::opens_refresh, &scene::opens_mfa, &scene::opens_step_up, &scene::opens_verify,
                                &scene::opens_reset, &scene::opens_magic, &scene::opens_session, &scene::opens_key, &scene::opens_cursor})
            if (door != own && (this->*door)(text)) return true;
        return false;
    }
};

openssl::openssl_digester other_digester()
{
    std::string material;
    for (int byte = 0; byte < 32; ++byte) material += static_cast<char>(byte * 13 + 7);
    return openssl::openssl_digester(openssl::master_key::make(secret{std::move(material)}).value());
}

std::string cursor_under(ports::digester const& digests, std::string_view purpose = "page cursor", std::string_view bound_to = query)
{
    auto const mac = [&](std::string_view bytes) { return digests.mac(purpose, bytes); };
    return entities::seal_cursor("sixteen bytes ...", bound_to, mac).value();
}

openssl::openssl_token_codec const of_another_issuer("https://other.example", "metabuilder");
openssl::openssl_token_codec const for_another_audience("https://id.example", "others");

/// The first key's name over the other's bytes, or the other way round.
tokens::signing_key named(tokens::signing_key const& name, tokens::signing_key const& bytes)
{
    auto made = bytes.clone();
    made.kid = name.kid;
    return made;
}

std::string with_bit(std::string const& text, std::size_t at)
{
    auto bytes = parse_base64url(text).value();
    bytes.at(at) = static_cast<char>(bytes.at(at) ^ 1);
    return base64url(bytes);
}

/// A token that ends an hour later than it was signed for.
std::string living_longer(std::string const& token)
{
    auto const begin = token.find('.') + 1;
    auto const end = token.find('.', begin);
    auto payload = parse_base64url(token.substr(begin, end - begin)).value();
    auto const at = payload.find("\"exp\":") + 6;
    auto const digits = payload.find_first_not_of("0123456789", at) - at;
    payload.replace(at, digits, std::to_string(std::stoll(payload.substr(at, digits)) + 3600));
    return token.substr(0, begin) + base64url(payload) + token.substr(end);
}

/// Of one link its name and of the other its secret.
std::string spliced(std::string const& name, std::string const& secret_of)
{
    return base64url(parse_base64url(name).value().substr(0, 16) + parse_base64url(secret_of).value().substr(16));
}

struct cell {
    artefact what;
    value bound;
    char const* not_bound = nullptr;  ///< why there is no such value
    bool (*opens)(scene&) = nullptr;  ///< whether it still opens with that one changed
};

constexpr char const* random_text = "it says nothing: random bytes, whose digest finds a row that says the rest";
constexpr char const* no_name = "keyed by the master key, which has no name";
constexpr char const* ours = "only this server reads it, with a key of this one purpose";

// claims with one of them changed

template <class Claims>
Claims of_user(Claims claims, identity::user_id who)
{
    claims.subject = who;
    return claims;
}
template <class Claims>
Claims of_head(Claims claims)
{
    claims.jti.bytes[15] ^= 1;
    return claims;
}
template <class Claims>
Claims of_key(Claims claims, std::string kid)
{
    claims.kid = std::move(kid);
    return claims;
}
tokens::refresh_claims of_family(tokens::refresh_claims claims, tokens::family_id session)
{
    claims.family = session;
    return claims;
}
tokens::proof_claims of_session(tokens::proof_claims claims, tokens::family_id session)
{
    claims.session = session;
    return claims;
}
tokens::proof_claims of_kind(tokens::proof_claims claims, tokens::proof_kind kind)
{
    claims.kind = kind;
    return claims;
}
tokens::proof_claims of_password(tokens::proof_claims claims, tokens::proof_claims const& other)
{
    claims.bound = other.bound;
    return claims;
}
std::string ending_otherwise(std::string text)
{
    text.back() = text.back() == 'A' ? 'B' : 'A';
    return text;
}

tokens::access_claims as_access(tokens::refresh_claims const& from)
{
    return {from.subject, from.jti, from.kid, {}, from.issued_at, from.expires_at};
}
tokens::refresh_claims as_refresh(tokens::access_claims const& from, tokens::family_id family)
{
    return {from.subject, from.jti, from.kid, family, from.issued_at, from.expires_at};
}

constexpr auto cells = std::to_array<cell>({
    {artefact::access, value::user, nullptr, [](scene& s) { return s.opens_access(s.write(of_user(s.access(), s.evas_id()))); }},
    {artefact::access, value::session, nullptr, [](scene& s) { return s.opens_access(s.write(of_head(s.access()))); }},
    {artefact::access, value::type, nullptr, [](scene& s) { return s.opens_access(s.write(as_refresh(s.access(), s.here.family))); }},
    {artefact::access, value::issuer, nullptr, [](scene& s) { return s.opens_access(of_another_issuer.write(s.access(), s.first)); }},
    {artefact::access, value::audience, nullptr, [](scene& s) { return s.opens_access(for_another_audience.write(s.access(), s.first)); }},
    {artefact::access, value::key_id, nullptr,
     [](scene& s) { return s.opens_access(s.write(of_key(s.access(), s.other.kid), named(s.other, s.first))); }},
    {artefact::access, value::key, nullptr, [](scene& s) { return s.opens_access(s.write(s.access(), named(s.first, s.other))); }},
    {artefact::access, value::expiry, nullptr, [](scene& s) { return s.opens_access(living_longer(s.here.access_token)); }},
    {artefact::access, value::own, nullptr, [](scene& s) { return s.opens_access(s.write(of_key(s.access(), s.other.kid))); }},

    {artefact::refresh, value::user, nullptr, [](scene& s) { return s.opens_refresh(s.write(of_user(s.refresh(), s.evas_id()))); }},
    {artefact::refresh, value::session, nullptr, [](scene& s) { return s.opens_refresh(s.write(of_family(s.refresh(), s.there.family))); }},
    {artefact::refresh, value::type, nullptr, [](scene& s) { return s.opens_refresh(s.write(as_access(s.refresh()))); }},
    {artefact::refresh, value::issuer, nullptr, [](scene& s) { return s.opens_refresh(of_another_issuer.write(s.refresh(), s.first)); }},
    {artefact::refresh, value::audience, nullptr, [](scene& s) { return s.opens_refresh(for_another_audience.write(s.refresh(), s.first)); }},
    {artefact::refresh, value::key_id, nullptr,
     [](scene& s) { return s.opens_refresh(s.write(of_key(s.refresh(), s.other.kid), named(s.other, s.first))); }},
    {artefact::refresh, value::key, nullptr, [](scene& s) { return s.opens_refresh(s.write(s.refresh(), named(s.first, s.other))); }},
    {artefact::refresh, value::expiry, nullptr, [](scene& s) { return s.opens_refresh(living_longer(std::string(s.here.refresh_token.reveal()))); }},
    {artefact::refresh, value::own, nullptr, [](scene& s) { return s.opens_refresh(s.write(of_head(s.refresh()))); }},

    {artefact::mfa_session, value::user, nullptr, [](scene& s) { return s.opens_mfa(s.write(of_user(s.mfa(), s.evas_id()))); }},
    {artefact::mfa_session, value::session, "there is no session before the second step"},
    {artefact::mfa_session, value::type, nullptr,
     [](scene& s) { return s.opens_mfa(s.write(of_session(of_kind(s.mfa(), tokens::proof_kind::step_up), s.here.family))); }},
    {artefact::mfa_session, value::issuer, nullptr, [](scene& s) { return s.opens_mfa(of_another_issuer.write(s.mfa(), s.first)); }},
    {artefact::mfa_session, value::audience, nullptr, [](scene& s) { return s.opens_mfa(for_another_audience.write(s.mfa(), s.first)); }},
    {artefact::mfa_session, value::key_id, nullptr,
     [](scene& s) { return s.opens_mfa(s.write(of_key(s.mfa(), s.other.kid), named(s.other, s.first))); }},
    {artefact::mfa_session, value::key, nullptr, [](scene& s) { return s.opens_mfa(s.write(s.mfa(), named(s.first, s.other))); }},
    {artefact::mfa_session, value::expiry, nullptr, [](scene& s) { return s.opens_mfa(living_longer(s.at.first_step(s.ana))); }},
    {artefact::mfa_session, value::own, nullptr,
     [](scene& s) { return s.opens_mfa(s.write(of_password(s.mfa(), s.evas_mfa()))); }},  // the password that was shown

    {artefact::step_up, value::user, nullptr, [](scene& s) { return s.opens_step_up(s.write(of_user(s.proof(), s.evas_id()))); }},
    {artefact::step_up, value::session, nullptr, [](scene& s) { return s.opens_step_up(s.write(of_session(s.proof(), s.there.family))); }},
    {artefact::step_up, value::type, nullptr, [](scene& s) { return s.opens_step_up(s.write(of_kind(s.proof(), tokens::proof_kind::mfa_session))); }},
    {artefact::step_up, value::issuer, nullptr, [](scene& s) { return s.opens_step_up(of_another_issuer.write(s.proof(), s.first)); }},
    {artefact::step_up, value::audience, nullptr, [](scene& s) { return s.opens_step_up(for_another_audience.write(s.proof(), s.first)); }},
    {artefact::step_up, value::key_id, nullptr,
     [](scene& s) { return s.opens_step_up(s.write(of_key(s.proof(), s.other.kid), named(s.other, s.first))); }},
    {artefact::step_up, value::key, nullptr, [](scene& s) { return s.opens_step_up(s.write(s.proof(), named(s.first, s.other))); }},
    {artefact::step_up, value::expiry, nullptr, [](scene& s) { return s.opens_step_up(living_longer(s.write(s.proof()))); }},
    {artefact::step_up, value::own, "beyond the session and the account it is bound to nothing"},

    {artefact::verify_link, value::user, nullptr,
     [](scene& s) { return s.opens_verify(spliced(s.verify_link("newer@example.org"), s.verify_link("new@example.org"))); }},
    {artefact::verify_link, value::session, "it is mailed, and belongs to no session"},
    {artefact::verify_link, value::type, nullptr,
     [](scene& s) { return s.opens_another_door(s.verify_link("new@example.org"), &scene::opens_verify); }},
    {artefact::verify_link, value::issuer, random_text},
    {artefact::verify_link, value::audience, random_text},
    {artefact::verify_link, value::key_id, random_text},
    {artefact::verify_link, value::key, random_text},
    {artefact::verify_link, value::expiry, nullptr,
     [](scene& s) { return s.opens_verify(s.aged(s.verify_link("new@example.org"), s.at.links.verify_life)); }},
    {artefact::verify_link, value::own, nullptr, [](scene& s) { return s.opens_verify(with_bit(s.verify_link("new@example.org"), 47)); }},

    {artefact::reset_link, value::user, nullptr, [](scene& s) { return s.opens_reset(spliced(s.reset_link(s.eva), s.reset_link(s.ana))); }},
    {artefact::reset_link, value::session, "it is mailed, and belongs to no session"},
    {artefact::reset_link, value::type, nullptr, [](scene& s) { return s.opens_another_door(s.reset_link(s.ana), &scene::opens_reset); }},
    {artefact::reset_link, value::issuer, random_text},
    {artefact::reset_link, value::audience, random_text},
    {artefact::reset_link, value::key_id, random_text},
    {artefact::reset_link, value::key, random_text},
    {artefact::reset_link, value::expiry, nullptr, [](scene& s) { return s.opens_reset(s.aged(s.reset_link(s.ana), s.at.links.reset_life)); }},
    {artefact::reset_link, value::own, nullptr, [](scene& s) { return s.opens_reset(with_bit(s.reset_link(s.ana), 47)); }},

    {artefact::magic_link, value::user, nullptr, [](scene& s) { return s.opens_magic(spliced(s.magic_link(s.eva), s.magic_link(s.ana))); }},
    {artefact::magic_link, value::session, "it is mailed, and belongs to no session"},
    {artefact::magic_link, value::type, nullptr, [](scene& s) { return s.opens_another_door(s.magic_link(s.ana), &scene::opens_magic); }},
    {artefact::magic_link, value::issuer, random_text},
    {artefact::magic_link, value::audience, random_text},
    {artefact::magic_link, value::key_id, random_text},
    {artefact::magic_link, value::key, random_text},
    {artefact::magic_link, value::expiry, nullptr, [](scene& s) { return s.opens_magic(s.aged(s.magic_link(s.ana), s.at.links.magic_life)); }},
    {artefact::magic_link, value::own, nullptr, [](scene& s) { return s.opens_magic(with_bit(s.magic_link(s.ana), 47)); }},

    {artefact::session_cookie, value::user, random_text},
    {artefact::session_cookie, value::session, random_text},
    {artefact::session_cookie, value::type, nullptr, [](scene& s) { return s.opens_another_door(s.session_cookie(), &scene::opens_session); }},
    {artefact::session_cookie, value::issuer, random_text},
    {artefact::session_cookie, value::audience, random_text},
    {artefact::session_cookie, value::key_id, random_text},
    {artefact::session_cookie, value::key, random_text},
    {artefact::session_cookie, value::expiry, nullptr, [](scene& s) { return s.opens_session(s.aged(s.session_cookie(), s.at.session_rules.life)); }},
    {artefact::session_cookie, value::own, nullptr, [](scene& s) { return s.opens_session(with_bit(s.session_cookie(), 31)); }},

    {artefact::device_cookie, value::user, nullptr, [](scene& s) { return s.opens_device(std::string(s.evas.device->text.reveal())); }},
    {artefact::device_cookie, value::session, "it outlives sessions"},
    {artefact::device_cookie, value::type, nullptr, [](scene& s) { return s.opens_device(s.device_under(s.at.digests, "page cursor")); }},
    {artefact::device_cookie, value::issuer, ours},
    {artefact::device_cookie, value::audience, ours},
    {artefact::device_cookie, value::key_id, no_name},
    {artefact::device_cookie, value::key, nullptr, [](scene& s) { return s.opens_device(s.device_under(other_digester(), "known device")); }},
    {artefact::device_cookie, value::expiry, nullptr, [](scene& s) { return s.opens_device(with_bit(s.device(), 39)); }},
    {artefact::device_cookie, value::own, nullptr, [](scene& s) { return s.opens_device(with_bit(s.device(), 20)); }},

    {artefact::api_key, value::user, random_text},
    {artefact::api_key, value::session, "it outlives sessions"},
    {artefact::api_key, value::type, nullptr, [](scene& s) { return s.opens_another_door(s.api_key(), &scene::opens_key); }},
    {artefact::api_key, value::issuer, random_text},
    {artefact::api_key, value::audience, random_text},
    {artefact::api_key, value::key_id, random_text},
    {artefact::api_key, value::key, random_text},
    {artefact::api_key, value::expiry, nullptr, [](scene& s) { return s.opens_key(s.aged(s.api_key(), 24h)); }},
    {artefact::api_key, value::own, nullptr, [](scene& s) { return s.opens_key(ending_otherwise(s.api_key())); }},

    {artefact::cursor, value::user, "it is bound to a query, which names its user where the list is of one"},
    {artefact::cursor, value::session, "it outlives sessions"},
    {artefact::cursor, value::type, nullptr, [](scene& s) { return s.opens_cursor(cursor_under(s.at.digests, "cursor")); }},
    {artefact::cursor, value::issuer, ours},
    {artefact::cursor, value::audience, nullptr,
     [](scene& s) { return s.opens_cursor(cursor_under(s.at.digests, "page cursor", "sessions of eva")); }},
    {artefact::cursor, value::key_id, no_name},
    {artefact::cursor, value::key, nullptr, [](scene& s) { return s.opens_cursor(cursor_under(other_digester())); }},
    {artefact::cursor, value::expiry, "it is a place in a list, and opens nothing"},
    {artefact::cursor, value::own, nullptr, [](scene& s) { return s.opens_cursor(with_bit(cursor_under(s.at.digests), 3)); }},
});

/// Each as it was made, at its own door.
bool opens_unchanged(scene& s, artefact what)
{
    switch (what) {
        case artefact::access: return s.opens_access(s.write(s.access()));
        case artefact::refresh: return s.opens_refresh(s.write(s.refresh()));
        case artefact::mfa_session: return s.opens_mfa(s.write(s.mfa()));
        case artefact::step_up: return s.opens_step_up(s.write(s.proof()));
        case artefact::verify_link: return s.opens_verify(s.verify_link("new@example.org"));
        case artefact::reset_link: return s.opens_reset(s.reset_link(s.ana));
        case artefact::magic_link: return s.opens_magic(s.magic_link(s.ana));
        case artefact::session_cookie: return s.opens_session(s.session_cookie());
        case artefact::device_cookie: return s.opens_device(s.device());
        case artefact::api_key: return s.opens_key(s.api_key());
        case artefact::cursor: return s.opens_cursor(cursor_under(s.at.digests));
    }
    return false;
}

}  // namespace

TEST_CASE("an artefact with one bound value changed opens nothing, and unchanged it opens its door", "[contract][matrix]")
{
    auto const which = static_cast<artefact>(GENERATE(Catch::Generators::range(0, static_cast<int>(artefacts.size()))));
    INFO(artefacts.at(static_cast<std::size_t>(which)));
    {
        scene fresh;
        CHECK(opens_unchanged(fresh, which));
    }
    for (auto const& each : cells) {
        if (each.what != which || each.opens == nullptr) continue;
        INFO(values.at(static_cast<std::size_t>(each.bound)));
        scene fresh;
        CHECK_FALSE(each.opens(fresh));
    }
}

TEST_CASE("every artefact has every value in the table of bindings, or a reason why it has none", "[contract][matrix]")
{
    for (std::size_t what = 0; what < artefacts.size(); ++what)
        for (std::size_t bound = 0; bound < values.size(); ++bound) {
            INFO(artefacts.at(what) << ", " << values.at(bound));
            auto const here = [&](cell const& each) { return each.what == static_cast<artefact>(what) && each.bound == static_cast<value>(bound); };
            CHECK(std::ranges::count_if(cells, here) == 1);
            auto const found = std::ranges::find_if(cells, here);
            CHECK((found != cells.end() && (found->opens == nullptr) == (found->not_bound != nullptr)));
        }
    CHECK(cells.size() == artefacts.size() * values.size());
    CHECK(std::ranges::count_if(cells, [](cell const& each) { return each.opens != nullptr; }) == 61);
}
