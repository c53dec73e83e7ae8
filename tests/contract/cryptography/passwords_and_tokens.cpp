#include "tests/contract/kits.hpp"
#include "tests/contract/samples.hpp"
#include "tests/contract/steps.hpp"

#include <array>
#include <optional>

using namespace mb;
using namespace mb::contract;
using ports::token_fault;

namespace {

secret password(std::string_view text) { return secret{text}; }

/// Ends at a whole second.
constexpr std::int64_t issued = to_seconds(start);
constexpr std::int64_t ends = issued + 900;
constexpr instant at(std::int64_t second) { return from_micros(second * 1'000'000); }

tokens::access_claims access_claims()
{
    return {nth<identity::user_id>(1), nth<tokens::token_id>(2), bare_key(1).kid, {"user", "admin"}, issued, ends};
}

tokens::refresh_claims refresh_claims()
{
    return {nth<identity::user_id>(1), nth<tokens::token_id>(3), bare_key(1).kid, nth<tokens::family_id>(4), issued, ends};
}

tokens::proof_claims proof_claims(tokens::proof_kind kind)
{
    tokens::proof_claims made;
    made.kind = kind;
    made.subject = nth<identity::user_id>(1);
    made.jti = nth<tokens::token_id>(5);
    made.kid = bare_key(1).kid;
    made.how = tokens::shown_by::recovery_code;
    if (kind == tokens::proof_kind::step_up) made.session = nth<tokens::family_id>(4);
    if (kind == tokens::proof_kind::mfa_session) {
        made.leads_to = tokens::door::session;
        made.bound = "Bound_to-0123456789";
    }
    made.issued_at = issued;
    made.expires_at = ends;
    return made;
}

constexpr std::array proof_kinds{tokens::proof_kind::mfa_session, tokens::proof_kind::step_up};

tokens::key_ring ring_of(std::vector<tokens::signing_key> keys) { return tokens::key_ring{std::move(keys)}; }

tokens::key_ring ring()
{
    std::vector<tokens::signing_key> keys;
    keys.push_back(bare_key(1));
    return ring_of(std::move(keys));
}

template <class Claims>
token_fault fault(std::variant<Claims, token_fault> const& read)
{
    REQUIRE(std::holds_alternative<token_fault>(read));
    return std::get<token_fault>(read);
}

}  // namespace

TEST_CASE("a password matches its hash, and no other does", "[contract][password_hasher]")
{
    MB_WITH_EVERY_KIT(kit);
    auto const hasher = kit->make_hasher(cost_choice::cheap);
    auto const long_text = std::string(1'024, 'x');
    for (auto const& text : {std::string("correct horse"), std::string(" ñ "), std::string("a\0b", 3), long_text}) {
        auto const stored = must(hasher->hash(password(text)));
        CHECK(stored.starts_with("mb1$"));
        CHECK(stored.find(text) == std::string::npos);
        CHECK(must(hasher->verify(password(text), stored)).matches);
        CHECK_FALSE(must(hasher->verify(password(text), stored)).outdated);
        CHECK_FALSE(must(hasher->verify(password(text + "x"), stored)).matches);
        CHECK_FALSE(must(hasher->verify(password(text.substr(0, text.size() - 1)), stored)).matches);
        CHECK_FALSE(must(hasher->verify(password(""), stored)).matches);
    }
}

TEST_CASE("one password has another hash each time", "[contract][password_hasher]")
{
    MB_WITH_EVERY_KIT(kit);
    auto const hasher = kit->make_hasher(cost_choice::cheap);
    CHECK(must(hasher->hash(password("same"))) != must(hasher->hash(password("same"))));
}

TEST_CASE("a hash of another cost matches and is outdated, and a wrong password is only wrong", "[contract][password_hasher]")
{
    MB_WITH_EVERY_KIT(kit);
    auto const stored = must(kit->make_hasher(cost_choice::cheap)->hash(password("secret")));
    auto const dearer = kit->make_hasher(cost_choice::dear);
    auto const right = must(dearer->verify(password("secret"), stored));
    CHECK(right.matches);
    CHECK(right.outdated);
    auto const wrong = must(dearer->verify(password("Secret"), stored));
    CHECK_FALSE(wrong.matches);
    CHECK_FALSE(wrong.outdated);
}

TEST_CASE("the decoy can be verified and nobody's password matches it", "[contract][password_hasher]")
{
    MB_WITH_EVERY_KIT(kit);
    auto const hasher = kit->make_hasher(cost_choice::cheap);
    CHECK(hasher->decoy().starts_with("mb1$"));
    for (auto const* text : {"", "decoy", "nobody's password", "password"})
        CHECK_FALSE(must(hasher->verify(password(text), hasher->decoy())).matches);
}

TEST_CASE("what is no hash is corrupt", "[contract][password_hasher]")
{
    MB_WITH_EVERY_KIT(kit);
    auto const hasher = kit->make_hasher(cost_choice::cheap);
    for (auto const* text : {"", "mb1", "mb1$", "mb1$unknown$1$2$3", "plain text", "mb2$quick$1$1$00"}) {
        INFO(text);
        CHECK(failure(hasher->verify(password("x"), text)) == errc::corrupt);
    }
}

TEST_CASE("the claims of a token come back", "[contract][token_codec]")
{
    MB_WITH_EVERY_KIT(kit);
    auto const codec = kit->make_codec();
    auto const keys = ring();
    auto wanted = access_claims();
    for (auto const& roles : {std::vector<std::string>{"user", "admin"}, std::vector<std::string>{}}) {
        wanted.roles = roles;
        auto const read = codec->read_access(codec->write(wanted, bare_key(1)), keys, start);
        auto const& got = std::get<tokens::access_claims>(read);
        CHECK((got.subject == wanted.subject));
        CHECK((got.jti == wanted.jti));
        CHECK(got.kid == wanted.kid);
        CHECK(got.roles == wanted.roles);
        CHECK(got.issued_at == wanted.issued_at);
        CHECK(got.expires_at == wanted.expires_at);
    }
    auto const read = codec->read_refresh(codec->write(refresh_claims(), bare_key(1)), keys, start);
    auto const& got = std::get<tokens::refresh_claims>(read);
    CHECK((got.subject == refresh_claims().subject));
    CHECK((got.jti == refresh_claims().jti));
    CHECK(got.kid == refresh_claims().kid);
    CHECK((got.family == refresh_claims().family));
    CHECK(got.issued_at == issued);
    CHECK(got.expires_at == ends);
}

TEST_CASE("a token is good one microsecond before the second of its end, and not at it", "[contract][token_codec]")
{
    MB_WITH_EVERY_KIT(kit);
    auto const codec = kit->make_codec();
    auto const keys = ring();
    auto const access = codec->write(access_claims(), bare_key(1));
    auto const refresh = codec->write(refresh_claims(), bare_key(1));
    CHECK(std::holds_alternative<tokens::access_claims>(codec->read_access(access, keys, at(ends) - tick)));
    CHECK(std::holds_alternative<tokens::refresh_claims>(codec->read_refresh(refresh, keys, at(ends) - tick)));
    CHECK(fault(codec->read_access(access, keys, at(ends))) == token_fault::expired);
    CHECK(fault(codec->read_refresh(refresh, keys, at(ends))) == token_fault::expired);
}

TEST_CASE("the claims of a proof come back, and end with its second", "[contract][token_codec]")
{
    MB_WITH_EVERY_KIT(kit);
    auto const codec = kit->make_codec();
    auto const keys = ring();
    for (auto const kind : proof_kinds) {
        auto const wanted = proof_claims(kind);
        auto const token = codec->write(wanted, bare_key(1));
        auto const read = codec->read_proof(token, kind, keys, at(ends) - tick);
        auto const& got = std::get<tokens::proof_claims>(read);
        CHECK((got.kind == kind));
        CHECK((got.subject == wanted.subject));
        CHECK((got.jti == wanted.jti));
        CHECK(got.kid == wanted.kid);
        CHECK((got.how == wanted.how));
        CHECK((got.session == wanted.session));
        CHECK((got.leads_to == wanted.leads_to));
        CHECK(got.bound == wanted.bound);
        CHECK(got.issued_at == issued);
        CHECK(got.expires_at == ends);
        CHECK(fault(codec->read_proof(token, kind, keys, at(ends))) == token_fault::expired);
    }
}

TEST_CASE("one kind of token is no token of another kind: its name gives it away, or its signature", "[contract][token_codec]")
{
    MB_WITH_EVERY_KIT(kit);
    auto const codec = kit->make_codec();
    auto const keys = ring();
    std::array const tokens{codec->write(access_claims(), bare_key(1)), codec->write(refresh_claims(), bare_key(1)),
                            codec->write(proof_claims(proof_kinds[0]), bare_key(1)), codec->write(proof_claims(proof_kinds[1]), bare_key(1))};
    for (std::size_t kind = 0; kind < tokens.size(); ++kind)
        for (std::size_t reader = 0; reader < tokens.size(); ++reader) {
            INFO("kind " << kind << ", read as " << reader);
            auto const given = [&]() -> std::optional<token_fault> {
                auto const fault_of = [](auto const& read) {
                    auto const* found = std::get_if<token_fault>(&read);
                    return found == nullptr ? std::nullopt : std::optional(*found);
                };
                if (reader == 0) return fault_of(codec->read_access(tokens[kind], keys, start));
                if (reader == 1) return fault_of(codec->read_refresh(tokens[kind], keys, start));
                return fault_of(codec->read_proof(tokens[kind], proof_kinds[reader - 2], keys, start));
            }();
            if (kind == reader)
                CHECK_FALSE(given);
            else
                CHECK((given == token_fault::wrong_kind || given == token_fault::wrong_signature));
        }
}

TEST_CASE("a token needs a key of the ring that is not on standby and has not ended", "[contract][token_codec]")
{
    MB_WITH_EVERY_KIT(kit);
    auto const codec = kit->make_codec();
    auto const token = codec->write(access_claims(), bare_key(1));
    auto const read_with = [&](tokens::signing_key key) {
        std::vector<tokens::signing_key> keys;
        keys.push_back(std::move(key));
        return codec->read_access(token, ring_of(std::move(keys)), start);
    };
    CHECK(fault(codec->read_access(token, ring_of({}), start)) == token_fault::unknown_key);
    CHECK(fault(read_with(bare_key(2))) == token_fault::unknown_key);
    auto standby = bare_key(1);
    standby.state = tokens::key_state::standby;
    CHECK(fault(read_with(std::move(standby))) == token_fault::unknown_key);
    auto ended = bare_key(1);
    ended.state = tokens::key_state::retired;
    ended.expires_at = start;
    CHECK(fault(read_with(std::move(ended))) == token_fault::unknown_key);
    auto retired = bare_key(1);
    retired.state = tokens::key_state::retired;
    retired.expires_at = start + tick;
    CHECK(std::holds_alternative<tokens::access_claims>(read_with(std::move(retired))));
    auto renamed = bare_key(1);
    renamed.material = secret{std::string(32, 'z')};
    CHECK(fault(read_with(std::move(renamed))) == token_fault::wrong_signature);
}

TEST_CASE("a token with any character changed, or cut anywhere, is refused", "[contract][token_codec]")
{
    MB_WITH_EVERY_KIT(kit);
    auto const codec = kit->make_codec();
    auto const keys = ring();
    auto const token = codec->write(access_claims(), bare_key(1));
    for (std::size_t position = 0; position < token.size(); ++position) {
        INFO("character " << position);
        auto changed = token;
        changed[position] = changed[position] == 'A' ? 'B' : 'A';
        REQUIRE(std::holds_alternative<token_fault>(codec->read_access(changed, keys, start)));
        REQUIRE(std::holds_alternative<token_fault>(codec->read_access(std::string_view(token).substr(0, position), keys, start)));
    }
    CHECK(fault(codec->read_access("", keys, start)) == token_fault::malformed);
    CHECK(fault(codec->read_access("not a token", keys, start)) == token_fault::malformed);
    CHECK(std::holds_alternative<token_fault>(codec->read_access(token + "A", keys, start)));
}
