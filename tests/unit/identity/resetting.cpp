#include "core/domain/base/text.hpp"
#include "tests/unit/access/together.hpp"
#include "tests/unit/access/world.hpp"

#include <algorithm>

using namespace mb;
using namespace mb::testing;
using namespace std::chrono_literals;

namespace {

constexpr std::string_view fresh_password = "another password";

std::string forge(std::string const& token)
{
    auto bytes = *parse_base64url(token);
    bytes.back() = static_cast<char>(bytes.back() ^ 1);
    return base64url(bytes);
}

struct forgetful : world {
    forgetful() { make_user("ana@example.org"); }

    outcome<answer<done>> ask(std::string_view email = "ana@example.org") { return request_reset(email, notify::language::en, request()); }
    /// The newest mail's link.
    std::string link() { return std::string(mails().at(0).message.link_token.reveal()); }
    std::string asked_link()
    {
        granted(ask());
        return link();
    }
    outcome<answer<done>> reset(std::string token, std::string_view password = fresh_password)
    {
        return reset_password({std::move(token), secret{password}, notify::language::en}, request());
    }
    identity::email_token stored(std::string const& token)
    {
        auto const found =
            ports::read(memory, [&](ports::transaction& tx) { return tx.email_tokens().find(identity::parse_email_token(token)->id); });
        REQUIRE(found);
        REQUIRE(*found);
        return **found;
    }
    /// Why the newest attempt failed.
    std::string reason()
    {
        for (auto const& row : events())
            if (row.type == audit::event_type::reset_failed) return value_of(row, "reason");
        return "";
    }
};

}  // namespace

TEST_CASE_METHOD(forgetful, "a reset link sets the password once, ends every session, and tells the owner")
{
    auto const before = enter("ana@example.org");
    auto const second = enter("ana@example.org");
    auto const token = asked_link();
    clock.advance(1min);
    granted(reset(token));

    CHECK(why(attempt("ana@example.org", "right password")) == problem::invalid_credentials);
    granted(attempt("ana@example.org", fresh_password));
    for (auto const& each : {before.family, second.family}) CHECK(family(each)->revoked_reason == tokens::revocation_reason::password_reset);
    CHECK(why(authenticate(before.access_token)) == problem::invalid_token);
    CHECK(mails().at(0).message.kind == notify::message_kind::password_changed);
    CHECK(mails().at(0).message.tongue == notify::language::en);
    CHECK(mails().at(0).message.link_token.empty());

    auto const used = stored(token);
    CHECK(used.used_at == clock.now());
    CHECK(used.used_from == identity::ip_hash{"hashed-address"});
    CHECK(used.used_user_agent == "agent");

    CHECK(why(reset(token, "yet another one")) == problem::link_invalid);
    CHECK(reason() == "used");
    granted(attempt("ana@example.org", fresh_password));
}

TEST_CASE_METHOD(forgetful, "a reset is an event that says what it ended and where it came from")
{
    enter("ana@example.org");
    auto const token = asked_link();
    auto const start = events().size();
    auto elsewhere = request();
    elsewhere.ip = identity::ip_hash{"elsewhere"};
    elsewhere.user_agent = "another agent";
    granted(reset_password({token, secret{fresh_password}, {}}, elsewhere));
    CHECK(event_names(start) == std::vector<std::string>{"RESET_COMPLETADO"});
    auto const row = events(1).front();
    CHECK(row.user == user("ana@example.org").id);
    CHECK(value_of(row, "sessions") == "1");
    CHECK(value_of(row, "address") == "other");
    CHECK(value_of(row, "agent") == "other");
}

TEST_CASE_METHOD(forgetful, "what the request of a link came from is kept")
{
    auto from = request();
    from.source = identity::request_source::mobile;
    granted(request_reset("ana@example.org", notify::language::es, from));
    auto const made = stored(link());
    CHECK(made.type == identity::email_token_type::password_reset);
    CHECK(made.source == identity::request_source::mobile);
    CHECK(made.requested_from == identity::ip_hash{"hashed-address"});
    CHECK(made.user_agent == "agent");
    CHECK(made.expires_at == clock.now() + 1h);
    CHECK(made.max_attempts == 3);
    CHECK_FALSE(made.mailed_at);
    clock.advance(2s);
    REQUIRE(deliver_mail({}));
    CHECK(stored(link()).mailed_at == clock.now());
}

TEST_CASE_METHOD(forgetful, "a reset link lives an hour, and not a microsecond longer")
{
    auto const token = asked_link();
    clock.advance(1h - 1us);
    SECTION("good until then") { granted(reset(token)); }
    SECTION("dead at it")
    {
        clock.advance(1us);
        CHECK(why(reset(token)) == problem::link_invalid);
        CHECK(reason() == "expired");
    }
}

TEST_CASE_METHOD(forgetful, "three failures block a reset link for the right secret too, and the owner is told")
{
    auto const token = asked_link();
    for (int i = 1; i <= 3; ++i) {
        CHECK(why(reset(forge(token))) == problem::link_invalid);
        CHECK(stored(token).failed_attempts == i);
        if (i < 3) CHECK_FALSE(stored(token).blocked_at);
        clock.advance(5min);
    }
    CHECK(stored(token).blocked_reason == "MAX_FAILED_ATTEMPTS");
    CHECK(std::ranges::count(event_names(), "ENLACE_BLOQUEADO") == 1);
    CHECK(mails().at(0).message.kind == notify::message_kind::link_attempts);
    CHECK(why(reset(token)) == problem::link_invalid);
    CHECK(reason() == "blocked");
    CHECK(std::ranges::count(event_names(), "ENLACE_BLOQUEADO") == 1);
    granted(attempt("ana@example.org", "right password"));
}

TEST_CASE_METHOD(forgetful, "right after a wrong secret the right one must wait, and is told how long")
{
    auto const token = asked_link();
    CHECK(why(reset(forge(token))) == problem::link_invalid);
    clock.advance(1min - 1us);
    auto const refused = denied(reset(token));
    CHECK(refused.why == problem::too_many_requests);
    CHECK(refused.retry_after == 1s);
    CHECK(stored(token).failed_attempts == 1);
    clock.advance(1us);
    granted(reset(token));
}

TEST_CASE_METHOD(forgetful, "a link that was guessed at is blocked when the right secret comes from elsewhere")
{
    auto const token = asked_link();
    CHECK(why(reset(forge(token))) == problem::link_invalid);
    clock.advance(2min);
    auto elsewhere = request();
    elsewhere.ip = identity::ip_hash{"elsewhere"};
    CHECK(why(reset_password({token, secret{fresh_password}, {}}, elsewhere)) == problem::link_invalid);
    CHECK(reason() == "other_address");
    CHECK(stored(token).blocked_reason == "IP_MISMATCH");
    CHECK(why(reset(token)) == problem::link_invalid);
}

TEST_CASE_METHOD(forgetful, "the sixth failure within half an hour ends every link of the account and lets none be mailed for a while")
{
    auto const first = asked_link();
    clock.advance(1min);
    auto const second = asked_link();
    clock.advance(1min);
    auto const third = asked_link();
    for (auto const& [token, times] : {std::pair{first, 3}, std::pair{second, 2}})
        for (int i = 0; i < times; ++i) {
            CHECK(why(reset(forge(token))) == problem::link_invalid);
            if (i + 1 < times) clock.advance(2min);
        }
    CHECK_FALSE(stored(third).blocked_at);
    clock.advance(4min);
    CHECK(why(reset(forge(second))) == problem::link_invalid);
    CHECK(stored(third).blocked_reason == "SUSPICIOUS_ACTIVITY");
    CHECK(why(reset(third)) == problem::link_invalid);

    auto const sent = mails().size();
    granted(ask());
    CHECK(mails().size() == sent);
    CHECK(value_of(events(1).front(), "result") == "suspicious");
    clock.advance(30min + 1us);
    granted(reset(asked_link()));
}

TEST_CASE_METHOD(forgetful, "asking answers the same for whoever asks, with one row each, and mails only whom it can help")
{
    auto off = make_user("off@example.org");
    off.status = identity::user_status::disabled;
    REQUIRE(memory.transact([&](ports::transaction& tx) { return tx.users().update(off); }));
    auto const [address, result, sent] = GENERATE(table<std::string, std::string, std::size_t>(
        {{"nobody@example.org", "unknown", 0}, {"off@example.org", "disabled", 0}, {"ANA@Example.ORG", "sent", 1}}));
    auto const before = events().size();
    granted(ask(address));
    CHECK(mails().size() == sent);
    CHECK(event_names(before) == std::vector<std::string>{"RESET_SOLICITADO"});
    CHECK(value_of(events(1).front(), "result") == result);
}

TEST_CASE_METHOD(forgetful, "asking with what is no address writes nothing")
{
    auto const before = dump();
    granted(ask("no address"));
    CHECK(dump() == before);
}

TEST_CASE_METHOD(forgetful, "one account gets one reset mail a minute")
{
    granted(ask());
    clock.advance(1min - 1us);
    granted(ask());
    CHECK(mails().size() == 1);
    CHECK(value_of(events(1).front(), "result") == "too_soon");
    clock.advance(1us);
    granted(ask());
    CHECK(mails().size() == 2);
}

TEST_CASE_METHOD(forgetful, "a weak new password leaves the link good, counts the look, and hashes nothing")
{
    auto const token = asked_link();
    auto const hashes = hasher.hashes();
    CHECK(broken(reset(token, "short")) == violations{{"/new_password", violation_code::too_short, "8"}});
    CHECK(broken(reset(token, std::string(1025, 'x'))) == violations{{"/new_password", violation_code::too_long, "1024"}});
    CHECK(hasher.hashes() == hashes);
    CHECK(stored(token).validations == 2);
    CHECK_FALSE(stored(token).used_at);
    granted(reset(token, std::string(1024, 'x')));
}

TEST_CASE_METHOD(forgetful, "nothing is hashed for a link that is no good")
{
    auto const hashes = hasher.hashes();
    for (auto const& text : {std::string(), std::string("x"), std::string(64, 'A'), std::string(100'000, 'A')})
        CHECK(why(reset(text)) == problem::link_invalid);
    CHECK(hasher.hashes() == hashes);
}

TEST_CASE_METHOD(forgetful, "a look at a link counts, uses nothing up, and is refused like a use")
{
    auto const token = asked_link();
    granted(check_reset(token, request()));
    CHECK(stored(token).validations == 1);
    CHECK(stored(token).last_attempt_at == clock.now());
    CHECK(audit::entry_of(events(1).front().type).name == "ENLACE_COMPROBADO");
    CHECK(why(check_reset(forge(token), request())) == problem::link_invalid);
    CHECK(stored(token).failed_attempts == 1);
    CHECK(audit::entry_of(events(1).front().type).name == "RESET_FALLIDO");
    CHECK(why(check_reset(token, request())) == problem::too_many_requests);
    clock.advance(1min);
    granted(reset(token));
    CHECK(why(check_reset(token, request())) == problem::link_invalid);
}

TEST_CASE_METHOD(forgetful, "a link that is looked at too often is blocked")
{
    auto const token = asked_link();
    for (int i = 0; i < 21; ++i) granted(check_reset(token, request()));
    CHECK(stored(token).blocked_reason == "SUSPICIOUS_ACTIVITY");
    CHECK(why(reset(token)) == problem::link_invalid);
}

TEST_CASE_METHOD(forgetful, "a reset ends the other links of the account")
{
    granted(ask());
    auto const older = link();
    clock.advance(1min);
    auto const newer = asked_link();
    granted(reset(newer));
    CHECK(stored(older).blocked_reason == "SUPERSEDED");
    CHECK(why(reset(older, "yet another one")) == problem::link_invalid);
}

TEST_CASE_METHOD(forgetful, "a reset lifts a lock, and works while there is one")
{
    for (int i = 0; i < 5; ++i) REQUIRE(attempt("ana@example.org", "wrong password"));
    CHECK(why(attempt("ana@example.org", "right password")) == problem::account_locked);
    granted(reset(asked_link()));
    granted(attempt("ana@example.org", fresh_password));
}

TEST_CASE_METHOD(forgetful, "a reset verifies the address, because its link came there")
{
    granted(register_user({"new@example.org", secret{std::string_view{"right password"}}, {}, {}, notify::language::es}, request()));
    granted(ask("new@example.org"));
    granted(reset(link()));
    granted(attempt("new@example.org", fresh_password));
}

TEST_CASE_METHOD(forgetful, "a link of another kind resets nothing")
{
    granted(register_user({"new@example.org", secret{std::string_view{"right password"}}, {}, {}, notify::language::es}, request()));
    auto const verification = link();
    CHECK(why(reset(verification)) == problem::link_invalid);
    CHECK(reason() == "wrong_type");
    CHECK(why(verify_email(asked_link(), request())) == problem::link_invalid);
}

TEST_CASE_METHOD(forgetful, "an account that was disabled after its link was mailed keeps its password")
{
    auto const token = asked_link();
    auto off = user("ana@example.org");
    off.status = identity::user_status::disabled;
    REQUIRE(memory.transact([&](ports::transaction& tx) { return tx.users().update(off); }));
    CHECK(why(reset(token)) == problem::link_invalid);
    CHECK(reason() == "disabled");
    CHECK(user("ana@example.org").password_hash == off.password_hash);
}

TEST_CASE_METHOD(forgetful, "of fifty uses of one reset link at once one sets the password")
{
    auto const token = asked_link();
    std::atomic<int> accepted = 0;
    together(50, [&](int i) {
        auto const said = reset(token, "password number " + std::to_string(i));
        if (said && said->granted() != nullptr) ++accepted;
    });
    CHECK(accepted == 1);
}

TEST_CASE_METHOD(forgetful, "a new password needs the current one, ends the other sessions, and tells the owner")
{
    auto const here = enter("ana@example.org");
    auto const there = enter("ana@example.org");
    granted(ask());
    auto const token = link();
    auto const start = events().size();
    granted(change_password({secret{std::string_view{"right password"}}, secret{fresh_password}, notify::language::en}, caller_of(here), request()));
    CHECK_FALSE(family(here.family)->revoked_at);
    CHECK(family(there.family)->revoked_reason == tokens::revocation_reason::password_reset);
    CHECK(event_names(start) == std::vector<std::string>{"PASSWORD_CHANGE"});
    CHECK(mails().at(0).message.kind == notify::message_kind::password_changed);
    CHECK(why(reset(token)) == problem::link_invalid);
    CHECK(why(attempt("ana@example.org", "right password")) == problem::invalid_credentials);
    granted(attempt("ana@example.org", fresh_password));
    granted(authenticate(here.access_token));
}

TEST_CASE_METHOD(forgetful, "guesses at the current password count like guesses at the login")
{
    auto const who = caller_of(enter("ana@example.org"));
    auto const change = [&](std::string_view current) { return change_password({secret{current}, secret{fresh_password}, {}}, who, request()); };
    for (int i = 0; i < 2; ++i) CHECK(why(change("wrong password")) == problem::invalid_credentials);
    for (int i = 0; i < 2; ++i) CHECK(why(attempt("ana@example.org", "wrong password")) == problem::invalid_credentials);
    CHECK(why(change("wrong password")) == problem::account_locked);
    CHECK(why(change("right password")) == problem::account_locked);
    CHECK(why(attempt("ana@example.org", "right password")) == problem::account_locked);
    clock.advance(30min);
    granted(change("right password"));
}

TEST_CASE_METHOD(forgetful, "a weak new password is refused before the current one is looked at")
{
    auto const who = caller_of(enter("ana@example.org"));
    auto const verifications = hasher.verifications();
    CHECK(broken(change_password({secret{std::string_view{"wrong password"}}, secret{std::string_view{"short"}}, {}}, who, request()))
          == violations{{"/new_password", violation_code::too_short, "8"}});
    CHECK(hasher.verifications() == verifications);
}
