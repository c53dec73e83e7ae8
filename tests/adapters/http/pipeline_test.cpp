#include "tests/adapters/http/in_process.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <vector>

using namespace mb;
using namespace mb::http;
using namespace mb::http::testing;

namespace {

std::string correlation_of(reply const& said) { return said.field("X-Correlation-ID"); }

/// The entity `books`, which members may make and read their own records of.
void define_books(in_process& server, session const& admin)
{
    REQUIRE(server.ask("POST /api/v1/metadata/entities", bearer(admin), object_of({{"name", "books"}, {"display_name", "Books"}})).status == 201);
    REQUIRE(server
                .ask("POST /api/v1/metadata/entities/books/fields", bearer(admin),
                     object_of({{"name", "title"}, {"display_name", "Title"}, {"type", "TEXT"}}))
                .status
            == 201);
    REQUIRE(server.ask("POST /api/v1/admin/roles", bearer(admin), R"({"name":"member","permissions":["create","get:own"]})").status == 201);
    REQUIRE(server.ask("POST /api/v1/admin/roles", bearer(admin), R"({"name":"stranger","permissions":[]})").status == 201);
}

}  // namespace

TEST_CASE("a path that nobody has is not found, with a body or without")
{
    in_process server;
    for (std::string const line : {"GET /nope", "GET /api/v1/nope", "GET /health/", "OPTIONS /nope", "GET /a/b/c/d/e/f/g/h/i/j/k/l/m", "OPTIONS *"}) {
        INFO(line);
        auto const said = server.ask(line);
        CHECK(said.status == 404);
        CHECK(said.code() == "NO_ENCONTRADO");
    }
    CHECK(server.ask("POST /api/v1/nope", {}, std::string(200'000, 'x')).status == 404);
    CHECK(server.ask("PUT /api/v1/user/me", {}, std::string(200'000, 'x')).status == 405);
}

TEST_CASE("an id in a path that is none is not found")
{
    in_process server;
    auto const admin = server.admin();
    for (std::string const path :
         {"/api/v1/admin/users/x", "/api/v1/metadata/entities/x", "/api/v1/entities/x/records", "/api/v1/entities/x/records/y"})
        CHECK(server.ask("GET " + path, bearer(admin)).status == 404);
}

TEST_CASE("a correlation id of the client comes back, and no other text does")
{
    in_process server;
    auto const sent = [&](std::string const& text) { return correlation_of(server.ask("GET /health", {{"X-Correlation-ID", text}})); };
    CHECK(sent("0196F0F0-1234-4ABC-8DEF-001122334455") == "0196f0f0-1234-4abc-8def-001122334455");
    for (std::string const bad : {"", "evil", "0196f0f0-1234-4abc-8def-00112233445", "0196f0f0-1234-4abc-8def-0011223344556"}) {
        auto const made = sent(bad);
        CHECK(made != bad);
        CHECK(made.size() == 36);
        CHECK(made[14] == '4');
    }
    CHECK(sent("") != sent(""));
}

TEST_CASE("a refusal says when, and which request it was about")
{
    in_process server;
    auto const said = server.ask("GET /api/v1/user/me");
    CHECK(said.size("") == 4);
    CHECK(said.at("/correlationId") == correlation_of(said));
    CHECK(said.at("/timestamp") == "2026-01-24T10:30:00.000Z");
}

TEST_CASE("errors speak Spanish and English, and their codes stay")
{
    in_process server;
    auto const said = [&](std::string const& tongue) { return server.ask("GET /api/v1/user/me", {{"Accept-Language", tongue}}); };
    CHECK(said("").at("/error").find("autenticarte") != std::string::npos);
    CHECK(said("en").at("/error").find("authenticate") != std::string::npos);
    CHECK(said("fr, en;q=0.8, es;q=0.5").at("/error") == said("en").at("/error"));
    CHECK(said("de").at("/error") == said("es").at("/error"));
    CHECK(said("en").code() == said("es").code());
}

TEST_CASE("a server may speak English to who asks for nothing")
{
    in_process_options options;
    options.settings.tongue = language::en;
    in_process server(std::move(options));
    CHECK(server.ask("GET /api/v1/user/me").at("/error").find("authenticate") != std::string::npos);
    CHECK(server.ask("GET /nope", {{"Accept-Language", "es"}}).at("/error") == "El recurso no existe");
    CHECK(server.refuse(problem::headers_too_large).at("/error") == "The header is too large");
}

TEST_CASE("a page of a listed origin may call, and one of another may not")
{
    in_process server;
    auto const who = server.log_in_someone();
    auto const asked = [&](std::string_view origin) {
        return server.ask("OPTIONS /api/v1/user/me", {from_origin(origin), {"Access-Control-Request-Method", "PATCH"}});
    };
    for (auto const origin : {own_origin, listed_origin}) {
        auto const said = asked(origin);
        CHECK(said.status == 204);
        CHECK(said.field("Access-Control-Allow-Origin") == origin);
        CHECK(said.field("Access-Control-Allow-Methods").find("PATCH") != std::string::npos);
        CHECK(said.field("Access-Control-Allow-Headers").find("X-Step-Up-Token") != std::string::npos);
        CHECK(said.field("Access-Control-Max-Age") == "600");
        auto const got = server.ask("GET /api/v1/user/me", bearer(who, {from_origin(origin)}));
        CHECK(got.status == 200);
        CHECK(got.field("Access-Control-Allow-Origin") == origin);
        CHECK(got.field("Access-Control-Allow-Credentials") == "true");
        CHECK(got.field("Access-Control-Expose-Headers").find("ETag") != std::string::npos);
        CHECK(got.field("Vary") == "Origin");
    }
    auto const said = asked(foreign_origin);
    CHECK(said.status == 204);
    CHECK(said.count("Access-Control-Allow-Methods") == 0);
    CHECK(said.count("Access-Control-Allow-Origin") == 0);
    CHECK(said.field("Vary") == "Origin");
    CHECK(server.ask("GET /api/v1/user/me", bearer(who)).count("Vary") == 0);
}

TEST_CASE("OPTIONS without the method that is to be asked is no question of a browser")
{
    in_process server;
    auto const said = server.ask("OPTIONS /api/v1/user/me", {from_origin(own_origin)});
    CHECK(said.status == 204);
    CHECK(said.count("Access-Control-Allow-Methods") == 0);
    CHECK(said.field("Access-Control-Allow-Origin") == own_origin);
}

TEST_CASE("what the edge refused is answered in the same form")
{
    in_process server;
    auto const unread = server.refuse(problem::bad_request);
    CHECK(unread.status == 400);
    CHECK(unread.at("/correlationId") == correlation_of(unread));
    auto const late = server.refuse(problem::service_unavailable, "GET /api/v1/user/me", {{"Accept-Language", "en"}});
    CHECK(late.status == 503);
    CHECK(late.field("Retry-After") == "1");
    CHECK(late.at("/error") == "The service is not available");
    CHECK(server.refuse(problem::request_timeout, "POST /api/auth/login").has("/error_code"));
    CHECK(server.refuse(problem::method_not_allowed).count("Allow") == 0);
}

TEST_CASE("every refusal has a status of its own kind and a text in both languages")
{
    in_process server;
    for (auto const& entry : problems()) {
        auto const spanish = server.refuse(entry.id, "GET /health", {{"Accept-Language", "es"}});
        auto const english = server.refuse(entry.id, "GET /health", {{"Accept-Language", "en"}});
        CHECK(spanish.status >= 400);
        CHECK(spanish.status == english.status);
        CHECK(spanish.code() == entry.code);
        CHECK_FALSE(spanish.at("/error").empty());
        CHECK(spanish.at("/error") != english.at("/error"));
    }
}

TEST_CASE("allowances are of an address, and of an account whatever its address")
{
    in_process_options options;
    options.settings.default_rate = {5, std::chrono::seconds{60}};
    in_process server(std::move(options));
    auto const who = server.log_in_someone();
    for (int i = 0; i < 5; ++i) {
        auto const said = server.ask("GET /api/v1/user/me", bearer(who));
        CHECK(said.status == 200);
        CHECK(said.field("RateLimit").starts_with("\"default\";r=" + std::to_string(4 - i)));
    }
    CHECK(server.ask("GET /api/v1/user/me").status == 429);
    server.peer = client_address{std::string("\xc6\x33\x64\x01", 4)};
    CHECK(server.ask("GET /api/v1/user/me").status == 401);
    auto const said = server.ask("GET /api/v1/user/me", bearer(who));
    CHECK(said.status == 429);
    CHECK(said.field("RateLimit-Policy") == R"("default";q=5;w=60)");
    server.clock.advance(std::chrono::minutes{1});
    CHECK(server.ask("GET /api/v1/user/me", bearer(server.log_in(who.email))).status == 200);
}

TEST_CASE("refusals make what follows dearer")
{
    in_process_options options;
    options.settings.default_rate = {8, std::chrono::seconds{60}};
    in_process server(std::move(options));
    std::vector<int> statuses;
    for (int i = 0; i < 4; ++i) statuses.push_back(server.ask("GET /api/v1/user/me").status);
    CHECK(statuses == std::vector{401, 401, 401, 429});  // 1 + 2 + 4 of 8, and 8 more are wanted
}

TEST_CASE("a server without limits counts nothing")
{
    in_process_options options;
    options.settings.rate_limited = false;
    options.settings.default_rate = {1, std::chrono::seconds{60}};
    in_process server(std::move(options));
    for (int i = 0; i < 10; ++i) {
        auto const said = server.ask("GET /api/v1/user/me");
        CHECK(said.status == 401);
        CHECK(said.count("RateLimit") == 0);
    }
}

TEST_CASE("an IPv6 network is one client, whatever its hosts")
{
    in_process server;
    auto const seen_from = [&](char host) {
        server.peer = client_address{std::string("\x20\x01\x0d\xb8\x00\x01\x00\x02\x00\x00\x00\x00\x00\x00\x00", 15) + host};
        return server.ask("GET /api/v1/user/me/data", bearer(server.log_in_someone())).at("/sessions/0/ip_hash");
    };
    CHECK(seen_from('\x01') == seen_from('\x02'));
    server.peer = client_address{std::string("\xc0\x00\x02\x08", 4)};
    auto const neighbour = server.ask("GET /api/v1/user/me/data", bearer(server.log_in_someone())).at("/sessions/0/ip_hash");
    server.peer = client_address{std::string("\xc0\x00\x02\x09", 4)};
    CHECK(server.ask("GET /api/v1/user/me/data", bearer(server.log_in_someone())).at("/sessions/0/ip_hash") != neighbour);
}

TEST_CASE("a record is read with the request where the storage is near, and by its lane where it is not")
{
    for (bool const near : {true, false}) {
        INFO(near);
        in_process_options options;
        options.settings.point_reads_here = near;
        in_process server(std::move(options));
        auto const admin = server.admin();
        define_books(server, admin);
        auto const owner = server.log_in(server.someone({"member"}));
        auto const made = server.ask("POST /api/v1/entities/books/records", bearer(owner), R"({"title":"Rayuela"})");
        REQUIRE(made.status == 201);
        auto const line = "GET /api/v1/entities/books/records/" + made.at("/id");
        auto const reading_key = server.ask("POST /api/v1/keys", bearer(admin), R"({"name":"robot","scopes":["get"]})").at("/key");
        CHECK(server.ask(line, bearer(owner)).at("/title") == "Rayuela");
        CHECK(server.ask(line, bearer(admin)).at("/title") == "Rayuela");
        CHECK(server.ask(line, bearer(reading_key)).at("/title") == "Rayuela");
        CHECK(server.ask(line).status == 401);

        auto const before = server.events("PERMISSION_DENIED");
        auto const stranger = server.log_in(server.someone({"stranger"}));
        CHECK(server.ask(line, bearer(stranger)).code() == "SIN_PERMISO");
        CHECK(server.events("PERMISSION_DENIED") == before + 1);
        auto const other_member = server.log_in(server.someone({"member"}));
        CHECK(server.ask(line, bearer(other_member)).status >= 403);
        CHECK(server.ask("GET /api/v1/entities/nothing/records/" + made.at("/id"), bearer(stranger)).status == 404);

        server.store().fail_next_read(errc::unavailable);
        CHECK(server.ask(line, bearer(owner)).status == 503);
        server.store().fail_next_read(errc::unavailable);
        CHECK(server.ask(line, bearer(reading_key)).status == 503);
    }
}

TEST_CASE("what a request comes from is told by what only browsers send, and by the name of its agent")
{
    in_process server;
    struct sender {
        field_list sent;
        std::string source;
    };
    for (auto const& each : {sender{{}, "api"}, sender{{{"Sec-Fetch-Site", "same-origin"}}, "web"}, sender{{from_origin(own_origin)}, "web"},
                             sender{{{"Accept", "text/html,*/*"}}, "web"}, sender{{{"User-Agent", "curl/8.0"}}, "api"},
                             sender{{{"User-Agent", "Mozilla/5.0 (iPhone; CPU)"}, from_origin(own_origin)}, "mobile"},
                             sender{{{"User-Agent", "app (Android 15)"}}, "mobile"}}) {
        auto const who = server.log_in_someone();
        (void)server.ask("POST /api/v1/auth/forgot-password", each.sent, object_of({{"email", who.email}}));
        CHECK(server.ask("GET /api/v1/user/me/data", bearer(who)).at("/links/0/request_source") == each.source);
    }
}

TEST_CASE("an agent's name is kept up to its 256th byte, and without what could end a line")
{
    in_process server;
    auto const email = server.someone();
    auto const kept = [&](std::string agent) {
        (void)server.ask("POST /api/v1/auth/login", {{"User-Agent", std::move(agent)}}, object_of({{"email", email}, {"password", right_password}}));
        return server.ask("GET /api/v1/admin/audit?event=LOGIN_EXITOSO", bearer(server.admin())).at("/data/1/user_agent");
    };
    CHECK(kept(std::string(256, 'a')) == std::string(256, 'a'));
    CHECK(kept(std::string(257, 'a')) == std::string(256, 'a'));
    CHECK(kept("a\tb\x7f~") == "a?b?~");
}

TEST_CASE("what is wrong is named by the path of its member, whatever its name is")
{
    in_process server;
    auto const said = server.ask("POST /api/v1/auth/login", {}, R"({"email":"a@b.example","password":"x","a/b~c":1,"~":2})");
    CHECK(said.status == 422);
    std::vector<std::string> fields;
    for (std::size_t i = 0; i < said.size("/details"); ++i) fields.push_back(said.at("/details/" + std::to_string(i) + "/field"));
    CHECK(fields == std::vector<std::string>{"a/b~c", "~"});
    auto const old = server.ask("POST /api/auth/login", {}, R"({"email":"a@b.example","password":"x","nope":1})");
    CHECK(old.at("/errors/0/field") == "nope");
    CHECK(old.at("/error_code") == "VALIDATION_ERROR");
}

TEST_CASE("the country of an address is written where it is known")
{
    in_process_options options;
    options.countries = {{std::string("\xc0\x00\x02\x07", 4), "PT"}};
    in_process server(std::move(options));
    auto const who = server.log_in_someone();
    CHECK(server.ask("GET /api/v1/user/me/data", bearer(who)).at("/login_attempts/0/country_code") == "PT");
    server.peer = client_address{std::string("\xc6\x33\x64\x01", 4)};
    CHECK(server.ask("GET /api/v1/user/me/data", bearer(server.log_in_someone())).at("/login_attempts/0/country_code") == "null");
}

TEST_CASE("a proof of nothing is read as none, and one that can't be checked fails the request")
{
    in_process server;
    auto const who = server.log_in_someone();
    CHECK(server.ask("GET /api/v1/user/me", bearer(who, {{"X-Step-Up-Token", "x.y.z"}})).status == 200);
    CHECK(server.ask("POST /api/v1/keys", bearer(who, {{"X-Step-Up-Token", "x.y.z"}}), R"({"name":"robot","scopes":["account"]})").status == 201);
}

TEST_CASE("requests that look like an attack, and paths that nobody has, are noted by address")
{
    in_process server;
    auto const who = server.log_in_someone();
    CHECK(server.ask("GET /wp-admin").status == 404);
    CHECK(server.ask("GET /api/v1/user/me?q=1%27%20OR%20%271%27=%271", bearer(who)).status == 400);
    CHECK(server.ask("PATCH /api/v1/user/me", bearer(who), R"({"nope":"<script>alert(1)</script>"})").status == 422);
    CHECK(server.ask("GET /api/v1/admin/users/'%20or%20'1", bearer(who)).status == 403);
    CHECK(server.write_strays() == 2);
    CHECK(server.events("RUTA_DESCONOCIDA") == 1);
    CHECK(server.events("INYECCION_DETECTADA") == 1);
}
