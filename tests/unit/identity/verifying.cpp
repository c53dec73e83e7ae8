#include "core/domain/base/text.hpp"
#include "tests/unit/access/together.hpp"
#include "tests/unit/access/world.hpp"

#include <algorithm>

using namespace mb;
using namespace mb::testing;
using namespace std::chrono_literals;

namespace {

struct registered : world {
    registered() { granted(register_user({"ana@example.org", secret{std::string_view{"right password"}}, {}, {}, notify::language::es}, request())); }

    std::string link() { return std::string(mails().back().message.link_token.reveal()); }
    /// The link with another secret.
    std::string forged()
    {
        auto bytes = *parse_base64url(link());
        bytes.back() = static_cast<char>(bytes.back() ^ 1);
        return base64url(bytes);
    }
    identity::email_token stored()
    {
        auto const found = ports::read(memory, [&](ports::transaction& tx) {
            return tx.email_tokens().newest(user("ana@example.org").id, identity::email_token_type::verify_email);
        });
        REQUIRE(found);
        REQUIRE(*found);
        return **found;
    }
};

}  // namespace

TEST_CASE_METHOD(registered, "Email verification: login sin verificar -> 403 con code EMAIL_NO_VERIFICADO")
{
    CHECK(why(attempt("ana@example.org", "right password")) == problem::email_not_verified);
    CHECK(events(1).front().status_code == 403);
    CHECK(value_of(events(1).front(), "reason") == "EMAIL_NO_VERIFICADO");
    CHECK(why(attempt("ana@example.org", "wrong password")) == problem::invalid_credentials);
    granted(verify_email(link(), request()));
    granted(attempt("ana@example.org", "right password"));
}

TEST_CASE_METHOD(registered, "a link verifies once, and its use is written down")
{
    clock.advance(1h);
    granted(verify_email(link(), request()));
    CHECK(user("ana@example.org").email_verified);
    CHECK(audit::entry_of(events(1).front().type).name == "VERIFICACION_COMPLETADA");
    CHECK(events(1).front().user == user("ana@example.org").id);
    auto const used = stored();
    CHECK(used.used_at == clock.now());
    CHECK(used.used_from == identity::ip_hash{"hashed-address"});
    CHECK(used.used_user_agent == "agent");
    CHECK(used.requested_from == identity::ip_hash{"hashed-address"});
    CHECK(used.user_agent == "agent");

    CHECK(why(verify_email(link(), request())) == problem::link_invalid);
    CHECK(audit::entry_of(events(1).front().type).name == "VERIFICACION_FALLIDA");
    CHECK(value_of(events(1).front(), "reason") == "used");
}

TEST_CASE_METHOD(registered, "a link is alive a microsecond before its end, and dead at it")
{
    clock.advance(24h);
    CHECK(why(verify_email(link(), request())) == problem::link_invalid);
    CHECK_FALSE(user("ana@example.org").email_verified);
    clock.advance(-1us);
    granted(verify_email(link(), request()));
}

TEST_CASE_METHOD(registered, "three wrong secrets block a link for the right one too")
{
    for (int i = 1; i <= 3; ++i) {
        clock.advance(5min);
        CHECK(why(verify_email(forged(), request())) == problem::link_invalid);
        CHECK(stored().failed_attempts == i);
        CHECK(stored().last_attempt_at == clock.now());
    }
    CHECK(stored().blocked_at == clock.now());
    CHECK(stored().blocked_reason == "MAX_FAILED_ATTEMPTS");
    CHECK(std::ranges::count(event_names(), "ENLACE_BLOQUEADO") == 1);
    clock.advance(5min);
    CHECK(why(verify_email(link(), request())) == problem::link_invalid);
    CHECK(value_of(events(1).front(), "reason") == "blocked");
    CHECK_FALSE(user("ana@example.org").email_verified);
}

TEST_CASE_METHOD(registered, "two wrong secrets leave the link good")
{
    for (int i = 0; i < 2; ++i) {
        CHECK(why(verify_email(forged(), request())) == problem::link_invalid);
        clock.advance(5min);
    }
    granted(verify_email(link(), request()));
}

TEST_CASE_METHOD(registered, "what is no link is invalid like any other, and only the event says why")
{
    auto const [text, reason] = GENERATE(table<std::string, std::string>({
        {"", "malformed"},
        {"x", "malformed"},
        {std::string(64, 'A'), "unknown"},
        {std::string(100'000, 'A'), "malformed"},
    }));
    CHECK(why(verify_email(text, request())) == problem::link_invalid);
    CHECK(value_of(events(1).front(), "reason") == reason);
    CHECK_FALSE(events(1).front().user);
}

TEST_CASE_METHOD(registered, "of fifty uses of one link at once one is accepted")
{
    auto const text = link();
    std::atomic<int> accepted = 0;
    together(50, [&](int) {
        auto const said = verify_email(text, request());
        if (said->granted() != nullptr) ++accepted;
    });
    CHECK(accepted == 1);
}

TEST_CASE_METHOD(registered, "asking again sends another link, at most one each minute")
{
    clock.advance(60s - 1us);
    granted(resend_verification("ana@example.org", notify::language::en, request()));
    CHECK(mails().size() == 1);
    CHECK(value_of(events(1).front(), "result") == "too_soon");
    clock.advance(1us);
    granted(resend_verification("ANA@example.org", notify::language::en, request()));
    REQUIRE(mails().size() == 2);
    CHECK(mails()[0].message.tongue == notify::language::en);
    CHECK(audit::entry_of(events(1).front().type).name == "VERIFICACION_REENVIADA");
    CHECK(value_of(events(1).front(), "result") == "sent");
    granted(resend_verification("ana@example.org", notify::language::en, request()));
    CHECK(mails().size() == 2);
    granted(verify_email(link(), request()));
}

TEST_CASE_METHOD(registered, "asking for an unknown, a verified or a disabled account is done too, with one row and no mail")
{
    clock.advance(1h);
    granted(verify_email(link(), request()));
    make_user("off@example.org");
    auto off = user("off@example.org");
    off.status = identity::user_status::disabled;
    off.email_verified = false;
    REQUIRE(memory.transact([&](ports::transaction& tx) { return tx.users().update(off); }));
    auto const [address, result] = GENERATE(
        table<std::string, std::string>({{"nobody@example.org", "unknown"}, {"ana@example.org", "verified"}, {"off@example.org", "disabled"}}));
    auto const before = events().size();
    granted(resend_verification(address, notify::language::es, request()));
    CHECK(mails().size() == 1);
    CHECK(event_names(before) == std::vector<std::string>{"VERIFICACION_REENVIADA"});
    CHECK(value_of(events(1).front(), "result") == result);
}

TEST_CASE_METHOD(registered, "asking with what is no address is done too, and writes nothing")
{
    auto const before = dump();
    granted(resend_verification("no address", notify::language::es, request()));
    CHECK(dump() == before);
}
