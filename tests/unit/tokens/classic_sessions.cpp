#include "tests/unit/access/world.hpp"

using namespace mb;
using namespace mb::testing;
using namespace std::chrono_literals;
using tokens::address_binding;
using tokens::session_standing;

namespace {

constexpr instant start = from_micros(1'769'250'600'000'000);

tokens::session begun()
{
    tokens::session held;
    held.ip = {"home"};
    held.last_seen_at = start;
    held.expires_at = start + 24h * 7;
    return held;
}

struct classic : world {
    classic() { make_user("ana@example.org"); }

    usecases::opened_session open() { return entered(open_session({"ana@example.org", secret{std::string_view{"right password"}}}, request())); }
    audit::origin elsewhere()
    {
        auto from = request();
        from.ip = identity::ip_hash{"elsewhere"};
        return from;
    }
    tokens::session stored(usecases::opened_session const& which)
    {
        auto const found =
            ports::read(memory, [&](ports::transaction& tx) { return tx.sessions().find_access(digests.sha256(which.cookie.reveal())); });
        REQUIRE(found);
        REQUIRE(*found);
        return (*found)->session;
    }
};

}  // namespace

TEST_CASE("a session ends at its end, or when it was not seen for too long, and not a tick before")
{
    tokens::session_policy const policy;
    auto held = begun();
    auto const at = [&](instant now) { return tokens::decide_session(held, identity::ip_hash{"home"}, policy, now); };
    CHECK(at(start + 12h - 1us) == session_standing::good);
    CHECK(at(start + 12h) == session_standing::expired);
    held.last_seen_at = start + 24h * 7 - 1h;
    CHECK(at(start + 24h * 7 - 1us) == session_standing::good);
    CHECK(at(start + 24h * 7) == session_standing::expired);
    tokens::end(held, tokens::session_end::logout, start);
    tokens::end(held, tokens::session_end::admin, start + 1h);
    CHECK(held.revoked_reason == tokens::session_end::logout);
    CHECK(held.revoked_at == start);
    CHECK(at(start + 24h * 8) == session_standing::revoked);
}

TEST_CASE("what another address means is for the setting to say")
{
    auto const held = begun();
    auto const from = [&](address_binding binding, std::optional<identity::ip_hash> const& where) {
        return tokens::decide_session(held, where, {.binding = binding}, start);
    };
    for (auto const binding : {address_binding::strict, address_binding::log, address_binding::off})
        CHECK(from(binding, identity::ip_hash{"home"}) == session_standing::good);
    CHECK(from(address_binding::strict, identity::ip_hash{"away"}) == session_standing::other_address);
    CHECK(from(address_binding::strict, std::nullopt) == session_standing::other_address);
    CHECK(from(address_binding::log, identity::ip_hash{"away"}) == session_standing::moved);
    CHECK(from(address_binding::off, identity::ip_hash{"away"}) == session_standing::good);
}

TEST_CASE("each end of a session is found by its name")
{
    using tokens::session_end;
    for (auto const why : {session_end::logout, session_end::global_logout, session_end::password_reset, session_end::admin,
                           session_end::restored_backup, session_end::expired, session_end::other_address})
        CHECK(tokens::session_end_named(tokens::name_of(why)) == why);
    CHECK_FALSE(tokens::session_end_named("tired"));
}

TEST_CASE_METHOD(classic, "a session is begun with a password, and its cookie is stored nowhere")
{
    auto const opened = open();
    CHECK(opened.cookie.size() == 43);
    CHECK(audit::entry_of(events(1).front().type).name == "LOGIN_EXITOSO");
    CHECK(attempts().at(0).session == tokens::family_id{opened.session.id.bytes});
    auto const held = stored(opened);
    CHECK(held.owner == user("ana@example.org").id);
    CHECK(held.ip == identity::ip_hash{"hashed-address"});
    CHECK(held.user_agent == "agent");
    CHECK(held.expires_at == clock.now() + 24h * 7);
    CHECK(granted(check_session(opened.cookie.reveal(), request())).owner.id == held.owner);
    for (auto const* text : {"", "x", "not the cookie"}) CHECK(why(check_session(text, request())) == problem::invalid_token);
}

TEST_CASE_METHOD(classic, "being seen keeps a session alive, and is written by the job")
{
    auto const opened = open();
    for (int i = 0; i < 3; ++i) {
        clock.advance(11h);
        granted(check_session(opened.cookie.reveal(), request()));
        CHECK(stored(opened).last_seen_at < clock.now());
        REQUIRE(recent_uses.flush(store));
        CHECK(stored(opened).last_seen_at == clock.now());
    }
    clock.advance(12h);
    CHECK(why(check_session(opened.cookie.reveal(), request())) == problem::expired_token);
}

TEST_CASE_METHOD(classic, "a session that expired is an event once")
{
    auto const opened = open();
    clock.advance(12h);
    auto const before = events().size();
    CHECK(why(check_session(opened.cookie.reveal(), request())) == problem::expired_token);
    CHECK(why(check_session(opened.cookie.reveal(), request())) == problem::invalid_token);
    CHECK(event_names(before) == std::vector<std::string>{"SESSION_EXPIRED"});
    CHECK(value_of(events(1).front(), "reason") == "idle");
    CHECK(stored(opened).revoked_reason == tokens::session_end::expired);
}

TEST_CASE_METHOD(classic, "a cookie that comes from another address ends its session")
{
    auto const opened = open();
    auto const before = events().size();
    CHECK(why(check_session(opened.cookie.reveal(), elsewhere())) == problem::invalid_token);
    CHECK(event_names(before) == std::vector<std::string>{"SESSION_INVALIDATED"});
    CHECK(stored(opened).revoked_reason == tokens::session_end::other_address);
    CHECK(why(check_session(opened.cookie.reveal(), request())) == problem::invalid_token);
}

TEST_CASE_METHOD(classic, "where addresses are only logged, a session moves with one event a move")
{
    auto const opened = open();
    usecases::check_session const lenient{store, clock, random, digests, recent_uses, {.binding = address_binding::log}, watch};
    auto const before = events().size();
    for (int i = 0; i < 3; ++i) granted(lenient(opened.cookie.reveal(), elsewhere()));
    CHECK(event_names(before) == std::vector<std::string>{"ANOMALIA_SESION_INUSUAL"});
    granted(lenient(opened.cookie.reveal(), request()));
    CHECK(events().size() == before + 2);
}

TEST_CASE_METHOD(classic, "a logout ends a session once, from wherever it comes")
{
    auto const opened = open();
    granted(close_session(opened.cookie.reveal(), elsewhere()));
    CHECK(audit::entry_of(events(1).front().type).name == "LOGOUT");
    CHECK(stored(opened).revoked_reason == tokens::session_end::logout);
    CHECK(why(close_session(opened.cookie.reveal(), request())) == problem::invalid_token);
    CHECK(why(close_session("no cookie", request())) == problem::invalid_token);
    CHECK(why(check_session(opened.cookie.reveal(), request())) == problem::invalid_token);
}

TEST_CASE_METHOD(classic, "what ends every session ends classic ones too")
{
    auto const opened = open();
    auto const pair = enter("ana@example.org");
    SECTION("logging out everywhere")
    {
        CHECK(granted(log_out_everywhere(caller_of(pair), request())).count == 2);
        CHECK(stored(opened).revoked_reason == tokens::session_end::global_logout);
    }
    SECTION("disabling the account")
    {
        granted(change_user(user("ana@example.org").id, {{}, identity::user_status::disabled}, admin(), request()));
        CHECK(value_of(events(1).front(), "sessions") == "2");
        CHECK(stored(opened).revoked_reason == tokens::session_end::admin);
    }
    SECTION("a new password")
    {
        granted(change_password({secret{std::string_view{"right password"}}, secret{std::string_view{"another password"}}, {}}, caller_of(pair),
                                request()));
        CHECK(stored(opened).revoked_reason == tokens::session_end::password_reset);
    }
    CHECK(why(check_session(opened.cookie.reveal(), request())) == problem::invalid_token);
}

TEST_CASE_METHOD(classic, "sessions that ended are purged")
{
    open();
    granted(close_session(open().cookie.reveal(), request()));
    auto const first = purge();
    REQUIRE(first);
    CHECK(first->sessions == 1);
    clock.advance(24h * 7 - 1us);
    CHECK(purge()->sessions == 0);
    clock.advance(1us);
    CHECK(purge()->sessions == 1);
}

TEST_CASE_METHOD(classic, "a password with each request is looked at like one at the login, and begins nothing")
{
    auto const prove = [&](std::string_view password) { return prove_password({"ana@example.org", secret{password}}, request()); };
    CHECK(granted(prove("right password")).id == user("ana@example.org").id);
    CHECK(granted(list_sessions({user("ana@example.org"), std::nullopt, catalogues.current(), {}}, std::nullopt, 10)).families.empty());
    for (int i = 0; i < 4; ++i) CHECK(why(prove("wrong password")) == problem::invalid_credentials);
    CHECK(why(prove("wrong password")) == problem::account_locked);
    CHECK(why(attempt("ana@example.org", "right password")) == problem::account_locked);
    CHECK(why(prove_password({"nobody", secret{std::string_view{"right password"}}}, request())) == problem::invalid_credentials);
    CHECK(hasher.verified_decoy_last());
}
