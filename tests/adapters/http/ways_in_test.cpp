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

field_list const page_reader{{"Accept", "text/html"}};
field_list const program{{"Accept", "application/json"}};

std::pair<std::string, std::string> basic(std::string_view name, std::string_view password)
{
    return {"Authorization", "Basic " + base64(std::string(name) + ':' + std::string(password))};
}

reply open_classic(in_process& server, std::string_view email, std::string_view password = right_password)
{
    return server.ask("POST /api/v1/session/login", {}, object_of({{"email", email}, {"password", password}}));
}

std::pair<std::string, std::string> classic(reply const& opened)
{
    return cookies({{"__Host-session", opened.cookie("__Host-session").value_or("")}});
}

/// The path of a link that logs in.
std::string magic_link(in_process& server, std::string_view email)
{
    REQUIRE(server.ask("POST /api/v1/magic/send", {}, object_of({{"email", email}})).status == 200);
    return "/api/v1/magic/verify?token=" + server.mailed(email);
}

}  // namespace

TEST_CASE("a name and a password with the request show the account")
{
    in_process server;
    auto const email = server.someone();
    auto const said = server.ask("GET /api/v1/basic/protected", {basic(email, right_password)});
    CHECK(said.status == 200);
    CHECK(said.at("/email") == email);
    CHECK(said.count("Set-Cookie") == 0);
}

TEST_CASE("what is no name with its password is refused, whatever is wrong with it")
{
    in_process server;
    auto const who = server.log_in_someone();
    for (auto const& sent : {basic(who.email, "wrong password"),
                             basic("nobody", "x"),
                             {"Authorization", "Basic"},
                             {"Authorization", "Basic %%%"},
                             {"Authorization", "Basic " + base64("nocolon")},
                             {"Authorization", "Basic " + base64("\xff:x")},
                             std::pair<std::string, std::string>{"Authorization", "Bearer " + who.access}}) {
        INFO(sent.second);
        auto const said = server.ask("GET /api/v1/basic/protected", {sent});
        CHECK(said.status == 401);
        CHECK(said.field("WWW-Authenticate").starts_with("Basic realm="));
    }
}

TEST_CASE("wrong passwords with requests lock the account like those of a login")
{
    in_process server;
    auto const email = server.someone();
    for (int i = 0; i < 5; ++i) (void)server.ask("GET /api/v1/basic/protected", {basic(email, "wrong password")});
    CHECK(server.ask("GET /api/v1/basic/protected", {basic(email, right_password)}).code() == "CUENTA_BLOQUEADA");
    CHECK(server.ask("POST /api/v1/auth/login", {}, object_of({{"email", email}, {"password", right_password}})).status == 423);
}

TEST_CASE("a classic session lives in its cookie")
{
    in_process server;
    auto const email = server.someone();
    auto const opened = open_classic(server, email);
    CHECK(opened.status == 200);
    CHECK(opened.at("/email") == email);
    CHECK(opened.cookie("__Host-dev"));
    CHECK(server.ask("GET /api/v1/session/protected", {classic(opened)}).at("/email") == email);
    CHECK(server.ask("GET /api/v1/session/protected").status == 401);
}

TEST_CASE("a classic session ends with its logout, and its cookie is cleared")
{
    in_process server;
    auto const opened = open_classic(server, server.someone());
    auto const out = server.ask("POST /api/v1/session/logout", {classic(opened), from_origin(own_origin)});
    CHECK(out.status == 204);
    CHECK(out.cookie("__Host-session") == "");
    auto const after = server.ask("GET /api/v1/session/protected", {classic(opened)});
    CHECK(after.status == 401);
    CHECK(after.cookie("__Host-session") == "");
}

TEST_CASE("a logout without a session clears the cookie all the same, and one that could not be written doesn't")
{
    in_process server;
    CHECK(server.ask("POST /api/v1/session/logout", {from_origin(own_origin)}).cookie("__Host-session") == "");
    auto const opened = open_classic(server, server.someone());
    server.store().fail_next(fakes::outage_store::stage::begin, errc::unavailable);
    auto const out = server.ask("POST /api/v1/session/logout", {classic(opened), from_origin(own_origin)});
    CHECK(out.status == 503);
    CHECK(out.count("Set-Cookie") == 0);
    CHECK(server.ask("GET /api/v1/session/protected", {classic(opened)}).status == 200);
}

TEST_CASE("a classic session is opened with one of an address and a user name, and the right password")
{
    in_process server;
    auto const email = server.someone();
    CHECK(open_classic(server, email, "wrong password").code() == "CREDENCIALES_INVALIDAS");
    CHECK(server.ask("POST /api/v1/session/login", {}, object_of({{"password", right_password}})).status == 422);
    CHECK(server.ask("POST /api/v1/session/login", {}, "{\"email\":7}").status == 422);
}

TEST_CASE("a classic session whose cookie comes from another address has ended")
{
    in_process server;
    auto const opened = open_classic(server, server.someone());
    auto const home = std::exchange(server.peer, client_address{std::string("\xc6\x33\x64\x01", 4)});
    CHECK(server.ask("GET /api/v1/session/protected", {classic(opened)}).status == 401);
    server.peer = home;
    CHECK(server.ask("GET /api/v1/session/protected", {classic(opened)}).status == 401);
    CHECK(server.events("SESSION_INVALIDATED") == 1);
}

TEST_CASE("a classic session ends where it is not seen for twelve hours")
{
    in_process server;
    auto const opened = open_classic(server, server.someone());
    server.clock.advance(std::chrono::hours{13});
    CHECK(server.ask("GET /api/v1/session/protected", {classic(opened)}).status == 401);
}

TEST_CASE("logging out everywhere ends classic sessions too")
{
    in_process server;
    auto const who = server.log_in_someone();
    auto const opened = open_classic(server, who.email);
    CHECK(server.ask("POST /api/v1/jwt/logout-all", bearer(who)).at("/revoked") == "2");
    CHECK(server.ask("GET /api/v1/session/protected", {classic(opened)}).status == 401);
}

TEST_CASE("asking for a link that logs in answers the same for every address")
{
    in_process server;
    auto const known = server.ask("POST /api/v1/magic/send", {}, object_of({{"email", server.someone()}}));
    CHECK(known.status == 200);
    for (std::string const other : {"nobody@example.org", "no address"})
        CHECK(server.ask("POST /api/v1/magic/send", {}, object_of({{"email", other}})).body == known.body);
    CHECK(server.ask("POST /api/v1/magic/send", {}, "{}").status == 422);
}

TEST_CASE("a program that asks for JSON spends a link at once")
{
    in_process server;
    auto const email = server.someone();
    auto const link = magic_link(server, email);
    auto const said = server.ask("GET " + link, program);
    CHECK(said.status == 200);
    CHECK(server.ask("GET /api/v1/user/me", bearer(said.at("/access_token"))).at("/email") == email);
    CHECK(said.cookie("__Host-refresh"));
    auto const again = server.ask("GET " + link, program);
    CHECK(again.status == 400);
    CHECK(again.code() == "ENLACE_INVALIDO");
    CHECK(server.events("MAGIC_LINK_VERIFICADO") == 1);
    CHECK(server.events("MAGIC_LINK_FALLIDO") == 1);
}

TEST_CASE("whoever else follows a link gets a page that spends nothing")
{
    in_process server;
    auto const link = magic_link(server, server.someone());
    for (std::string const accept : {"text/html", "*/*", "text/html,application/json", ""}) {
        INFO(accept);
        auto const page = server.ask("GET " + link, {{"Accept", accept}});
        CHECK(page.status == 200);
        CHECK(page.body.find("<form") != std::string::npos);
    }
    CHECK(server.ask("HEAD " + link, program).status == 200);
    CHECK(server.ask("GET " + link, program).status == 200);
}

TEST_CASE("a link that is none shows a page without a form")
{
    in_process server;
    auto const page = server.ask("GET /api/v1/magic/verify?token=x", page_reader);
    CHECK(page.status == 400);
    CHECK(page.body.find("<form") == std::string::npos);
}

TEST_CASE("the page of a link posts, and the browser is logged in")
{
    in_process server;
    auto const link = magic_link(server, server.someone());
    field_list const sent{{"Accept", "text/html"}, from_origin(own_origin)};
    auto const posted = server.ask("POST " + link, sent);
    CHECK(posted.status == 200);
    CHECK(posted.field("Content-Type") == "text/html; charset=utf-8");
    CHECK(posted.cookie("__Host-dev"));
    CHECK(server.ask("POST /api/v1/jwt/refresh", {from_origin(own_origin), cookies({{"__Host-refresh", *posted.cookie("__Host-refresh")}})}).status
          == 200);
    auto const again = server.ask("POST " + link, sent);
    CHECK(again.status == 400);
    CHECK(again.field("Content-Type") == "text/html; charset=utf-8");
}

TEST_CASE("a link that logs in is good for ten minutes")
{
    in_process server;
    auto const link = magic_link(server, server.someone());
    server.clock.advance(std::chrono::minutes{10});
    CHECK(server.ask("POST " + link).status == 400);
    CHECK(server.events("MAGIC_LINK_EXPIRADO") == 1);
}

TEST_CASE("a link whose database is away is told so in JSON, even to a page")
{
    in_process server;
    auto const link = magic_link(server, server.someone());
    server.store().fail_next(fakes::outage_store::stage::begin, errc::unavailable);
    CHECK(server.ask("POST " + link, page_reader).code() == "ALMACENAMIENTO_NO_DISPONIBLE");
    CHECK(server.ask("POST " + link, page_reader).status == 200);
}

TEST_CASE("of fifty uses of a link at the same time one logs in")
{
    in_process_options options;
    options.settings.write_threads = 8;
    in_process server(std::move(options));
    auto const link = magic_link(server, server.someone());
    std::vector<asked_request> begun;
    for (int i = 0; i < 50; ++i) begun.push_back(server.begin("POST " + link));
    auto const used = std::ranges::count_if(begun, [](auto const& each) { return each.wait().status == 200; });
    CHECK(used == 1);
}

TEST_CASE("of fifty uses of a reset link at the same time one works")
{
    in_process_options options;
    options.settings.hash_threads = 8;
    in_process server(std::move(options));
    auto const email = server.someone();
    REQUIRE(server.ask("POST /api/v1/auth/forgot-password", {}, object_of({{"email", email}})).status == 200);
    auto const token = server.mailed(email);
    int used = 0;
    for (int turn = 0; turn < 2; ++turn) {  // a lane takes no more than its queue at once
        std::vector<asked_request> begun;
        for (int i = 0; i < 25; ++i)
            begun.push_back(server.begin("POST /api/v1/auth/reset-password", {},
                                         object_of({{"token", token}, {"new_password", "a password " + std::to_string(i)}})));
        for (auto const& each : begun) {
            auto const said = each.wait();
            CHECK((said.status == 200 || said.status == 400));
            used += said.status == 200 ? 1 : 0;
        }
    }
    CHECK(used == 1);
}

TEST_CASE("guesses at the same time never exceed the lockout")
{
    in_process_options options;
    options.settings.hash_threads = 8;
    in_process server(std::move(options));
    auto const wrong = object_of({{"email", server.someone()}, {"password", "wrong password"}});
    std::vector<asked_request> begun;
    for (int i = 0; i < 16; ++i) begun.push_back(server.begin("POST /api/v1/auth/login", {}, wrong));
    CHECK(std::ranges::count_if(begun, [](auto const& each) { return each.wait().status == 401; }) == 4);
    CHECK(std::ranges::count_if(begun, [](auto const& each) { return each.wait().status == 423; }) == 12);
}
