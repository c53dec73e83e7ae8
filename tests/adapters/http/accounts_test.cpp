#include "tests/adapters/http/in_process.hpp"

#include <catch2/catch.hpp>

#include <chrono>

using namespace mb;
using namespace mb::http;
using namespace mb::http::testing;

namespace {

constexpr std::string_view ana = "ana@example.org";

std::string registration_of(std::string_view email) { return object_of({{"email", email}, {"password", right_password}}); }

reply open_account(in_process& server, std::string_view email) { return server.ask("POST /api/v1/auth/register", {}, registration_of(email)); }

/// The link of an account that asked for another password.
std::string reset_link(in_process& server, std::string_view email)
{
    REQUIRE(server.ask("POST /api/v1/auth/forgot-password", {}, object_of({{"email", email}})).status == 200);
    return server.mailed(email);
}

reply reset(in_process& server, std::string_view token, std::string_view password)
{
    return server.ask("POST /api/v1/auth/reset-password", {}, object_of({{"token", token}, {"new_password", password}}));
}

reply log_in_with(in_process& server, std::string_view email, std::string_view password)
{
    return server.ask("POST /api/v1/auth/login", {}, object_of({{"email", email}, {"password", password}}));
}

field_list const browser{{"Accept", "text/html,application/xhtml+xml"}};

}  // namespace

TEST_CASE("a new account logs in once its address is verified")
{
    in_process server;
    CHECK(open_account(server, ana).status == 201);
    CHECK(log_in_with(server, ana, right_password).code() == "EMAIL_NO_VERIFICADO");
    CHECK(server.ask("POST /api/v1/auth/verify-email?token=" + server.mailed(ana)).status == 200);
    CHECK(server.ask("GET /api/v1/user/me", bearer(server.log_in(ana))).at("/email") == ana);
}

TEST_CASE("a wrong password tells nothing of an account that is not verified")
{
    in_process server;
    (void)open_account(server, ana);
    CHECK(log_in_with(server, ana, "wrong password").code() == "CREDENCIALES_INVALIDAS");
}

TEST_CASE("opening an account answers the same for an address that has one")
{
    in_process server;
    auto const first = open_account(server, ana);
    auto const second = open_account(server, "ANA@example.org");
    CHECK(second.status == 201);
    CHECK(second.body == first.body);
}

TEST_CASE("opening an account lists everything that is wrong")
{
    in_process server;
    auto const said = server.ask("POST /api/v1/auth/register", {}, object_of({{"email", "no address"}, {"password", "abc"}}));
    CHECK(said.status == 422);
    CHECK(said.code() == "VALIDACION_FALLIDA");
    CHECK(said.size("/details") == 2);
    CHECK(said.at("/details/0/field") == "email");
    CHECK(said.at("/details/1/field") == "password");
}

TEST_CASE("an account has the names that it was opened with")
{
    in_process server;
    (void)server.ask("POST /api/v1/auth/register", {},
                     object_of({{"email", ana}, {"password", right_password}, {"username", "Ana.Uno"}, {"display_name", "Ana"}}));
    CHECK(server.ask("POST /api/v1/auth/verify-email?token=" + server.mailed(ana)).status == 200);
    auto const me = server.ask("GET /api/v1/user/me", bearer(server.log_in(ana)));
    CHECK(me.at("/username") == "ana.uno");
    CHECK(me.at("/display_name") == "Ana");
    CHECK(me.at("/email_verified") == "true");
    CHECK(me.at("/mfa_enabled") == "false");
    CHECK(me.at("/roles") == R"(["user"])");
}

TEST_CASE("a member that nobody knows is refused, so that nobody makes himself an admin")
{
    in_process server;
    auto const said = server.ask("POST /api/v1/auth/register", {}, R"({"email":"ana@example.org","password":"right password","is_admin":true})");
    CHECK(said.status == 422);
    CHECK(said.at("/details/0/code") == "CAMPO_DESCONOCIDO");
    CHECK(server.mails(ana) == 0);
}

TEST_CASE("a browser that follows a verification link gets a page, and the link is still good")
{
    in_process server;
    (void)open_account(server, ana);
    auto const link = "/api/v1/auth/verify-email?token=" + server.mailed(ana);
    auto const page = server.ask("GET " + link, browser);
    CHECK(page.status == 200);
    CHECK(page.field("Content-Type") == "text/html; charset=utf-8");
    CHECK(page.body.find("<form") != std::string::npos);
    CHECK(server.ask("HEAD " + link, browser).status == 200);
    auto const posted = server.ask("POST " + link, browser);
    CHECK(posted.status == 200);
    CHECK(posted.body.find("<form") == std::string::npos);
    CHECK(server.log_in(ana).email == ana);
}

TEST_CASE("a verification link works once")
{
    in_process server;
    (void)open_account(server, ana);
    auto const link = "/api/v1/auth/verify-email?token=" + server.mailed(ana);
    CHECK(server.ask("GET " + link).status == 200);
    auto const again = server.ask("POST " + link);
    CHECK(again.status == 400);
    CHECK(again.code() == "ENLACE_INVALIDO");
    CHECK(server.ask("POST " + link, browser).status == 400);
}

TEST_CASE("a verification link that is none shows a page without a form")
{
    in_process server;
    auto const page = server.ask("GET /api/v1/auth/verify-email?token=x", browser);
    CHECK(page.status == 400);
    CHECK(page.body.find("<form") == std::string::npos);
}

TEST_CASE("a link without its token is a wrong parameter")
{
    in_process server;
    for (std::string const line : {"GET /api/v1/auth/verify-email", "POST /api/v1/auth/verify-email", "GET /api/v1/auth/reset-password",
                                   "GET /api/v1/magic/verify", "POST /api/v1/magic/verify"}) {
        INFO(line);
        auto const said = server.ask(line);
        CHECK(said.status == 400);
        CHECK(said.code() == "PARAMETRO_INVALIDO");
    }
}

TEST_CASE("another verification mail makes another link, and the answer never tells")
{
    in_process server;
    (void)open_account(server, ana);
    server.clock.advance(std::chrono::minutes{2});
    auto const known = server.ask("POST /api/v1/auth/resend-verification", {}, object_of({{"email", ana}}));
    auto const unknown = server.ask("POST /api/v1/auth/resend-verification", {}, object_of({{"email", "nobody@example.org"}}));
    CHECK(known.status == 200);
    CHECK(known.body == unknown.body);
    CHECK(server.mails(ana) == 2);
    CHECK(server.ask("POST /api/v1/auth/verify-email?token=" + server.mailed(ana)).status == 200);
}

TEST_CASE("a login takes one of an address and a user name")
{
    in_process server;
    auto const neither = server.ask("POST /api/v1/auth/login", {}, object_of({{"password", right_password}}));
    CHECK(neither.status == 422);
    CHECK(neither.at("/details/0/field") == "email");
    auto const both = server.ask("POST /api/v1/auth/login", {}, object_of({{"email", ana}, {"username", "ana"}, {"password", right_password}}));
    CHECK(both.status == 422);
    CHECK(both.at("/details/0/code") == "CONTRADICCION");
}

TEST_CASE("five wrong passwords lock an account until an admin lifts it")
{
    in_process server;
    auto const email = server.someone();
    for (int i = 0; i < 4; ++i) CHECK(log_in_with(server, email, "wrong password").status == 401);
    CHECK(log_in_with(server, email, "wrong password").status == 423);
    auto const locked = log_in_with(server, email, right_password);
    CHECK(locked.code() == "CUENTA_BLOQUEADA");
    CHECK(std::stoi(locked.field("Retry-After")) > 1700);
    auto const admin = server.admin();
    auto const found = server.ask("GET /api/v1/admin/users?q=" + email, bearer(admin));
    CHECK(found.has("/data/0/locked_until"));
    CHECK(server.ask("POST /api/v1/admin/users/" + found.at("/data/0/id") + "/unlock", bearer(admin)).status == 200);
    CHECK(log_in_with(server, email, right_password).status == 200);
    CHECK(server.events("CUENTA_BLOQUEADA") == 1);
    CHECK(server.events("CUENTA_DESBLOQUEADA") == 1);
}

TEST_CASE("an account that does not exist locks like one that does")
{
    in_process server;
    for (int i = 0; i < 4; ++i) CHECK(log_in_with(server, "nobody@example.org", "wrong password").status == 401);
    CHECK(log_in_with(server, "nobody@example.org", "wrong password").status == 423);
}

TEST_CASE("a browser that is known passes a lock that others caused")
{
    in_process server;
    auto const who = server.log_in_someone();
    for (int i = 0; i < 5; ++i) (void)log_in_with(server, who.email, "wrong password");
    auto const credentials = object_of({{"email", who.email}, {"password", right_password}});
    CHECK(server.ask("POST /api/v1/auth/login", {}, credentials).status == 423);
    CHECK(server.ask("POST /api/v1/auth/login", {cookies({{"__Host-dev", who.refresh}})}, credentials).status == 423);
    CHECK(server.ask("POST /api/v1/auth/login", {cookies({{"__Host-dev", who.device}})}, credentials).status == 200);
}

TEST_CASE("an account that was disabled has neither sessions nor logins")
{
    in_process server;
    auto const who = server.log_in_someone();
    auto user = server.user(who.email);
    user.status = identity::user_status::disabled;
    server.save(user);
    CHECK(server.ask("GET /api/v1/user/me", bearer(who)).status == 401);
    auto const said = log_in_with(server, who.email, right_password);
    CHECK(said.status == 403);
    CHECK(said.code() == "CUENTA_DESHABILITADA");
}

TEST_CASE("asking for another password answers the same for every address")
{
    in_process server;
    auto const known = server.ask("POST /api/v1/auth/forgot-password", {}, object_of({{"email", server.someone()}}));
    CHECK(known.status == 200);
    for (std::string const other : {"nobody@example.org", "no address"}) {
        auto const said = server.ask("POST /api/v1/auth/forgot-password", {}, object_of({{"email", other}}));
        CHECK(said.status == 200);
        CHECK(said.body == known.body);
    }
}

TEST_CASE("a reset sets the password and ends every session")
{
    in_process server;
    auto const who = server.log_in_someone();
    auto const token = reset_link(server, who.email);
    CHECK(reset(server, token, fresh_password).status == 200);
    CHECK(server.ask("GET /api/v1/user/me", bearer(who)).status == 401);
    CHECK(server.ask("POST /api/v1/jwt/refresh", {from_origin(own_origin), cookies({{"__Host-refresh", who.refresh}})}).status == 401);
    CHECK(log_in_with(server, who.email, right_password).status == 401);
    CHECK(log_in_with(server, who.email, fresh_password).status == 200);
    auto const again = reset(server, token, "a third password");
    CHECK(again.status == 400);
    CHECK(again.code() == "ENLACE_INVALIDO");
    CHECK(server.events("RESET_COMPLETADO") == 1);
}

TEST_CASE("a weak password leaves a reset link good")
{
    in_process server;
    auto const email = server.someone();
    auto const token = reset_link(server, email);
    auto const weak = reset(server, token, "abc");
    CHECK(weak.status == 422);
    CHECK(weak.at("/details/0/field") == "new_password");
    CHECK(server.ask("GET /api/v1/auth/reset-password?token=" + token).status == 200);
    CHECK(reset(server, token, fresh_password).status == 200);
}

TEST_CASE("a browser that follows a reset link gets the page that asks for the new password")
{
    in_process server;
    auto const token = reset_link(server, server.someone());
    auto const page = server.ask("GET /api/v1/auth/reset-password?token=" + token, browser);
    CHECK(page.status == 200);
    CHECK(page.body.find("new_password") != std::string::npos);
    CHECK(page.body.find(token) != std::string::npos);
    auto const bad = server.ask("GET /api/v1/auth/reset-password?token=" + std::string(64, 'A'), browser);
    CHECK(bad.status == 400);
    CHECK(bad.body.find("new_password") == std::string::npos);
    CHECK(server.ask("GET /api/v1/auth/reset-password?token=" + std::string(64, 'A')).status == 400);
}

TEST_CASE("a wrong secret cools a reset link down")
{
    in_process server;
    auto const token = reset_link(server, server.someone());
    auto forged = token;
    forged[forged.size() - 2] = forged[forged.size() - 2] == 'A' ? 'B' : 'A';
    CHECK(reset(server, forged, fresh_password).status == 400);
    auto const cooling = reset(server, token, fresh_password);
    CHECK(cooling.status == 429);
    CHECK(std::stoi(cooling.field("Retry-After")) > 30);
    server.clock.advance(std::chrono::minutes{2});
    CHECK(reset(server, token, fresh_password).status == 200);
}

TEST_CASE("a new password keeps this session and ends the others")
{
    in_process server;
    auto const here = server.log_in_someone();
    auto const there = server.log_in(here.email);
    auto const change = [&](std::string_view current) {
        return server.ask("PATCH /api/v1/user/password", bearer(here), object_of({{"current_password", current}, {"new_password", fresh_password}}));
    };
    auto const wrong = change("wrong password");
    CHECK(wrong.status == 401);
    CHECK(wrong.code() == "CREDENCIALES_INVALIDAS");
    CHECK(change(right_password).status == 200);
    CHECK(server.ask("GET /api/v1/user/me", bearer(here)).status == 200);
    CHECK(server.ask("GET /api/v1/user/me", bearer(there)).status == 401);
    CHECK(log_in_with(server, here.email, fresh_password).status == 200);
    CHECK(server.events("PASSWORD_CHANGE") == 1);
}

TEST_CASE("a new password that is too short is refused with the old one in force")
{
    in_process server;
    auto const who = server.log_in_someone();
    auto const said =
        server.ask("PATCH /api/v1/user/password", bearer(who), object_of({{"current_password", right_password}, {"new_password", "abc"}}));
    CHECK(said.status == 422);
    CHECK(log_in_with(server, who.email, right_password).status == 200);
}

TEST_CASE("people read and change their own account")
{
    in_process server;
    auto const who = server.log_in_someone();
    auto const changed = server.ask("PATCH /api/v1/user/me", bearer(who), R"({"display_name":"Ana Ñandú","username":"Ana.Nueva"})");
    CHECK(changed.status == 200);
    CHECK(changed.at("/display_name") == "Ana Ñandú");
    CHECK(changed.at("/username") == "ana.nueva");
    CHECK(server.ask("GET /api/v1/user/me", bearer(who)).at("/display_name") == "Ana Ñandú");
}

TEST_CASE("a null takes a name away, and what is not named stays")
{
    in_process server;
    auto const who = server.log_in_someone();
    (void)server.ask("PATCH /api/v1/user/me", bearer(who), R"({"display_name":"Ana","username":"ana"})");
    auto const changed = server.ask("PATCH /api/v1/user/me", bearer(who), R"({"display_name":null})");
    CHECK(changed.at("/display_name") == "null");
    CHECK(changed.at("/username") == "ana");
}

TEST_CASE("a user name belongs to one account, and logs it in")
{
    in_process server;
    auto const first = server.log_in_someone();
    auto const second = server.log_in_someone();
    CHECK(server.ask("PATCH /api/v1/user/me", bearer(first), R"({"username":"taken"})").status == 200);
    auto const refused = server.ask("PATCH /api/v1/user/me", bearer(second), R"({"username":"TAKEN"})");
    CHECK(refused.status == 409);
    CHECK(refused.code() == "USUARIO_YA_EXISTE");
    CHECK(server.ask("POST /api/v1/auth/login", {}, object_of({{"username", "Taken"}, {"password", right_password}})).at("/user/email")
          == first.email);
}

TEST_CASE("what others decide about an account is not the owner's to change")
{
    in_process server;
    auto const who = server.log_in_someone();
    for (std::string const member : {"id", "roles", "email_verified", "status", "email"}) {
        INFO(member);
        CHECK(server.ask("PATCH /api/v1/user/me", bearer(who), "{\"" + member + "\":\"x\"}").status == 422);
    }
    CHECK(server.ask("PATCH /api/v1/user/me", bearer(who), R"({"display_name":7})").at("/details/0/code") == "TIPO_INVALIDO");
    CHECK(server.ask("PATCH /api/v1/user/me", bearer(who), "[]").status == 422);
}

TEST_CASE("a login of seed 000 answers in its form")
{
    in_process server;
    auto const email = server.someone();
    auto const said = server.ask("POST /api/auth/login", {}, object_of({{"username", email}, {"password", right_password}}));
    CHECK(said.status == 200);
    CHECK(said.size("") == 2);
    CHECK(said.at("/user_info/email") == email);
    CHECK(server.ask("GET /api/metadata/entities", bearer(said.at("/token"))).at("/error_code") == "FORBIDDEN");
}

TEST_CASE("a database that is away fails a link, for a program and for a browser")
{
    in_process server;
    (void)open_account(server, ana);
    auto const link = "/api/v1/auth/verify-email?token=" + server.mailed(ana);
    auto const reset_page = "/api/v1/auth/reset-password?token=" + reset_link(server, server.someone());
    for (auto const& line : {"POST " + link, "GET " + reset_page}) {
        for (auto const& sent : {field_list{}, browser}) {
            server.store().fail_next(fakes::outage_store::stage::begin, errc::unavailable);
            auto const said = server.ask(line, sent);
            CHECK(said.status == 503);
            CHECK(said.code() == "ALMACENAMIENTO_NO_DISPONIBLE");
        }
    }
    CHECK(server.ask("POST " + link).status == 200);
}

TEST_CASE("the pages that mails lead to speak the language of their reader")
{
    in_process server;
    (void)open_account(server, ana);
    auto const verify = "/api/v1/auth/verify-email?token=" + server.mailed(ana);
    auto const reset_page = "/api/v1/auth/reset-password?token=" + reset_link(server, server.someone());
    auto const email = server.someone();
    REQUIRE(server.ask("POST /api/v1/magic/send", {}, object_of({{"email", email}})).status == 200);
    auto const magic = "/api/v1/magic/verify?token=" + server.mailed(email);
    for (auto const& path : {verify, reset_page, magic}) {
        INFO(path);
        auto const said = [&](std::string const& tongue) {
            return server.ask("GET " + path, {{"Accept", "text/html"}, {"Accept-Language", tongue}});
        };
        CHECK(said("es").status == 200);
        CHECK(said("es").body.find("lang=\"es\"") != std::string::npos);
        CHECK(said("en").body.find("lang=\"en\"") != std::string::npos);
    }
    auto const verified = server.ask("POST " + verify, {{"Accept", "text/html"}, {"Accept-Language", "en"}});
    CHECK(verified.body.find("E-mail verified") != std::string::npos);
}
