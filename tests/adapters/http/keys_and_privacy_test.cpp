#include "tests/adapters/http/in_process.hpp"

#include <catch2/catch.hpp>

#include <chrono>

using namespace mb;
using namespace mb::http;
using namespace mb::http::testing;

namespace {

reply make_key(in_process& server, session const& who, std::string const& scopes, std::string const& more = "")
{
    return server.ask("POST /api/v1/keys", bearer(who), R"({"name":"robot","scopes":)" + scopes + more + '}');
}

}  // namespace

TEST_CASE("an API key is shown once, and listed without its text")
{
    in_process server;
    auto const who = server.log_in_someone();
    auto const made = make_key(server, who, R"(["account","get"])");
    CHECK(made.status == 201);
    CHECK(made.at("/key").starts_with("sk_live_"));
    CHECK(made.at("/key_prefix") == made.at("/key").substr(0, 16));
    CHECK(made.at("/scopes") == R"(["get","account"])");
    CHECK(made.at("/expires_at") == "null");
    auto const page = server.ask("GET /api/v1/keys", bearer(who));
    CHECK(page.size("/data") == 1);
    CHECK(page.at("/data/0/id") == made.at("/id"));
    CHECK(page.body.find(made.at("/key")) == std::string::npos);
}

TEST_CASE("an API key opens what its scopes say until it is revoked")
{
    in_process server;
    auto const who = server.log_in_someone();
    auto const made = make_key(server, who, R"(["account"])");
    CHECK(server.ask("GET /api/v1/user/me", bearer(made.at("/key"))).at("/email") == who.email);
    auto const revoked = server.ask("POST /api/v1/keys/" + made.at("/id") + "/revoke", bearer(who));
    CHECK(revoked.status == 200);
    CHECK(revoked.at("/revoked_at").ends_with('Z'));
    auto const refused = server.ask("GET /api/v1/user/me", bearer(made.at("/key")));
    CHECK(refused.status == 401);
    CHECK(refused.code() == "TOKEN_INVALIDO");
    CHECK(server.events("API_KEY_REVOCADA") == 1);
}

TEST_CASE("the last use of an API key is shown once it was written")
{
    in_process server;
    auto const who = server.log_in_someone();
    auto const made = make_key(server, who, R"(["account"])");
    CHECK(server.ask("GET /api/v1/keys", bearer(who)).at("/data/0/last_used_at") == "null");
    server.clock.advance(std::chrono::minutes{5});
    (void)server.ask("GET /api/v1/user/me", bearer(made.at("/key")));
    server.write_uses();
    CHECK(server.ask("GET /api/v1/keys", bearer(who)).at("/data/0/last_used_at") == "2026-01-24T10:35:00.000Z");
}

TEST_CASE("an API key ends when it was told to")
{
    in_process server;
    auto const who = server.log_in_someone();
    auto const made = make_key(server, who, R"(["account"])", R"(,"expires_at":"2026-02-01T00:00:00Z")");
    CHECK(made.at("/expires_at") == "2026-02-01T00:00:00.000Z");
    CHECK(server.ask("GET /api/v1/user/me", bearer(made.at("/key"))).status == 200);
    server.clock.advance(std::chrono::days{10});
    CHECK(server.ask("GET /api/v1/user/me", bearer(made.at("/key"))).status == 401);
}

TEST_CASE("an API key never exceeds its owner")
{
    in_process server;
    auto const who = server.log_in_someone();
    auto const refused = make_key(server, who, R"(["get","administer","all"])");
    CHECK(refused.status == 422);
    CHECK(refused.size("/details") == 2);
    CHECK(refused.at("/details/0/field") == "scopes.1");
    CHECK(refused.at("/details/1/field") == "scopes.2");
    CHECK(make_key(server, who, R"(["account"])", R"(,"expires_at":"yesterday")").status == 422);
    CHECK(make_key(server, who, R"("account")").at("/details/0/code") == "TIPO_INVALIDO");
}

TEST_CASE("API keys are listed a page at a time")
{
    in_process server;
    auto const who = server.log_in_someone();
    for (int i = 0; i < 3; ++i) CHECK(make_key(server, who, R"(["account"])").status == 201);
    auto const first = server.ask("GET /api/v1/keys?limit=2", bearer(who));
    CHECK(first.size("/data") == 2);
    CHECK(first.at("/hasMore") == "true");
    auto const rest = server.ask("GET /api/v1/keys?limit=2&cursor=" + first.at("/nextCursor"), bearer(who));
    CHECK(rest.size("/data") == 1);
    CHECK(rest.at("/nextCursor") == "null");
    CHECK(server.ask("GET /api/v1/keys?limit=101", bearer(who)).code() == "PARAMETRO_INVALIDO");
    CHECK(server.ask("GET /api/v1/keys?cursor=x", bearer(who)).code() == "CURSOR_INVALIDO");
}

TEST_CASE("another one's API key can't be revoked, and neither can none")
{
    in_process server;
    auto const made = make_key(server, server.log_in_someone(), R"(["account"])");
    auto const who = server.log_in_someone();
    for (auto const& id : {made.at("/id"), std::string("x"), std::string(unknown_id)}) {
        auto const refused = server.ask("POST /api/v1/keys/" + id + "/revoke", bearer(who));
        CHECK(refused.status == 404);
        CHECK(refused.code() == "CLAVE_API_NO_ENCONTRADA");
    }
    CHECK(server.ask("GET /api/v1/user/me", bearer(made.at("/key"))).status == 200);
}

TEST_CASE("a key of an account that was disabled opens nothing")
{
    in_process server;
    auto const who = server.log_in_someone();
    auto const made = make_key(server, who, R"(["account"])");
    auto user = server.user(who.email);
    user.status = identity::user_status::disabled;
    server.save(user);
    CHECK(server.ask("GET /api/v1/user/me", bearer(made.at("/key"))).status == 401);
}

TEST_CASE("people see everything that is stored about them, and no secret")
{
    in_process server;
    auto const who = server.log_in_someone();
    (void)server.ask("POST /api/v1/session/login", {}, object_of({{"email", who.email}, {"password", right_password}}));
    (void)server.ask("POST /api/v1/auth/login", {}, object_of({{"email", who.email}, {"password", "wrong password"}}));
    (void)server.ask("POST /api/v1/magic/send", {}, object_of({{"email", who.email}}));
    auto const key = make_key(server, who, R"(["get"])");
    auto const codes = server.enrol(who);
    auto const data = server.ask("GET /api/v1/user/me/data", bearer(who));
    CHECK(data.status == 200);
    CHECK(data.at("/user/email") == who.email);
    CHECK(data.at("/complete") == "true");
    CHECK(data.size("/sessions") == 1);
    CHECK(data.size("/classic_sessions") == 1);
    CHECK(data.size("/links") == 1);
    CHECK(data.at("/links/0/type") == "MAGIC_LINK");
    CHECK(data.size("/api_keys") == 1);
    CHECK(data.size("/recovery_codes") == 8);
    CHECK(data.size("/login_attempts") >= 3);
    CHECK(data.size("/events") >= 4);
    CHECK(data.size("/login_habits/logins_by_hour") == 24);
    for (auto const& secret : {key.at("/key"), codes[0], who.refresh, std::string("password_hash"), std::string("mb1$"), server.mailed(who.email)})
        if (!secret.empty()) CHECK(data.body.find(secret) == std::string::npos);
    CHECK(server.events("SENSITIVE_DATA_ACCESSED") == 1);
}

TEST_CASE("people see what the rules about attacks found on their account")
{
    in_process server;
    auto const who = server.log_in_someone();
    for (int i = 0; i < 6; ++i) (void)server.ask("POST /api/v1/auth/login", {}, object_of({{"email", who.email}, {"password", "wrong password"}}));
    server.write_anomalies();
    auto const data = server.ask("GET /api/v1/user/me/data", bearer(who));
    REQUIRE(data.size("/anomalies") == 1);
    CHECK(data.at("/anomalies/0/severity") == "HIGH");
    CHECK(std::stoi(data.at("/anomalies/0/counted")) > std::stoi(data.at("/anomalies/0/threshold")));
    CHECK(data.at("/anomalies/0/window_from").ends_with('Z'));
}

TEST_CASE("an account that never logged in has no habits")
{
    in_process server;
    auto const who = server.log_in_someone();
    auto user = server.user(who.email);
    user.login_habits.reset();
    server.save(user);
    CHECK(server.ask("GET /api/v1/user/me/data", bearer(who)).at("/login_habits") == "null");
}

TEST_CASE("the countries that an owner usually comes from are shown to the owner")
{
    in_process_options options;
    options.countries = {{std::string("\xc0\x00\x02\x07", 4), "PT"}};
    in_process server(std::move(options));
    CHECK(server.ask("GET /api/v1/user/me/data", bearer(server.log_in_someone())).at("/login_habits/countries") == R"(["PT"])");
}

TEST_CASE("what ended is shown with its end and its reason")
{
    in_process server;
    auto const who = server.log_in_someone();
    auto const other = server.log_in(who.email);
    auto const classic = server.ask("POST /api/v1/session/login", {}, object_of({{"email", who.email}, {"password", right_password}}));
    (void)server.ask("POST /api/v1/session/logout", {from_origin(own_origin), cookies({{"__Host-session", *classic.cookie("__Host-session")}})});
    (void)server.ask("POST /api/v1/auth/logout", {from_origin(own_origin), cookies({{"__Host-refresh", other.refresh}})});
    (void)server.ask("POST /api/v1/magic/send", {}, object_of({{"email", who.email}}));
    (void)server.ask("POST /api/v1/magic/verify?token=" + server.mailed(who.email));
    auto const data = server.ask("GET /api/v1/user/me/data", bearer(who));
    CHECK(data.at("/classic_sessions/0/revoked_at").ends_with('Z'));
    CHECK(data.at("/classic_sessions/0/revoked_reason") != "null");
    CHECK(data.at("/links/0/used_at").ends_with('Z'));
    CHECK(data.at("/links/0/used_from_ip_hash") != "null");
    CHECK(data.body.find(R"("revoked_reason":"logout")") != std::string::npos);
}

TEST_CASE("what another one did to an account is shown without where it was done from")
{
    in_process server;
    auto const who = server.log_in_someone();
    server.peer = client_address{std::string("\xc6\x33\x64\x02", 4)};
    auto const admin = server.admin();
    CHECK(server.ask("PATCH /api/v1/admin/users/" + who.user, bearer(admin), R"({"roles":["user","admin"]})").status == 200);
    auto const data = server.ask("GET /api/v1/user/me/data", bearer(who));
    bool found = false;
    for (std::size_t i = 0; i < data.size("/events"); ++i) {
        auto const row = "/events/" + std::to_string(i);
        if (data.at(row + "/event_type") != "ROLE_CHANGED") continue;
        found = true;
        for (std::string const hidden : {"/ip_hash", "/country_code", "/risk_score", "/user_agent"}) CHECK(data.at(row + hidden) == "null");
    }
    CHECK(found);
}

TEST_CASE("people erase their account, and nothing opens it any more")
{
    in_process server;
    auto const who = server.log_in_someone();
    auto const erased = server.ask("DELETE /api/v1/user/me", bearer(who));
    CHECK(erased.status == 204);
    CHECK(erased.count("Set-Cookie") == 3);
    for (std::string const name : {"__Host-refresh", "__Host-session", "__Host-dev"}) CHECK(erased.cookie(name) == "");
    CHECK(server.ask("GET /api/v1/user/me", bearer(who)).status == 401);
    CHECK(server.ask("POST /api/v1/auth/login", {}, object_of({{"email", who.email}, {"password", right_password}})).status == 401);
    auto const admin = server.admin();
    CHECK(server.ask("GET /api/v1/admin/users/" + who.user, bearer(admin)).status == 404);
    auto const rows = server.ask("GET /api/v1/admin/audit?event=CUENTA_ELIMINADA", bearer(admin));
    CHECK(rows.at("/data/0/user_id") == "null");
    CHECK(rows.at("/data/0/actor_id") == "null");
    CHECK(rows.at("/data/0/metadata/initiatedBy") == "owner");
}

TEST_CASE("an old login does not erase an account")
{
    in_process server;
    auto const who = server.log_in_someone();
    server.clock.advance(std::chrono::minutes{11});
    auto const refused = server.ask("DELETE /api/v1/user/me", bearer(who));
    CHECK(refused.status == 403);
    CHECK(refused.code() == "STEP_UP_REQUERIDO");
    CHECK(refused.count("Set-Cookie") == 0);
}

TEST_CASE("an admin erases an account, and the last admin stays")
{
    in_process server;
    auto const who = server.log_in_someone();
    auto const admin = server.admin();
    CHECK(server.ask("DELETE /api/v1/admin/users/" + who.user, bearer(admin)).status == 204);
    CHECK(server.ask("GET /api/v1/user/me", bearer(who)).status == 401);
    CHECK(server.ask("DELETE /api/v1/admin/users/x", bearer(admin)).code() == "USUARIO_NO_ENCONTRADO");
    CHECK(server.ask("DELETE /api/v1/admin/users/" + who.user, bearer(admin)).status == 404);
    auto const refused = server.ask("DELETE /api/v1/user/me", bearer(admin));
    CHECK(refused.status == 409);
    CHECK(refused.code() == "ULTIMO_ADMIN");
}
