#include "core/domain/base/text.hpp"
#include "tests/adapters/http/in_process.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <chrono>
#include <set>
#include <vector>

using namespace mb;
using namespace mb::http;
using namespace mb::http::testing;

namespace {

/// The first step of a login.
std::string first_step(in_process& server, std::string_view email, std::string_view password = right_password)
{
    auto const said = server.ask("POST /api/v1/auth/login", {}, object_of({{"email", email}, {"password", password}}));
    REQUIRE(said.status == 200);
    REQUIRE(said.at("/mfa_required") == "true");
    CHECK(said.count("Set-Cookie") == 0);
    return said.at("/mfa_session_token");
}

reply second_step(in_process& server, std::string_view begun, std::string_view member, std::string_view text)
{
    return server.ask("POST /api/v1/mfa/verify", {}, object_of({{"mfa_session_token", begun}, {member, text}}));
}

/// A code that no app shows now.
std::string wrong_code(in_process& server, std::string_view email)
{
    std::set<std::string> good;
    for (int step = -2; step <= 2; ++step) good.insert(server.code(email, step));
    for (int number = 100'000;; ++number)
        if (auto text = std::to_string(number); !good.contains(text)) return text;
}

field_list step_up(in_process& server, session const& who, std::string_view member, std::string_view text)
{
    auto const said = server.ask("POST /api/v1/mfa/step-up", bearer(who), object_of({{member, text}}));
    INFO(said.body);
    REQUIRE(said.status == 200);
    CHECK(said.at("/expires_in") == "600");
    return bearer(who, {{"X-Step-Up-Token", said.at("/step_up_token")}});
}

std::string password_change() { return object_of({{"current_password", right_password}, {"new_password", fresh_password}}); }

}  // namespace

TEST_CASE("a set-up offers a key, its address and a picture, and changes nothing yet")
{
    in_process server;
    auto const who = server.log_in_someone();
    auto const offer = server.ask("POST /api/v1/mfa/setup", bearer(who));
    CHECK(offer.status == 200);
    CHECK(offer.at("/secret").size() == 32);
    auto const uri = offer.at("/otpauth_uri");
    CHECK(uri.starts_with("otpauth://totp/"));
    CHECK(uri.find("secret=" + offer.at("/secret")) != std::string::npos);
    CHECK(parse_base64(offer.at("/qr_png")).value_or("").starts_with("\x89PNG\r\n\x1a\n"));
    CHECK(server.log_in(who.email).user == who.user);
}

TEST_CASE("a first code turns the factor on, and the recovery codes are shown once")
{
    in_process server;
    auto const who = server.log_in_someone();
    auto const codes = server.enrol(who);
    CHECK(std::set(codes.begin(), codes.end()).size() == 8);
    CHECK(server.ask("GET /api/v1/user/me", bearer(who)).at("/mfa_enabled") == "true");
    auto const again = server.ask("POST /api/v1/mfa/setup", bearer(who));
    CHECK(again.status == 409);
    CHECK(again.code() == "MFA_YA_ACTIVADO");
    CHECK(server.events("MFA_ACTIVADO") == 1);
    CHECK(server.mails(who.email) == 1);
}

TEST_CASE("a factor is turned on with a code of the key that was offered")
{
    in_process server;
    auto const who = server.log_in_someone();
    auto const early = server.ask("POST /api/v1/mfa/enable", bearer(who), R"({"code":"123456"})");
    CHECK(early.status == 409);
    CHECK(early.code() == "MFA_NO_ACTIVADO");
    (void)server.ask("POST /api/v1/mfa/setup", bearer(who));
    auto const wrong = server.ask("POST /api/v1/mfa/enable", bearer(who), object_of({{"code", wrong_code(server, who.email)}}));
    CHECK(wrong.status == 401);
    CHECK(wrong.code() == "CODIGO_INVALIDO");
    CHECK(server.ask("POST /api/v1/mfa/enable", bearer(who), R"({"code":"123456","is_admin":true})").status == 422);
    CHECK(server.ask("POST /api/v1/mfa/enable", bearer(who), "{}").status == 422);
}

TEST_CASE("a login of who has a factor takes two steps")
{
    in_process server;
    auto const who = server.log_in_someone();
    (void)server.enrol(who);
    auto const said = server.ask("POST /api/v1/auth/login", {}, object_of({{"email", who.email}, {"password", right_password}}));
    CHECK(said.size("") == 4);
    CHECK(said.at("/expires_in") == "300");
    CHECK(said.at("/methods") == R"(["totp","recovery_code"])");
    auto const inside = second_step(server, said.at("/mfa_session_token"), "code", server.code(who.email));
    CHECK(inside.status == 200);
    CHECK(inside.cookie("__Host-refresh"));
    CHECK(server.ask("GET /api/v1/user/me", bearer(inside.at("/access_token"))).at("/email") == who.email);
}

TEST_CASE("a code opens one time")
{
    in_process server;
    auto const who = server.log_in_someone();
    (void)server.enrol(who);
    auto const code = server.code(who.email);
    CHECK(second_step(server, first_step(server, who.email), "code", code).status == 200);
    auto const again = second_step(server, first_step(server, who.email), "code", code);
    CHECK(again.status == 401);
    CHECK(again.code() == "CODIGO_INVALIDO");
}

TEST_CASE("a recovery code opens one time, however it is written")
{
    in_process server;
    auto const who = server.log_in_someone();
    auto const codes = server.enrol(who);
    std::string written;
    for (char const c : codes[0]) written += c == '-' ? ' ' : static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    CHECK(second_step(server, first_step(server, who.email), "recovery_code", written).status == 200);
    CHECK(second_step(server, first_step(server, who.email), "recovery_code", codes[0]).code() == "CODIGO_INVALIDO");
    CHECK(server.events("MFA_RECUPERACION_USADA") == 1);
}

TEST_CASE("codes of another account open nothing")
{
    in_process server;
    auto const who = server.log_in_someone();
    auto const other = server.log_in_someone();
    (void)server.enrol(who);
    auto const others_codes = server.enrol(other);
    CHECK(second_step(server, first_step(server, who.email), "recovery_code", others_codes[0]).status == 401);
    CHECK(second_step(server, first_step(server, who.email), "code", server.code(other.email)).status == 401);
}

TEST_CASE("the second step takes one of a code and a recovery code")
{
    in_process server;
    auto const who = server.log_in_someone();
    (void)server.enrol(who);
    auto const begun = first_step(server, who.email);
    auto const neither = server.ask("POST /api/v1/mfa/verify", {}, object_of({{"mfa_session_token", begun}}));
    CHECK(neither.status == 422);
    CHECK(neither.at("/details/0/field") == "code");
    auto const both =
        server.ask("POST /api/v1/mfa/verify", {}, object_of({{"mfa_session_token", begun}, {"code", "123456"}, {"recovery_code", "x"}}));
    CHECK(both.status == 422);
    CHECK(both.at("/details/0/field") == "recovery_code");
    CHECK(both.at("/details/0/code") == "CONTRADICCION");
    CHECK(second_step(server, begun, "code", server.code(who.email)).status == 200);
}

TEST_CASE("a first step is good for five minutes")
{
    in_process server;
    auto const who = server.log_in_someone();
    (void)server.enrol(who);
    auto const begun = first_step(server, who.email);
    server.clock.advance(std::chrono::minutes{5});
    CHECK(second_step(server, begun, "code", server.code(who.email)).status == 401);
}

TEST_CASE("five wrong codes lock the second step")
{
    in_process server;
    auto const who = server.log_in_someone();
    auto const codes = server.enrol(who);
    auto const wrong = wrong_code(server, who.email);
    for (int i = 0; i < 4; ++i) CHECK(second_step(server, first_step(server, who.email), "code", wrong).status == 401);
    auto const fifth = second_step(server, first_step(server, who.email), "code", wrong);
    CHECK(fifth.status == 423);
    CHECK(std::stoi(fifth.field("Retry-After")) > 1700);
    CHECK(second_step(server, first_step(server, who.email), "recovery_code", codes[0]).status == 423);
    CHECK(server.ask("POST /api/v1/mfa/step-up", bearer(who), object_of({{"code", server.code(who.email)}})).status == 423);
}

TEST_CASE("of fifty uses of one code at the same time one is accepted")
{
    in_process_options options;
    options.settings.write_threads = 8;
    options.rules.lockout.failures_max = 100;
    in_process server(std::move(options));
    auto const who = server.log_in_someone();
    auto const codes = server.enrol(who);
    auto const code = server.code(who.email);
    for (auto const& [member, text] : {std::pair{std::string("code"), code}, std::pair{std::string("recovery_code"), codes[0]}}) {
        INFO(member);
        auto const body = object_of({{"mfa_session_token", first_step(server, who.email)}, {member, text}});
        std::vector<asked_request> begun;
        for (int i = 0; i < 50; ++i) begun.push_back(server.begin("POST /api/v1/mfa/verify", {}, body));
        CHECK(std::ranges::count_if(begun, [](auto const& each) { return each.wait().status == 200; }) == 1);
    }
}

TEST_CASE("a password with the request is not enough for who has a factor")
{
    in_process server;
    auto const who = server.log_in_someone();
    (void)server.enrol(who);
    auto const said =
        server.ask("GET /api/v1/basic/protected", {{"Authorization", "Basic " + base64(who.email + ':' + std::string(right_password))}});
    CHECK(said.status == 403);
    CHECK(said.code() == "MFA_REQUERIDO");
}

TEST_CASE("a classic session of who has a factor opens with the second step")
{
    in_process server;
    auto const who = server.log_in_someone();
    (void)server.enrol(who);
    auto const begun = server.ask("POST /api/v1/session/login", {}, object_of({{"email", who.email}, {"password", right_password}}));
    CHECK_FALSE(begun.cookie("__Host-session"));
    auto const opened = second_step(server, begun.at("/mfa_session_token"), "code", server.code(who.email));
    CHECK(opened.at("/email") == who.email);
    CHECK(server.ask("GET /api/v1/session/protected", {cookies({{"__Host-session", *opened.cookie("__Host-session")}})}).status == 200);
}

TEST_CASE("a login of seed 000 takes two steps as well")
{
    in_process server;
    auto const who = server.log_in_someone();
    (void)server.enrol(who);
    CHECK(server.ask("POST /api/auth/login", {}, object_of({{"email", who.email}, {"password", right_password}})).at("/mfa_required") == "true");
}

TEST_CASE("a link of who has a factor leads to the second step, for a program and on a page")
{
    in_process server;
    auto const who = server.log_in_someone();
    (void)server.enrol(who);
    auto const link = [&] {
        server.clock.advance(std::chrono::minutes{1});
        REQUIRE(server.ask("POST /api/v1/magic/send", {}, object_of({{"email", who.email}})).status == 200);
        return "/api/v1/magic/verify?token=" + server.mailed(who.email);
    };
    auto const page = server.ask("POST " + link(), {{"Accept", "text/html"}, from_origin(own_origin)});
    CHECK(page.status == 200);
    CHECK(page.count("Set-Cookie") == 0);
    CHECK(page.body.find("one-time-code") != std::string::npos);
    auto const mark = page.body.find("data-token=\"");
    REQUIRE(mark != std::string::npos);
    auto const token = page.body.substr(mark + 12, page.body.find('"', mark + 12) - mark - 12);
    CHECK(second_step(server, token, "code", server.code(who.email)).status == 200);
    auto const asked = server.ask("POST " + link(), {{"Accept", "application/json"}});
    CHECK(asked.at("/mfa_required") == "true");
}

TEST_CASE("a first step that was begun with the old password ends with it")
{
    in_process server;
    auto const who = server.log_in_someone();
    (void)server.enrol(who);
    auto const begun = first_step(server, who.email);
    (void)server.ask("POST /api/v1/auth/forgot-password", {}, object_of({{"email", who.email}}));
    auto const reset = object_of({{"token", server.mailed(who.email)}, {"new_password", fresh_password}});
    CHECK(server.ask("POST /api/v1/auth/reset-password", {}, reset).status == 200);
    CHECK(second_step(server, begun, "code", server.code(who.email)).code() == "TOKEN_INVALIDO");
    CHECK_FALSE(first_step(server, who.email, fresh_password).empty());
}

TEST_CASE("what a stolen session must not do takes a fresh code")
{
    in_process server;
    auto const who = server.log_in_someone();
    auto const codes = server.enrol(who);
    server.clock.advance(std::chrono::minutes{11});
    auto const count = [&](field_list const& sent) { return server.ask("GET /api/v1/mfa/recovery-codes", sent); };
    for (auto const& proof :
         {field_list{}, field_list{{"X-Step-Up-Token", ""}}, field_list{{"X-Step-Up-Token", "x.y.z"}}, field_list{{"X-Step-Up-Token", who.access}}})
        CHECK(count(bearer(who, proof)).code() == "STEP_UP_REQUERIDO");

    auto const proven = step_up(server, who, "recovery_code", codes[0]);
    CHECK(count(proven).at("/used") == "1");
    CHECK(count(proven).at("/left") == "7");
    CHECK(count(proven).at("/created_at").ends_with('Z'));
    CHECK(server.ask("PATCH /api/v1/user/password", proven, password_change()).status == 200);
}

TEST_CASE("a fresh set voids the old recovery codes")
{
    in_process server;
    auto const who = server.log_in_someone();
    auto const codes = server.enrol(who);
    auto const proven = step_up(server, who, "code", server.code(who.email));
    auto const renewed = server.ask("POST /api/v1/mfa/recovery-codes", proven);
    CHECK(renewed.size("/recovery_codes") == 8);
    CHECK(renewed.body.find(codes[1]) == std::string::npos);
    CHECK(server.ask("GET /api/v1/mfa/recovery-codes", proven).at("/left") == "8");
    CHECK(second_step(server, first_step(server, who.email), "recovery_code", codes[1]).status == 401);
}

TEST_CASE("a factor is turned off by who shows it, and mailed about")
{
    in_process server;
    auto const who = server.log_in_someone();
    (void)server.enrol(who);
    auto const mails = server.mails(who.email);
    CHECK(server.ask("POST /api/v1/mfa/disable", step_up(server, who, "code", server.code(who.email))).status == 200);
    CHECK(server.mails(who.email) == mails + 1);
    CHECK(server.events("MFA_DESACTIVADO") == 1);
    CHECK(server.log_in(who.email).user == who.user);
}

TEST_CASE("a step-up token is of one session and of one account")
{
    in_process server;
    auto const who = server.log_in_someone();
    auto const codes = server.enrol(who);
    auto const other = server.log_in_someone();
    (void)server.enrol(other);
    auto const second = second_step(server, first_step(server, who.email), "recovery_code", codes[0]).at("/access_token");
    server.clock.advance(std::chrono::minutes{11});
    auto const token = server.ask("POST /api/v1/mfa/step-up", bearer(who), object_of({{"recovery_code", codes[1]}})).at("/step_up_token");
    auto const count = [&](std::string_view access) {
        return server.ask("GET /api/v1/mfa/recovery-codes", bearer(access, {{"X-Step-Up-Token", token}}));
    };
    CHECK(count(who.access).status == 200);
    CHECK(count(other.access).code() == "STEP_UP_REQUERIDO");
    CHECK(count(second).code() == "STEP_UP_REQUERIDO");
}

TEST_CASE("a step-up token is good for ten minutes")
{
    in_process server;
    auto const who = server.log_in_someone();
    auto const codes = server.enrol(who);
    server.clock.advance(std::chrono::minutes{1});
    auto const proven = step_up(server, who, "recovery_code", codes[0]);
    server.clock.advance(std::chrono::seconds{599});
    CHECK(server.ask("GET /api/v1/mfa/recovery-codes", proven).status == 200);
    server.clock.advance(std::chrono::seconds{1});
    CHECK(server.ask("GET /api/v1/mfa/recovery-codes", proven).code() == "STEP_UP_REQUERIDO");
}

TEST_CASE("an account without a factor shows its password, and nothing else")
{
    in_process server;
    auto const who = server.log_in_someone();
    auto const said = [&](std::string body) { return server.ask("POST /api/v1/mfa/step-up", bearer(who), std::move(body)); };
    CHECK(said(R"({"code":"123456"})").code() == "MFA_NO_ACTIVADO");
    CHECK(said(R"({"password":"wrong password"})").code() == "CREDENCIALES_INVALIDAS");
    for (std::string const body :
         {"{}", R"({"code":"123456","password":"x"})", R"({"code":"1","recovery_code":"x"})", R"({"code":123456})", R"({"code":null})"})
        CHECK(said(body).status == 422);
    CHECK(said(object_of({{"password", right_password}})).status == 200);
    CHECK(server.events("REAUTENTICACION") == 1);
}

TEST_CASE("a password steps nobody up who has a factor")
{
    in_process server;
    auto const who = server.log_in_someone();
    (void)server.enrol(who);
    auto const said = server.ask("POST /api/v1/mfa/step-up", bearer(who), object_of({{"password", right_password}}));
    CHECK(said.status == 403);
    CHECK(said.code() == "MFA_REQUERIDO");
}

TEST_CASE("a key that was made with the factor works without it")
{
    in_process server;
    auto const admin = server.admin();
    auto const made = server.ask("POST /api/v1/keys", bearer(admin), R"({"name":"robot","scopes":["administer"]})");
    REQUIRE(made.status == 201);
    (void)server.enrol(admin);
    server.clock.advance(std::chrono::minutes{11});
    CHECK(server.ask("POST /api/v1/admin/keys/rotate", bearer(admin)).code() == "STEP_UP_REQUERIDO");
    CHECK(server.ask("POST /api/v1/admin/keys/rotate", bearer(made.at("/key"))).status == 201);
}

TEST_CASE("a key steps up to nothing")
{
    in_process server;
    auto const who = server.log_in_someone();
    auto const codes = server.enrol(who);
    auto const proven = step_up(server, who, "recovery_code", codes[0]);
    auto const made = server.ask("POST /api/v1/keys", proven, R"({"name":"robot","scopes":["account","password"]})");
    REQUIRE(made.status == 201);
    auto const change = server.ask("PATCH /api/v1/user/password", bearer(made.at("/key")), password_change());
    CHECK(change.status == 403);
    CHECK(change.code() == "STEP_UP_REQUERIDO");
}

TEST_CASE("a proof that can't be checked fails the request")
{
    in_process server;
    auto const who = server.log_in_someone();
    auto const codes = server.enrol(who);
    auto const proven = step_up(server, who, "recovery_code", codes[0]);
    server.store().fail_next(fakes::outage_store::stage::begin, errc::unavailable);
    CHECK(server.ask("POST /api/v1/mfa/disable", proven).status == 503);
    CHECK(server.ask("POST /api/v1/mfa/disable", proven).status == 200);
}

TEST_CASE("an account without a factor has no recovery codes")
{
    in_process server;
    auto const said = server.ask("GET /api/v1/mfa/recovery-codes", bearer(server.log_in_someone()));
    CHECK(said.status == 409);
    CHECK(said.code() == "MFA_NO_ACTIVADO");
}

TEST_CASE("the page of the second step speaks the language of its reader")
{
    in_process server;
    auto const who = server.log_in_someone();
    (void)server.enrol(who);
    for (std::string const tongue : {"es", "en"}) {
        server.clock.advance(std::chrono::minutes{1});
        REQUIRE(server.ask("POST /api/v1/magic/send", {}, object_of({{"email", who.email}})).status == 200);
        auto const page = server.ask("POST /api/v1/magic/verify?token=" + server.mailed(who.email),
                                     {{"Accept", "text/html"}, {"Accept-Language", tongue}, from_origin(own_origin)});
        CHECK(page.body.find("lang=\"" + tongue + '"') != std::string::npos);
    }
}

TEST_CASE("an address that no picture holds fails the set-up, and the factor stays off")
{
    in_process_options options;
    options.rules.totp.issuer = std::string(3'000, 'x');
    in_process server(std::move(options));
    auto const who = server.log_in_someone();
    CHECK(server.ask("POST /api/v1/mfa/setup", bearer(who)).status == 500);
    CHECK(server.ask("GET /api/v1/user/me", bearer(who)).at("/mfa_enabled") == "false");
}
