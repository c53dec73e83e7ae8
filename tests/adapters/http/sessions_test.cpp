#include "core/domain/base/text.hpp"
#include "tests/adapters/http/in_process.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <chrono>
#include <vector>

using namespace mb;
using namespace mb::http;
using namespace mb::http::testing;

namespace {

field_list with_refresh(std::string_view cookie) { return {from_origin(own_origin), cookies({{"__Host-refresh", cookie}})}; }

reply refresh(in_process& server, std::string_view cookie) { return server.ask("POST /api/v1/jwt/refresh", with_refresh(cookie)); }

reply me(in_process& server, std::string_view access) { return server.ask("GET /api/v1/user/me", bearer(access)); }

/// The parts of a token, decoded.
std::vector<std::string> parts_of(std::string_view token)
{
    std::vector<std::string> parts;
    for (;;) {
        auto const dot = token.find('.');
        parts.push_back(parse_base64url(token.substr(0, dot)).value_or(""));
        if (dot == std::string_view::npos) return parts;
        token.remove_prefix(dot + 1);
    }
}

reply as_reply(std::string json)
{
    reply read;
    read.body = std::move(json);
    return read;
}

}  // namespace

TEST_CASE("a login gives an access token and a refresh cookie that no script reads")
{
    in_process server;
    auto const said = server.ask("POST /api/v1/auth/login", {}, object_of({{"email", server.someone()}, {"password", right_password}}));
    CHECK(said.at("/token_type") == "Bearer");
    CHECK(said.at("/expires_in") == "900");
    CHECK(said.count("Set-Cookie") == 2);
    for (auto const& [name, value] : said.fields) {
        if (name != "Set-Cookie") continue;
        for (std::string const attribute : {"; HttpOnly", "; SameSite=Strict", "; Path=/;", "; Secure", "; Max-Age="}) {
            INFO(value << attribute);
            CHECK(value.find(attribute) != std::string::npos);
        }
    }
    CHECK(said.body.find(*said.cookie("__Host-refresh")) == std::string::npos);
}

TEST_CASE("an access token says who and until when, and nothing that names a person")
{
    in_process server;
    auto const who = server.log_in_someone();
    auto const parts = parts_of(who.access);
    REQUIRE(parts.size() == 3);
    CHECK(as_reply(parts[0]).at("/alg") == "HS256");
    auto const claims = as_reply(parts[1]);
    CHECK(claims.at("/sub") == who.user);
    CHECK(claims.at("/iss") == own_origin);
    CHECK(std::stoll(claims.at("/exp")) - std::stoll(claims.at("/iat")) == 900);
    CHECK(parts[1].find(who.email) == std::string::npos);
}

TEST_CASE("cookies of a server on localhost are for plain text")
{
    in_process_options options;
    options.settings.public_url = "http://localhost:8080";
    options.settings.secure_cookies = false;
    options.settings.hsts = false;
    in_process server(std::move(options));
    auto const said = server.ask("POST /api/v1/auth/login", {}, object_of({{"email", server.someone()}, {"password", right_password}}));
    CHECK(said.cookie("refresh"));
    CHECK(said.cookie("dev"));
    CHECK(said.field("Set-Cookie").find("Secure") == std::string::npos);
    CHECK(said.count("Strict-Transport-Security") == 0);
    auto const opened = server.ask("POST /api/v1/session/login", {}, object_of({{"email", server.someone()}, {"password", right_password}}));
    CHECK(opened.cookie("session"));
}

TEST_CASE("a refresh token is spent for a new pair")
{
    in_process server;
    auto const who = server.log_in_someone();
    server.clock.advance(std::chrono::minutes{5});
    auto const next = refresh(server, who.refresh);
    CHECK(next.status == 200);
    CHECK(next.cookie("__Host-refresh") != who.refresh);
    CHECK(me(server, next.at("/access_token")).at("/email") == who.email);
}

TEST_CASE("a spent refresh token that comes back ends its session and is written down")
{
    in_process server;
    auto const who = server.log_in_someone();
    auto const next = refresh(server, who.refresh);
    server.clock.advance(std::chrono::minutes{1});
    auto const stolen = refresh(server, who.refresh);
    CHECK(stolen.status == 401);
    CHECK(stolen.code() == "TOKEN_ROBO_DETECTADO");
    CHECK(stolen.cookie("__Host-refresh") == "");
    CHECK(me(server, next.at("/access_token")).status == 401);
    CHECK(refresh(server, *next.cookie("__Host-refresh")).status == 401);
    CHECK(server.events("TOKEN_ROBO_DETECTADO") == 1);
}

TEST_CASE("the loser of a race of two refreshes is told so, keeps its cookie, and the session lives")
{
    in_process server;
    auto const who = server.log_in_someone();
    server.clock.advance(std::chrono::minutes{1});
    auto const both_began = server.clock.now();
    server.clock.advance(std::chrono::milliseconds{20});
    server.begun = both_began;
    auto const winner = refresh(server, who.refresh);
    auto const loser = refresh(server, who.refresh);
    CHECK(winner.status == 200);
    CHECK(loser.status == 401);
    CHECK(loser.code() == "REFRESH_CONCURRENTE");
    CHECK(loser.count("Set-Cookie") == 0);
    server.begun.reset();
    CHECK(refresh(server, *winner.cookie("__Host-refresh")).status == 200);
}

TEST_CASE("of two refreshes at the same time one wins, and the session lives")
{
    in_process server;
    auto cookie = server.log_in_someone().refresh;
    for (int round = 0; round < 200; ++round) {
        server.clock.advance(std::chrono::seconds{1});
        server.begun = server.clock.now();
        server.writing.close();
        auto const first = server.begin("POST /api/v1/jwt/refresh", with_refresh(cookie));
        auto const second = server.begin("POST /api/v1/jwt/refresh", with_refresh(cookie));
        server.writing.wait_for(2);
        server.writing.open();
        auto said = std::vector{first.wait(), second.wait()};
        std::ranges::sort(said, {}, &reply::status);
        REQUIRE(said[0].status == 200);
        REQUIRE(said[1].status == 401);
        REQUIRE(said[1].code() == "REFRESH_CONCURRENTE");
        cookie = said[0].cookie("__Host-refresh").value();
    }
    CHECK(refresh(server, cookie).status == 200);
}

TEST_CASE("an access token opens nothing after its fifteen minutes")
{
    in_process server;
    auto const who = server.log_in_someone();
    server.clock.advance(std::chrono::seconds{899});
    CHECK(me(server, who.access).status == 200);
    server.clock.advance(std::chrono::seconds{1});
    auto const late = me(server, who.access);
    CHECK(late.status == 401);
    CHECK(late.code() == "TOKEN_EXPIRADO");
    CHECK(late.field("WWW-Authenticate").find("error=\"invalid_token\"") != std::string::npos);
}

TEST_CASE("a refresh token opens nothing after its seven days")
{
    in_process server;
    auto const who = server.log_in_someone();
    server.clock.advance(std::chrono::days{7} + std::chrono::seconds{1});
    auto const late = refresh(server, who.refresh);
    CHECK(late.status == 401);
    CHECK(late.cookie("__Host-refresh") == "");
}

TEST_CASE("a token that was tampered with is no token")
{
    in_process server;
    auto const who = server.log_in_someone();
    auto const& good = who.access;
    auto const dot = good.find('.');
    auto const last = good.rfind('.');
    auto const payload = good.substr(dot, last - dot);
    auto const header = [](std::string_view alg) { return base64url(R"({"alg":")" + std::string(alg) + R"(","typ":"JWT","kid":"x"})"); };
    for (auto const& bad : {header("none") + payload + '.', header("RS256") + good.substr(dot), header("HS512") + good.substr(dot), good + 'A',
                            good.substr(0, good.size() - 1), good.substr(0, last), good + ".x", good + '=', who.refresh, std::string("...."),
                            std::string("a"), std::string("%%%.%%%.%%%"), std::string("e30.e30.e30"), std::string(6000, 'x')}) {
        auto const said = me(server, bad);
        CHECK(said.status == 401);
        CHECK(said.code() == "TOKEN_INVALIDO");
    }
    CHECK(refresh(server, good).status == 401);
}

TEST_CASE("a bearer is named so, in any case")
{
    in_process server;
    auto const who = server.log_in_someone();
    for (auto const& scheme : {std::string("Basic x"), std::string("Bearer"), std::string("Bearer "), "Token " + who.access, who.access})
        CHECK(server.ask("GET /api/v1/user/me", {{"Authorization", scheme}}).status == 401);
    CHECK(server.ask("GET /api/v1/user/me", {{"Authorization", "bEaReR " + who.access}}).status == 200);
}

TEST_CASE("a logout is felt at the next request")
{
    in_process server;
    auto const who = server.log_in_someone();
    auto const out = server.ask("POST /api/v1/auth/logout", with_refresh(who.refresh));
    CHECK(out.status == 204);
    CHECK(out.cookie("__Host-refresh") == "");
    CHECK(me(server, who.access).status == 401);
    CHECK(refresh(server, who.refresh).status == 401);
}

TEST_CASE("a logout that the database could not write keeps the cookie")
{
    in_process server;
    auto const who = server.log_in_someone();
    server.store().fail_next(fakes::outage_store::stage::begin, errc::unavailable);
    auto const out = server.ask("POST /api/v1/auth/logout", with_refresh(who.refresh));
    CHECK(out.status == 503);
    CHECK(out.count("Set-Cookie") == 0);
    CHECK(server.ask("POST /api/v1/auth/logout", with_refresh(who.refresh)).status == 204);
}

TEST_CASE("logging out everywhere ends every session, and says how many")
{
    in_process server;
    auto const here = server.log_in_someone();
    auto const there = server.log_in(here.email);
    auto const said = server.ask("POST /api/v1/jwt/logout-all", bearer(here));
    CHECK(said.at("/revoked") == "2");
    CHECK(said.cookie("__Host-refresh") == "");
    CHECK(me(server, here.access).status == 401);
    CHECK(me(server, there.access).status == 401);
}

TEST_CASE("logging out everywhere that failed clears no cookie")
{
    in_process server;
    auto const who = server.log_in_someone();
    server.store().fail_next(fakes::outage_store::stage::begin, errc::busy);
    auto const said = server.ask("POST /api/v1/jwt/logout-all", bearer(who));
    CHECK(said.status == 503);
    CHECK(said.code() == "SERVIDOR_SOBRECARGADO");
    CHECK(said.count("Set-Cookie") == 0);
}

TEST_CASE("sessions are listed a page at a time, and one of them is this one")
{
    in_process server;
    auto const who = server.log_in_someone();
    for (int i = 0; i < 2; ++i) (void)server.log_in(who.email);
    auto const first = server.ask("GET /api/v1/jwt/sessions?limit=2", bearer(who));
    CHECK(first.size("/data") == 2);
    CHECK(first.at("/hasMore") == "true");
    auto const rest = server.ask("GET /api/v1/jwt/sessions?limit=2&cursor=" + first.at("/nextCursor"), bearer(who));
    CHECK(rest.size("/data") == 1);
    CHECK(rest.at("/hasMore") == "false");
    CHECK(rest.at("/nextCursor") == "null");
    int current = 0;
    for (auto const* page : {&first, &rest})
        for (std::size_t i = 0; i < page->size("/data"); ++i) current += page->at("/data/" + std::to_string(i) + "/current") == "true" ? 1 : 0;
    CHECK(current == 1);
}

TEST_CASE("a page of sessions has at least one and at most a hundred")
{
    in_process server;
    auto const who = server.log_in_someone();
    for (std::string const limit : {"1", "100"}) CHECK(server.ask("GET /api/v1/jwt/sessions?limit=" + limit, bearer(who)).status == 200);
    for (std::string const limit : {"0", "101", "-1", "x", "1x", ""}) {
        auto const said = server.ask("GET /api/v1/jwt/sessions?limit=" + limit, bearer(who));
        CHECK(said.status == 400);
        CHECK(said.code() == "PARAMETRO_INVALIDO");
    }
}

TEST_CASE("one session is ended by its owner and by nobody else")
{
    in_process server;
    auto const here = server.log_in_someone();
    auto const there = server.log_in(here.email);
    auto const stranger = server.log_in_someone();
    auto const page = server.ask("GET /api/v1/jwt/sessions", bearer(here));
    auto const other = page.at("/data/0/current") == "true" ? page.at("/data/1/id") : page.at("/data/0/id");
    for (auto const& [who, id] : {std::pair{stranger, other}, std::pair{here, std::string("x")}, std::pair{here, std::string(unknown_id)}}) {
        auto const refused = server.ask("DELETE /api/v1/jwt/sessions/" + id, bearer(who));
        CHECK(refused.status == 404);
        CHECK(refused.code() == "SESION_NO_ENCONTRADA");
    }
    CHECK(server.ask("DELETE /api/v1/jwt/sessions/" + other, bearer(here)).status == 204);
    CHECK(me(server, here.access).status == 200);
    CHECK(me(server, there.access).status == 401);
}

TEST_CASE("a cursor is of one account, and whole")
{
    in_process server;
    auto const mine = server.log_in_someone();
    auto const theirs = server.log_in_someone();
    (void)server.log_in(theirs.email);
    auto const cursor = server.ask("GET /api/v1/jwt/sessions?limit=1", bearer(theirs)).at("/nextCursor");
    for (auto const& bad : {cursor, std::string("x"), std::string()}) {
        auto const said = server.ask("GET /api/v1/jwt/sessions?cursor=" + bad, bearer(mine));
        CHECK(said.status == 400);
        CHECK(said.code() == "CURSOR_INVALIDO");
    }
}

TEST_CASE("a refused login is written with its request")
{
    in_process server;
    field_list const sent{{"X-Correlation-ID", "0196f0f0-1234-4abc-8def-001122334455"}, {"User-Agent", "robot\x01 \xc3\xb1"}};
    (void)server.ask("POST /api/v1/auth/login", sent, object_of({{"email", "nobody@example.org"}, {"password", "x"}}));
    auto const page = server.ask("GET /api/v1/admin/audit?event=LOGIN_FALLIDO", bearer(server.admin()));
    CHECK(page.at("/data/0/correlation_id") == "0196f0f0-1234-4abc-8def-001122334455");
    CHECK(page.at("/data/0/endpoint") == "/api/v1/auth/login");
    CHECK(page.at("/data/0/http_method") == "POST");
    CHECK(page.at("/data/0/status_code") == "401");
    CHECK(page.at("/data/0/user_agent") == "robot? ??");
    CHECK(page.body.find("192.0.2.7") == std::string::npos);
}

TEST_CASE("a token of a key that was replaced is good until it ends")
{
    in_process server;
    auto const admin = server.admin();
    auto const events = server.events("CLAVE_JWT_ROTADA");
    auto const made = server.ask("POST /api/v1/admin/keys/rotate", bearer(admin));
    CHECK(made.status == 201);
    CHECK(me(server, admin.access).status == 200);
    auto const fresh = server.admin();
    CHECK(as_reply(parts_of(fresh.access)[0]).at("/kid") == made.at("/kid"));
    auto const listed = server.ask("GET /api/v1/admin/keys", bearer(fresh));
    CHECK(listed.size("/data") == 2);
    CHECK(server.events("CLAVE_JWT_ROTADA") == events + 1);
}
