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
    return std::holds_alternative<link_accepted>(decide_link(link, email_token_type::verify_email, right, now));
}

link_refusal refusal(email_token const& link, digest const& presented, instant now, email_token_type wanted = email_token_type::verify_email)
{
    auto const decided = decide_link(link, wanted, presented, now);
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
        CHECK(refusal(link, wrong, start) == link_refusal::wrong_secret);
        note_refusal(link, link_refusal::wrong_secret, start + 1min);
        CHECK(link.failed_attempts == i);
        CHECK(accepted(link, start));
    }
    note_refusal(link, link_refusal::wrong_secret, start + 2min);
    CHECK(link.failed_attempts == 3);
    CHECK(link.blocked_at == start + 2min);
    CHECK(link.blocked_reason == "MAX_FAILED_ATTEMPTS");
    CHECK(refusal(link, right, start + 3min) == link_refusal::blocked);
}

TEST_CASE("only a wrong secret counts towards the block")
{
    auto link = sent();
    for (auto const why : {link_refusal::used, link_refusal::expired, link_refusal::wrong_type, link_refusal::blocked})
        note_refusal(link, why, start);
    CHECK(link.failed_attempts == 0);
    CHECK_FALSE(link.blocked_at);
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
}
