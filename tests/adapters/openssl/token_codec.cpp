#include "adapters/openssl/mac.hpp"
#include "adapters/openssl/openssl_token_codec.hpp"
#include "core/domain/base/text.hpp"
#include "tests/adapters/openssl/wycheproof.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <optional>
#include <random>
#include <string>
#include <vector>

using namespace mb;
using openssl::bytes_of;
using openssl::openssl_token_codec;
using ports::token_fault;
using namespace std::chrono_literals;

namespace {

template <class Id>
Id id_of(std::uint8_t last)
{
    Id made;
    made.bytes = {0x01, 0x93, 0, 0, 0, 0, 0x70, 0, 0x80, 0, 0, 0, 0, 0, 0, last};
    return made;
}

constexpr std::int64_t issued_at = 1'800'000'000;
constexpr std::int64_t expires_at = issued_at + 900;
constexpr instant now = from_micros((issued_at + 1) * 1'000'000);
std::string const kid = "0123456789abcdef";
std::string const other_kid = "fedcba9876543210";
std::string const material = "material of the first key: 32 bytes and more";
std::string const other_material = "material of another key: 32 bytes and more too";

tokens::signing_key key_of(std::string const& key_id, std::string_view bytes, tokens::key_state state = tokens::key_state::active)
{
    return {key_id, secret{bytes}, state, now, now, std::nullopt, std::nullopt};
}

tokens::key_ring ring()
{
    std::vector<tokens::signing_key> keys;
    keys.push_back(key_of(kid, material));
    keys.push_back(key_of(other_kid, other_material, tokens::key_state::retired));
    return tokens::key_ring{std::move(keys)};
}

openssl_token_codec const codec("https://id.example", "metabuilder");

tokens::access_claims access_claims()
{
    return {id_of<identity::user_id>(1), id_of<tokens::token_id>(2), kid, {"user", "editor \"two\""}, issued_at, expires_at};
}
tokens::refresh_claims refresh_claims()
{
    return {id_of<identity::user_id>(1), id_of<tokens::token_id>(2), kid, id_of<tokens::family_id>(3), issued_at, expires_at};
}

enum class signed_as { access, refresh };

std::string key_bytes(signed_as kind, std::string_view of)
{
    if (kind == signed_as::access) return std::string(of);
    return std::string(openssl::hkdf_sha256(of, "", "metabuilder refresh", 32).reveal());
}

/// A token put together by hand, rightly signed whatever it says.
std::string forge(std::string_view header, std::string_view payload, signed_as kind = signed_as::access, std::string_view with = material)
{
    auto const head = base64url(header) + "." + base64url(payload);
    return head + "." + base64url(bytes_of(openssl::hmac_sha256(key_bytes(kind, with), head)));
}

std::string const access_header = R"({"alg":"HS256","typ":"at+jwt","kid":"0123456789abcdef"})";
std::string const refresh_header = R"({"alg":"HS256","typ":"rt+jwt","kid":"0123456789abcdef"})";
std::string const access_payload =
    R"({"sub":"01930000-0000-7000-8000-000000000001","jti":"01930000-0000-7000-8000-000000000002","kid":"0123456789abcdef",)"
    R"("roles":["user"],"iss":"https://id.example","aud":"metabuilder","iat":1800000000,"exp":1800000900})";
std::string const refresh_payload =
    R"({"sub":"01930000-0000-7000-8000-000000000001","jti":"01930000-0000-7000-8000-000000000002","kid":"0123456789abcdef",)"
    R"("familyId":"01930000-0000-7000-8000-000000000003","iss":"https://id.example","aud":"metabuilder","iat":1800000000,"exp":1800000900})";

/// The text with its one occurrence of `from` replaced.
std::string with(std::string text, std::string_view from, std::string_view to)
{
    auto const at = text.find(from);
    REQUIRE(at != std::string::npos);
    return text.replace(at, from.size(), to);
}

std::optional<token_fault> access_fault(std::string_view token, instant at = now)
{
    auto const read = codec.read_access(token, ring(), at);
    auto const* fault = std::get_if<token_fault>(&read);
    return fault == nullptr ? std::nullopt : std::optional(*fault);
}
std::optional<token_fault> refresh_fault(std::string_view token, instant at = now)
{
    auto const read = codec.read_refresh(token, ring(), at);
    auto const* fault = std::get_if<token_fault>(&read);
    return fault == nullptr ? std::nullopt : std::optional(*fault);
}

std::vector<std::string> parts_of(std::string const& token)
{
    auto const first = token.find('.');
    auto const second = token.find('.', first + 1);
    return {token.substr(0, first), token.substr(first + 1, second - first - 1), token.substr(second + 1)};
}

}  // namespace

TEST_CASE("a token that was written reads back with every claim")
{
    auto const access = codec.read_access(codec.write(access_claims(), key_of(kid, material)), ring(), now);
    REQUIRE(std::holds_alternative<tokens::access_claims>(access));
    auto const& a = std::get<tokens::access_claims>(access);
    auto const wanted = access_claims();
    CHECK((a.subject == wanted.subject && a.jti == wanted.jti && a.kid == wanted.kid && a.roles == wanted.roles));
    CHECK((a.issued_at == wanted.issued_at && a.expires_at == wanted.expires_at));

    auto const refresh = codec.read_refresh(codec.write(refresh_claims(), key_of(kid, material)), ring(), now);
    REQUIRE(std::holds_alternative<tokens::refresh_claims>(refresh));
    auto const& r = std::get<tokens::refresh_claims>(refresh);
    auto const expected = refresh_claims();
    CHECK((r.subject == expected.subject && r.jti == expected.jti && r.kid == expected.kid && r.family == expected.family));
    CHECK((r.issued_at == expected.issued_at && r.expires_at == expected.expires_at));

    auto without_roles = access_claims();
    without_roles.roles.clear();
    auto const bare = codec.read_access(codec.write(without_roles, key_of(kid, material)), ring(), now);
    CHECK(std::get<tokens::access_claims>(bare).roles.empty());
}

TEST_CASE("HMAC over the encoded parts is the signature of RFC 7515, appendix A.1")
{
    auto const key = parse_base64url("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow");
    REQUIRE(key);
    CHECK(base64url(bytes_of(openssl::hmac_sha256(*key,
                                                  "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9."
                                                  "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ")))
          == "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
}

TEST_CASE("a written token has the documented parts and its signature can be recomputed")
{
    auto claims = access_claims();
    claims.roles = {"user"};
    auto const access = parts_of(codec.write(claims, key_of(kid, material)));
    CHECK(parse_base64url(access[0]) == access_header);
    CHECK(parse_base64url(access[1]) == access_payload);
    CHECK(access[2] == base64url(bytes_of(openssl::hmac_sha256(material, access[0] + "." + access[1]))));

    auto const refresh = parts_of(codec.write(refresh_claims(), key_of(kid, material)));
    CHECK(parse_base64url(refresh[0]) == refresh_header);
    CHECK(parse_base64url(refresh[1]) == refresh_payload);
    CHECK(refresh[2] != base64url(bytes_of(openssl::hmac_sha256(material, refresh[0] + "." + refresh[1]))));
    CHECK(refresh[2] == base64url(bytes_of(openssl::hmac_sha256(key_bytes(signed_as::refresh, material), refresh[0] + "." + refresh[1]))));
}

TEST_CASE("the forged tokens of these tests are accepted as long as nothing is wrong with them")
{
    CHECK_FALSE(access_fault(forge(access_header, access_payload)));
    CHECK_FALSE(refresh_fault(forge(refresh_header, refresh_payload, signed_as::refresh)));
    CHECK_FALSE(access_fault(forge(R"( { "typ":"at+jwt", "kid":"0123456789abcdef", "\u0061lg":"HS256" } )", access_payload)));
    CHECK_FALSE(access_fault(forge(access_header, with(access_payload, "{", "{ \"extra\" : [1] , "))));
}

TEST_CASE("a signature is looked at whole: none of Wycheproof's modified ones is taken")
{
    for (bool const refresh : {false, true}) {
        auto const token = refresh ? forge(refresh_header, refresh_payload, signed_as::refresh) : forge(access_header, access_payload);
        auto const signed_part = token.substr(0, token.rfind('.') + 1);
        for (auto const& each : wycheproof::modified(*parse_base64url(token.substr(signed_part.size())))) {
            auto const changed = signed_part + base64url(each);
            CHECK((refresh ? refresh_fault(changed) : access_fault(changed)) == token_fault::wrong_signature);
        }
    }
}

TEST_CASE("a token is dead at second exp, not one microsecond later and not one earlier")
{
    auto const token = forge(access_header, access_payload);
    auto const end = from_micros(expires_at * 1'000'000);
    CHECK_FALSE(access_fault(token, end - 1us));
    CHECK(access_fault(token, end) == token_fault::expired);
    CHECK(access_fault(token, end + 24h) == token_fault::expired);
    CHECK_FALSE(access_fault(token, from_micros((issued_at - 100) * 1'000'000)));  // iat is not a condition
    auto const refresh = forge(refresh_header, refresh_payload, signed_as::refresh);
    CHECK_FALSE(refresh_fault(refresh, end - 1us));
    CHECK(refresh_fault(refresh, end) == token_fault::expired);
}

TEST_CASE("no kind of token passes for the other, even with a typ that lies")
{
    CHECK(access_fault(codec.write(refresh_claims(), key_of(kid, material))) == token_fault::wrong_signature);
    CHECK(refresh_fault(codec.write(access_claims(), key_of(kid, material))) == token_fault::wrong_signature);
    CHECK(access_fault(forge(refresh_header, access_payload)) == token_fault::wrong_kind);
    CHECK(refresh_fault(forge(access_header, refresh_payload, signed_as::refresh)) == token_fault::wrong_kind);
    CHECK(access_fault(forge(access_header, access_payload, signed_as::refresh)) == token_fault::wrong_signature);
    CHECK(refresh_fault(forge(refresh_header, refresh_payload, signed_as::access)) == token_fault::wrong_signature);
    for (auto const* typ : {"AT+JWT", "at+JWT", "JWT", "", "application/at+jwt", "at+jwt ", "rt+jwt"})
        CHECK(access_fault(forge(with(access_header, "at+jwt", typ), access_payload)) == token_fault::wrong_kind);
}

TEST_CASE("only HS256 in exactly that spelling, and only the three header members")
{
    for (auto const* alg : {"none", "None", "NONE", "HS512", "HS384", "RS256", "ES256", "EdDSA", "hs256", "Hs256", "HS256 ", " HS256", ""}) {
        INFO(alg);
        CHECK(access_fault(forge(with(access_header, "HS256", alg), access_payload)) == token_fault::malformed);
        // and the classic: no signature at all
        auto const unsigned_token = base64url(with(access_header, "HS256", alg)) + "." + base64url(access_payload) + ".";
        CHECK(access_fault(unsigned_token) == token_fault::malformed);
    }
    for (auto const* header : {
             R"({"alg":["HS256"],"typ":"at+jwt","kid":"0123456789abcdef"})",
             R"({"alg":null,"typ":"at+jwt","kid":"0123456789abcdef"})",
             R"({"typ":"at+jwt","kid":"0123456789abcdef"})",
             R"({"alg":"HS256","kid":"0123456789abcdef"})",
             R"({"alg":"HS256","typ":"at+jwt"})",
             R"({"alg":"HS256","typ":"at+jwt","kid":7})",
             R"({"alg":"HS256","typ":1,"kid":"0123456789abcdef"})",
             R"({"alg":"HS256","typ":"at+jwt","kid":"0123456789abcdef","crit":["exp"]})",
             R"({"alg":"HS256","typ":"at+jwt","kid":"0123456789abcdef","jwk":{"kty":"oct","k":"AA"}})",
             R"({"alg":"HS256","typ":"at+jwt","kid":"0123456789abcdef","b64":false})",
             R"({"alg":"HS256","typ":"at+jwt","kid":"0123456789abcdef","alg":"HS256"})",
             R"({"alg":"HS256","typ":"at+jwt","kid":"0123456789abcdef","kid":"0123456789abcdef"})",
             R"({"alg":"HS256","typ":"at+jwt","kid":"x","kid":"0123456789abcdef"})",
             R"({"alg":"HS256","typ":"at+jwt","kid":"0123456789abcdef","\u0061lg":"none"})",
             R"(["HS256","at+jwt","0123456789abcdef"])",
             R"("HS256")",
             R"({)",
             "",
         }) {
        INFO(header);
        CHECK(access_fault(forge(header, access_payload)) == token_fault::malformed);
    }
}

TEST_CASE("the key is looked up by the header's kid, and the payload must name the same")
{
    CHECK(access_fault(forge(with(access_header, kid, "0000000000000000"), access_payload)) == token_fault::unknown_key);
    CHECK(access_fault(forge(with(access_header, kid, ""), access_payload)) == token_fault::unknown_key);
    CHECK(access_fault(forge(with(access_header, kid, "../../etc/passwd"), access_payload)) == token_fault::unknown_key);
    CHECK(access_fault(forge(with(access_header, kid, other_kid), access_payload)) == token_fault::wrong_signature);
    CHECK(access_fault(forge(with(access_header, kid, other_kid), access_payload, signed_as::access, other_material)) == token_fault::malformed);
    CHECK(access_fault(forge(access_header, with(access_payload, kid, other_kid))) == token_fault::malformed);
    CHECK_FALSE(access_fault(forge(with(access_header, kid, other_kid), with(access_payload, kid, other_kid), signed_as::access, other_material)));
    CHECK(access_fault(forge(access_header, access_payload, signed_as::access, other_material)) == token_fault::wrong_signature);
    CHECK(access_fault(forge(access_header, access_payload, signed_as::access, "")) == token_fault::wrong_signature);

    std::vector<tokens::signing_key> standby;
    standby.push_back(key_of(kid, material, tokens::key_state::standby));
    CHECK(std::get<token_fault>(codec.read_access(forge(access_header, access_payload), tokens::key_ring{std::move(standby)}, now))
          == token_fault::unknown_key);
}

TEST_CASE("the same kid with other material is another key, even right after the first was used")
{
    auto const token = forge(access_header, access_payload);
    CHECK_FALSE(access_fault(token));
    std::vector<tokens::signing_key> replaced;
    replaced.push_back(key_of(kid, other_material));
    CHECK(std::get<token_fault>(codec.read_access(token, tokens::key_ring{std::move(replaced)}, now)) == token_fault::wrong_signature);
}

TEST_CASE("every claim must be there, of its type, and of this issuer and audience")
{
    struct altered {
        char const* from;
        char const* to;
        token_fault expected;
    };
    std::vector<altered> const both{
        {R"("sub":"01930000-0000-7000-8000-000000000001",)", "", token_fault::malformed},
        {R"("01930000-0000-7000-8000-000000000001")", "\"\"", token_fault::malformed},
        {R"("01930000-0000-7000-8000-000000000001")", "1", token_fault::malformed},
        {R"("01930000-0000-7000-8000-000000000001")", R"("01930000-0000-7000-8000-00000000000g")", token_fault::malformed},
        {R"("jti":"01930000-0000-7000-8000-000000000002",)", "", token_fault::malformed},
        {R"("01930000-0000-7000-8000-000000000002")", "null", token_fault::malformed},
        {R"("kid":"0123456789abcdef",)", "", token_fault::malformed},
        {R"("kid":"0123456789abcdef")", R"("kid":"0123456789ABCDEF")", token_fault::malformed},
        {R"("kid":"0123456789abcdef")", R"("kid":["0123456789abcdef"])", token_fault::malformed},
        {R"("iss":"https://id.example",)", "", token_fault::malformed},
        {R"("https://id.example")", "1", token_fault::malformed},
        {"https://id.example", "https://id.example/", token_fault::wrong_kind},
        {"https://id.example", "", token_fault::wrong_kind},
        {R"("aud":"metabuilder",)", "", token_fault::malformed},
        {R"("metabuilder")", R"(["metabuilder"])", token_fault::malformed},
        {R"("metabuilder")", R"("metabuilder2")", token_fault::wrong_kind},
        {R"("metabuilder")", R"("Metabuilder")", token_fault::wrong_kind},
        {R"("iat":1800000000,)", "", token_fault::malformed},
        {"1800000000", "1800000000.5", token_fault::malformed},
        {"1800000000", R"("1800000000")", token_fault::malformed},
        {R"(,"exp":1800000900)", "", token_fault::malformed},
        {"1800000900", R"("1800000900")", token_fault::malformed},
        {"1800000900", "1800000900.0", token_fault::malformed},
        {"1800000900", "1e300", token_fault::malformed},
        {"1800000900", "9223372036854775808", token_fault::malformed},
        {"1800000900", "null", token_fault::malformed},
        {"1800000900", "true", token_fault::malformed},
        {"1800000900", "0", token_fault::expired},
        {"1800000900", "-9223372036854775808", token_fault::expired},
        {R"(1800000900)", R"(1800000900,"exp":1900000000)", token_fault::malformed},
        {R"(1800000900)", R"(1800000900,"\u0065xp":1900000000)", token_fault::malformed},
        {"{", "[", token_fault::malformed},
        {"}", "", token_fault::malformed},
        {"}", "}x", token_fault::malformed},
        {"}", "} ", token_fault::expired},  // white space is JSON: only the clock of this row's check refuses it
    };
    for (auto const& each : both) {
        INFO(each.from << " -> " << each.to);
        bool const late = std::string_view(each.to) == "} ";
        auto const at = late ? from_micros(expires_at * 1'000'000) : now;
        CHECK(access_fault(forge(access_header, with(access_payload, each.from, each.to)), at) == each.expected);
        CHECK(refresh_fault(forge(refresh_header, with(refresh_payload, each.from, each.to), signed_as::refresh), at) == each.expected);
    }
    for (auto const* roles : {"null", "\"user\"", "{}", "[1]", "[null]", "[\"user\",[]]"}) {
        INFO(roles);
        CHECK(access_fault(forge(access_header, with(access_payload, R"(["user"])", roles))) == token_fault::malformed);
    }
    CHECK(access_fault(forge(access_header, with(access_payload, R"("roles":["user"],)", ""))) == token_fault::malformed);
    for (auto const* family : {"\"\"", "null", "7", "\"01930000-0000-7000-8000-00000000000\""}) {
        auto const payload = with(refresh_payload, R"("01930000-0000-7000-8000-000000000003")", family);
        CHECK(refresh_fault(forge(refresh_header, payload, signed_as::refresh)) == token_fault::malformed);
    }
}

TEST_CASE("exactly three parts of strict base64url")
{
    auto const token = codec.write(access_claims(), key_of(kid, material));
    auto const parts = parts_of(token);
    auto const& [head, payload, signature] = std::tie(parts[0], parts[1], parts[2]);
    for (auto const& wrong : std::vector<std::string>{"",
                                                      ".",
                                                      "..",
                                                      "...",
                                                      "a",
                                                      "a.b",
                                                      "a.b.c",
                                                      head,
                                                      head + ".",
                                                      head + "." + payload,
                                                      token + ".",
                                                      token + ".x",
                                                      "." + token,
                                                      head + ".." + payload + "." + signature,
                                                      head + "=." + payload + "." + signature,
                                                      head + "==." + payload + "." + signature,
                                                      " " + token,
                                                      head + "\n." + payload + "." + signature,
                                                      head + "." + payload + "." + signature + "." + signature,
                                                      "Bearer " + token,
                                                      head + "+." + payload + "." + signature}) {
        INFO(wrong);
        CHECK(access_fault(wrong) == token_fault::malformed);
    }
    for (auto const& wrong : std::vector<std::string>{head + "." + payload + ".", head + ".." + signature, token + "=", token + "A", token + "\n",
                                                      token + " ", token.substr(0, token.size() - 1), head + "." + payload + "=." + signature,
                                                      head + "." + payload + "." + signature.substr(1), head + "." + payload + " ." + signature,
                                                      head + "." + payload + "." + signature + signature}) {
        INFO(wrong);
        CHECK(access_fault(wrong) == token_fault::wrong_signature);
    }
    auto const right = head + ".a+b/c=";
    auto const foreign = right + "." + base64url(bytes_of(openssl::hmac_sha256(material, right)));
    CHECK(access_fault(foreign) == token_fault::malformed);  // signed, but its payload is not base64url
    for (std::size_t length = 0; length < token.size(); ++length) REQUIRE(access_fault(token.substr(0, length)));
}

TEST_CASE("the spare bits of a signature's last character are no second spelling")
{
    auto token = codec.write(access_claims(), key_of(kid, material));
    constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    auto const right = token.back();
    for (char const c : alphabet) {
        token.back() = c;
        REQUIRE(access_fault(token).has_value() == (c != right));
    }
}

TEST_CASE("a token of 4,096 bytes is read, one more byte is not looked at")
{
    // White space in the header reaches the lengths that base64 of the payload alone can't.
    auto const of_size = [](std::size_t bytes) {
        for (std::size_t spaces = 0; spaces < 3; ++spaces)
            for (std::size_t padding = 2700; padding < 2900; ++padding) {
                auto const payload = with(access_payload, R"(["user"])", "[\"" + std::string(padding, 'r') + "\"]");
                auto token = forge(std::string(spaces, ' ') + access_header, payload);
                if (token.size() == bytes) return token;
            }
        return std::string();
    };
    REQUIRE(openssl_token_codec::token_bytes_max == 4096);
    CHECK_FALSE(access_fault(of_size(4096)));
    REQUIRE(of_size(4097).size() == 4097);
    CHECK(access_fault(of_size(4097)) == token_fault::malformed);
}

TEST_CASE("ten thousand random mutations of one token never verify")
{
    auto const token = codec.write(access_claims(), key_of(kid, material));
    auto const keys = ring();
    std::mt19937 random(42);
    constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ ";
    int accepted = 0;
    for (int round = 0; round < 10'000; ++round) {
        auto mutated = token;
        for (auto edits = 1 + random() % 3; edits > 0; --edits) {
            auto const at = random() % mutated.size();
            auto const c = alphabet[random() % alphabet.size()];
            switch (random() % 5) {
                case 0: mutated[at] = c; break;
                case 1: mutated.insert(at, 1, c); break;
                case 2: mutated.erase(at, 1); break;
                case 3: std::swap(mutated[at], mutated[random() % mutated.size()]); break;
                default: mutated[at] = static_cast<char>(mutated[at] ^ (1 << random() % 8));
            }
        }
        if (mutated == token) continue;
        accepted += std::holds_alternative<tokens::access_claims>(codec.read_access(mutated, keys, now));
    }
    CHECK(accepted == 0);
    CHECK_FALSE(access_fault(token));
}
