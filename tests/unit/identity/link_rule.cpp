#include "core/domain/base/text.hpp"
#include "core/domain/identity/email_token.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace mb;
using namespace mb::identity;
using namespace std::chrono_literals;

namespace {

constexpr instant start = from_micros(1'769'250'600'000'000);
digest const right{1, 2, 3};
digest const wrong{1, 2, 4};
link_policy const policy;

email_token sent()
{
    email_token link;
    link.secret_digest = right;
    link.created_at = start;
    link.expires_at = start + 24h;
    return link;
}

bool accepted(email_token const& link, instant now)
{
    return std::holds_alternative<link_accepted>(decide_link(link, email_token_type::verify_email, right, std::nullopt, now));
}

link_refusal refusal(email_token const& link, digest const& presented, instant now, email_token_type wanted = email_token_type::verify_email)
{
    auto const decided = decide_link(link, wanted, presented, std::nullopt, now);
    REQUIRE(std::holds_alternative<link_refusal>(decided));
    return std::get<link_refusal>(decided);
}

}  // namespace

TEST_CASE("a link works until its end, and not at it")
{
    CHECK(accepted(sent(), start));
    CHECK(accepted(sent(), start + 24h - 1us));
    CHECK(refusal(sent(), right, start + 24h) == link_refusal::expired);
}

TEST_CASE("a link works once, and the use is written down")
{
    auto link = sent();
    spend(link, ip_hash{"there"}, "browser", start + 1h);
    CHECK(refusal(link, right, start + 2h) == link_refusal::used);
    CHECK(link.used_at == start + 1h);
    CHECK(link.used_from == ip_hash{"there"});
    CHECK(link.used_user_agent == "browser");
    CHECK(link.last_attempt_at == start + 1h);
}

TEST_CASE("a link of one kind is none of another")
{
    CHECK(refusal(sent(), right, start, email_token_type::password_reset) == link_refusal::wrong_type);
    CHECK(refusal(sent(), right, start, email_token_type::magic_link) == link_refusal::wrong_type);
}

TEST_CASE("two wrong secrets leave a link open, the third blocks it for the right one too")
{
    auto link = sent();
    for (int i = 1; i <= 2; ++i) {
        auto const at = start + i * 1h;
        CHECK(refusal(link, wrong, at) == link_refusal::wrong_secret);
        note_refusal(link, link_refusal::wrong_secret, policy, at);
        CHECK(link.failed_attempts == i);
        CHECK(accepted(link, at + 15min));
    }
    note_refusal(link, link_refusal::wrong_secret, policy, start + 3h);
    CHECK(link.failed_attempts == 3);
    CHECK(link.blocked_at == start + 3h);
    CHECK(link.blocked_reason == "MAX_FAILED_ATTEMPTS");
    CHECK(refusal(link, right, start + 4h) == link_refusal::blocked);
}

TEST_CASE("a link cools down after a wrong secret, twice as long each time and never longer than the limit")
{
    auto link = sent();
    link.max_attempts = 100;
    link.expires_at = start + 10'000h;
    auto at = start;
    for (auto const wait : {1min, 2min, 4min, 8min, 15min, 15min}) {
        note_refusal(link, link_refusal::wrong_secret, policy, at);
        CHECK(refusal(link, right, at + wait - 1us) == link_refusal::cooling);
        CHECK(refusal(link, wrong, at + wait - 1us) == link_refusal::cooling);
        CHECK(accepted(link, at + wait));
        at += wait;
    }
}

TEST_CASE("each wrong secret halves what is left of a link's life")
{
    auto link = sent();
    note_refusal(link, link_refusal::wrong_secret, policy, start);
    CHECK(link.expires_at == start + 12h);
    note_refusal(link, link_refusal::wrong_secret, policy, start + 2h);
    CHECK(link.expires_at == start + 7h);
    CHECK(refusal(link, right, start + 7h) == link_refusal::expired);
    note_refusal(link, link_refusal::wrong_secret, policy, start + 8h);
    CHECK(link.expires_at == start + 7h);
}

TEST_CASE("a link that was guessed at is good only where it was asked for")
{
    auto link = sent();
    link.requested_from = ip_hash{"home"};
    auto const from = [&](std::optional<ip_hash> const& where) {
        return decide_link(link, email_token_type::verify_email, right, where, start + 1h);
    };
    CHECK(std::holds_alternative<link_accepted>(from(ip_hash{"away"})));
    note_refusal(link, link_refusal::wrong_secret, policy, start);
    CHECK(std::holds_alternative<link_accepted>(from(ip_hash{"home"})));
    for (auto const& where : {std::optional(ip_hash{"away"}), std::optional<ip_hash>{}}) {
        auto const said = from(where);
        REQUIRE(std::holds_alternative<link_refusal>(said));
        CHECK(std::get<link_refusal>(said) == link_refusal::other_address);
    }
    note_refusal(link, link_refusal::other_address, policy, start + 1h);
    CHECK(link.blocked_reason == "IP_MISMATCH");
    CHECK(link.failed_attempts == 1);
    note_refusal(link, link_refusal::other_address, policy, start + 2h);
    CHECK(link.blocked_at == start + 1h);
}

TEST_CASE("a link may be looked at twenty times without being used, and is blocked by the next")
{
    auto link = sent();
    for (int i = 1; i <= 20; ++i) note_validation(link, policy, start + i * 1s);
    CHECK(link.validations == 20);
    CHECK(link.last_attempt_at == start + 20s);
    CHECK(accepted(link, start + 1min));
    note_validation(link, policy, start + 21s);
    CHECK(link.blocked_reason == "SUSPICIOUS_ACTIVITY");
    CHECK(refusal(link, right, start + 1min) == link_refusal::blocked);
}

TEST_CASE("six wrong secrets for the links of one account are an alarm, five are not")
{
    CHECK_FALSE(decide_alarm(5, policy));
    CHECK(decide_alarm(6, policy));
}

TEST_CASE("only a wrong secret counts towards the block")
{
    auto link = sent();
    for (auto const why : {link_refusal::used, link_refusal::expired, link_refusal::wrong_type, link_refusal::blocked, link_refusal::cooling})
        note_refusal(link, why, policy, start);
    CHECK(link.failed_attempts == 0);
    CHECK_FALSE(link.blocked_at);
    CHECK_FALSE(link.cooling_until);
    CHECK(link.expires_at == start + 24h);
    CHECK(link.last_attempt_at == start);
}

TEST_CASE("a used or expired link doesn't say so to somebody without its secret")
{
    auto link = sent();
    spend(link, {}, "", start);
    CHECK(refusal(link, wrong, start + 48h) == link_refusal::wrong_secret);
}

TEST_CASE("a link's token is read back as it was written")
{
    email_token_id id;
    id.bytes.fill(7);
    secret const proof{std::string(32, 'p')};
    auto const text = format_email_token(id, proof);
    auto const read = parse_email_token(text.reveal());
    REQUIRE(read);
    CHECK(read->id == id);
    CHECK(read->proof.same(proof));
}

TEST_CASE("what is not 48 bytes in base64url is no token of a link")
{
    auto const text = GENERATE(std::string(), std::string("x"), std::string(63, 'A'), std::string(65, 'A'), std::string(66, 'A'),
                               std::string(64, '='), std::string(64, '/'), std::string(129, 'A'), std::string(100'000, 'A'));
    CHECK_FALSE(parse_email_token(text));
    CHECK(parse_email_token(std::string(64, 'A')));
}

TEST_CASE("each kind of link is found by its name, and each refusal has one")
{
    for (auto const type : {email_token_type::verify_email, email_token_type::password_reset, email_token_type::magic_link})
        CHECK(email_token_type_named(name_of(type)) == type);
    CHECK_FALSE(email_token_type_named("verify_email"));
    CHECK(name_of(link_refusal::wrong_type) == "wrong_type");
    CHECK(name_of(link_refusal::wrong_secret) == "wrong_secret");
    CHECK(name_of(link_refusal::used) == "used");
    CHECK(name_of(link_refusal::expired) == "expired");
    CHECK(name_of(link_refusal::blocked) == "blocked");
    CHECK(name_of(link_refusal::cooling) == "cooling");
    CHECK(name_of(link_refusal::other_address) == "other_address");
    CHECK(name_of(link_block::superseded) == "SUPERSEDED");
    for (auto const source : {request_source::web, request_source::mobile, request_source::api})
        CHECK(request_source_named(name_of(source)) == source);
    CHECK_FALSE(request_source_named("fax"));
}
