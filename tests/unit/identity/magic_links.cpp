#include "core/domain/base/text.hpp"
#include "tests/unit/access/together.hpp"
#include "tests/unit/access/world.hpp"

using namespace mb;
using namespace mb::testing;
using namespace std::chrono_literals;

namespace {

struct passwordless : world {
    passwordless() { make_user("ana@example.org"); }

    std::string link(std::string const& email = "ana@example.org")
    {
        granted(send_magic_link(email, notify::language::es, request()));
        return std::string(mails().at(0).message.link_token.reveal());
    }
    std::string reason() { return value_of(events(1).front(), "reason"); }
};

}  // namespace

TEST_CASE_METHOD(passwordless, "a magic link gives tokens once")
{
    auto const token = link();
    CHECK(audit::entry_of(events(1).front().type).name == "MAGIC_LINK_ENVIADO");
    CHECK(mails().at(0).message.kind == notify::message_kind::magic_link);
    auto const pair = entered(log_in_by_link(token, "", request()));
    CHECK(granted(authenticate(pair.access_token)).user.id == user("ana@example.org").id);
    CHECK(user("ana@example.org").last_login_at == clock.now());
    auto const row = events(1).front();
    CHECK(audit::entry_of(row.type).name == "MAGIC_LINK_VERIFICADO");
    CHECK(value_of(row, "session") == pair.family.text());
    CHECK(why(log_in_by_link(token, "", request())) == problem::link_invalid);
    CHECK(audit::entry_of(events(1).front().type).name == "MAGIC_LINK_FALLIDO");
    CHECK(reason() == "used");
}

TEST_CASE_METHOD(passwordless, "a magic link lives ten minutes, and not a microsecond longer")
{
    auto const token = link();
    clock.advance(10min - 1us);
    SECTION("good until then") { entered(log_in_by_link(token, "", request())); }
    SECTION("dead at it")
    {
        clock.advance(1us);
        CHECK(why(log_in_by_link(token, "", request())) == problem::link_invalid);
        CHECK(audit::entry_of(events(1).front().type).name == "MAGIC_LINK_EXPIRADO");
    }
}

TEST_CASE_METHOD(passwordless, "asking for a magic link writes one row for whoever asks, and mails only who can use it")
{
    auto off = make_user("off@example.org");
    off.status = identity::user_status::disabled;
    REQUIRE(memory.transact([&](ports::transaction& tx) { return tx.users().update(off); }));
    auto const [address, result, sent] = GENERATE(table<std::string, std::string, std::size_t>(
        {{"nobody@example.org", "unknown", 0}, {"off@example.org", "disabled", 0}, {"Ana@Example.org", "sent", 1}}));
    auto const before = events().size();
    granted(send_magic_link(address, notify::language::es, request()));
    CHECK(mails().size() == sent);
    CHECK(event_names(before) == std::vector<std::string>{"MAGIC_LINK_ENVIADO"});
    CHECK(value_of(events(1).front(), "result") == result);
}

TEST_CASE_METHOD(passwordless, "a locked account keeps its magic link until the lock is over")
{
    auto const token = link();
    for (int i = 0; i < 5; ++i) REQUIRE(attempt("ana@example.org", "wrong password"));
    auto const refused = denied(log_in_by_link(token, "", request()));
    CHECK(refused.why == problem::account_locked);
    CHECK(refused.retry_after == 30min);
    granted(unlock_user(user("ana@example.org").id, admin(), request()));
    entered(log_in_by_link(token, "", request()));
}

TEST_CASE_METHOD(passwordless, "the first proof of an address takes from an account what its maker may know")
{
    granted(register_user({"new@example.org", secret{std::string_view{"right password"}}, {}, {}, notify::language::es}, request()));
    auto const pair = entered(log_in_by_link(link("new@example.org"), "", request()));
    CHECK(user("new@example.org").email_verified);
    CHECK_FALSE(user("new@example.org").password_hash);
    CHECK(why(attempt("new@example.org", "right password")) == problem::invalid_credentials);
    granted(authenticate(pair.access_token));

    clock.advance(1min);
    entered(log_in_by_link(link(), "", request()));
    CHECK(user("ana@example.org").password_hash);
}

TEST_CASE_METHOD(passwordless, "of fifty uses of one magic link at once one logs in")
{
    auto const token = link();
    std::atomic<int> accepted = 0;
    together(50, [&](int) {
        auto const said = log_in_by_link(token, "", request());
        if (said && said->granted() != nullptr) ++accepted;
    });
    CHECK(accepted == 1);
}

TEST_CASE_METHOD(passwordless, "three wrong secrets block a magic link")
{
    auto const token = link();
    auto bytes = *parse_base64url(token);
    bytes.back() = static_cast<char>(bytes.back() ^ 1);
    CHECK(why(log_in_by_link(base64url(bytes), "", request())) == problem::link_invalid);
    CHECK(why(log_in_by_link(token, "", request())) == problem::too_many_requests);
    clock.advance(1min);
    entered(log_in_by_link(token, "", request()));
}
