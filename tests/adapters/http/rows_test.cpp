// What is true of every row of the route table, or of every row of a kind: each claim takes the rows from the table itself.
#include "adapters/http/route.hpp"
#include "core/domain/audit/event.hpp"
#include "tests/adapters/http/in_process.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <functional>
#include <initializer_list>
#include <set>

using namespace mb;
using namespace mb::http;
using namespace mb::http::testing;

namespace {

std::string name_of_row(route const& row) { return std::string(name_of(row.method)) + ' ' + std::string(row.path); }

/// The row's path with a name that nothing has for each segment that varies.
std::string path_of(route const& row)
{
    std::string path(row.path);
    for (auto at = path.find('{'); at != std::string::npos; at = path.find('{')) path.replace(at, path.find('}', at) - at + 1, unknown_id);
    return path;
}

/// The same with the token that a link would carry.
std::string target_of(route const& row) { return path_of(row) + (row.query == "token" ? "?token=x" : ""); }

std::string line_of(route const& row) { return std::string(name_of(row.method)) + ' ' + target_of(row); }

std::string with_parameter(route const& row, std::string_view parameter)
{
    return line_of(row) + (row.query == "token" ? '&' : '?') + std::string(parameter);
}

bool takes_body(route const& row) { return row.body != schema::nothing; }
std::string empty_body(route const& row) { return takes_body(row) ? "{}" : ""; }
bool is_safe_row(route const& row) { return row.method == verb::get; }
bool takes_bearer(route const& row) { return row.who == audience::authenticated || row.who == audience::permission || row.who == audience::admin; }
bool takes_cookie(route const& row) { return row.who == audience::refresh_cookie || row.who == audience::session_cookie; }

/// Looks at each row that is wanted, and fails where there is none.
void for_rows(std::function<bool(route const&)> const& wanted, std::function<void(route const&)> const& look)
{
    std::size_t looked_at = 0;
    for (auto const& row : routes()) {
        if (!wanted(row)) continue;
        ++looked_at;
        INFO(name_of_row(row));
        look(row);
    }
    CHECK(looked_at > 0);
}

/// A body that the row's use case would act on.
std::string good_body(route const& row)
{
    switch (row.body) {
        case schema::password_change: return object_of({{"current_password", right_password}, {"new_password", fresh_password}});
        case schema::factor_code: return R"({"code":"123456"})";
        case schema::new_api_key: return R"({"name":"robot","scopes":["account"]})";
        case schema::user_change: return R"({"roles":["admin"]})";
        case schema::new_role: return R"({"name":"clerk","permissions":[]})";
        case schema::role_change: return R"({"permissions":[]})";
        case schema::review: return R"({"reviewed":true})";
        default: return empty_body(row);
    }
}

std::set<std::string> names_in(std::string_view allow)
{
    std::set<std::string> names;
    while (!allow.empty()) {
        auto const end = allow.find(", ");
        names.emplace(allow.substr(0, end));
        allow = end == std::string_view::npos ? std::string_view{} : allow.substr(end + 2);
    }
    return names;
}

/// The methods of the table for the path of a row.
std::set<std::string> methods_of(std::string_view path)
{
    std::set<std::string> names{"OPTIONS"};
    for (auto const& row : routes()) {
        if (row.path != path) continue;
        names.emplace(name_of(row.method));
        if (row.method == verb::get) names.emplace("HEAD");
    }
    return names;
}

bool any_row(route const&) { return true; }

}  // namespace

TEST_CASE("no row that wants a token answers without one, with a broken one or with one of another kind")
{
    in_process server;
    auto const who = server.log_in_someone();
    for_rows(takes_bearer, [&](route const& row) {
        for (auto const& sent : {field_list{}, bearer("x.y.z"), bearer(who.refresh), field_list{{"Authorization", "Basic eDp5"}}}) {
            auto const said = server.ask(line_of(row), sent, empty_body(row));
            CHECK(said.status == 401);
            CHECK(said.field("WWW-Authenticate").starts_with("Bearer realm=\"metabuilder\""));
        }
    });
}

TEST_CASE("no row that wants a cookie answers without one or with a token in its place")
{
    in_process server;
    auto const who = server.log_in_someone();
    for_rows(takes_cookie, [&](route const& row) {
        CHECK(server.ask(line_of(row), {from_origin(own_origin)}).status == 401);
        CHECK(server.ask(line_of(row), {from_origin(own_origin), cookies({{"__Host-refresh", who.access}, {"__Host-session", who.access}})}).status
              == 401);
        // two cookies of one name: nobody knows which one is meant
        CHECK(
            server
                .ask(line_of(row),
                     {from_origin(own_origin),
                      cookies({{"__Host-refresh", who.refresh}, {"__Host-refresh", who.refresh}, {"__Host-session", "a"}, {"__Host-session", "b"}})})
                .status
            == 401);
    });
}

TEST_CASE("a row for a name and a password asks for them in its own words")
{
    in_process server;
    for_rows([](route const& row) { return row.who == audience::basic; },
             [&](route const& row) {
                 auto const said = server.ask(line_of(row));
                 CHECK(said.status == 401);
                 CHECK(said.field("WWW-Authenticate") == R"(Basic realm="metabuilder", charset="UTF-8")");
             });
}

TEST_CASE("who is no admin is refused at every row of administration, and the audit log says so")
{
    in_process server;
    auto const who = server.log_in_someone();
    for_rows([](route const& row) { return row.who == audience::admin; },
             [&](route const& row) {
                 auto const event = audit::entry_of(row.refused_as).name;
                 auto const before = server.events(event);
                 auto const said = server.ask(line_of(row), bearer(who), empty_body(row));
                 CHECK(said.status == 403);
                 CHECK(said.code() == "SIN_PERMISO");
                 CHECK(server.events(event) == before + 1);
             });
}

TEST_CASE("a path that exists names its methods to who asks with another one")
{
    in_process server;
    for_rows(any_row, [&](route const& row) {
        auto const allowed = methods_of(row.path);
        for (std::string const method : {"GET", "POST", "PUT", "PATCH", "DELETE"}) {
            if (allowed.contains(method)) continue;
            auto const said = server.ask(method + ' ' + path_of(row));
            CHECK(said.status == 405);
            CHECK(said.code() == "METODO_NO_PERMITIDO");
            CHECK(names_in(said.field("Allow")) == allowed);
            auto const with_body = server.ask(method + ' ' + path_of(row), {}, "{}");
            CHECK(with_body.status == 405);
            CHECK(names_in(with_body.field("Allow")) == allowed);
        }
    });
}

TEST_CASE("OPTIONS names the methods of every path and does nothing else")
{
    in_process server;
    for_rows(any_row, [&](route const& row) {
        auto const said = server.ask("OPTIONS " + path_of(row));
        CHECK(said.status == 204);
        CHECK(said.body.empty());
        CHECK(names_in(said.field("Allow")) == methods_of(row.path));
        CHECK(said.count("Access-Control-Allow-Methods") == 0);
        CHECK(server.ask("OPTIONS " + path_of(row), {}, "{}").status == 204);
    });
}

TEST_CASE("HEAD answers as GET does, without the body")
{
    in_process server;
    auto const admin = server.admin();
    for_rows(is_safe_row, [&](route const& row) {
        auto const got = server.ask("GET " + target_of(row), bearer(admin));
        auto const headed = server.ask("HEAD " + target_of(row), bearer(admin));
        CHECK(headed.status == got.status);
        CHECK(headed.body.empty());
        CHECK(headed.field("Content-Type") == got.field("Content-Type"));
    });
}

TEST_CASE("a row with a body takes JSON and no other type")
{
    in_process server;
    auto const admin = server.admin();
    for_rows(takes_body, [&](route const& row) {
        for (std::string const type : {"text/plain", "application/x-www-form-urlencoded", "application/jsonx", ""}) {
            auto const said = server.ask(line_of(row), bearer(admin, {{"Content-Type", type}}), "{}");
            CHECK(said.status == 415);
            CHECK(said.code() == "TIPO_NO_SOPORTADO");
        }
        for (std::string const type : {"application/json; charset=utf-8", "Application/JSON ;x=y"})
            CHECK(server.ask(line_of(row), bearer(admin, {{"Content-Type", type}}), "{").status == 400);
        auto const merge = server.ask(line_of(row), bearer(admin, {{"Content-Type", "application/merge-patch+json"}}), "{");
        CHECK(merge.status == (row.method == verb::patch ? 400 : 415));
    });
}

TEST_CASE("what is no JSON is refused at every row with a body")
{
    in_process server;
    auto const admin = server.admin();
    for_rows(takes_body, [&](route const& row) {
        for (std::string const broken : {"{", "", "{'a':1}", R"({"a":1}x)", "\xef\xbb\xbf{}", R"({"a":"\u0000"})", R"({"a":1e999})"}) {
            auto const said = server.ask(line_of(row), bearer(admin), broken);
            CHECK(said.status == 400);
            CHECK(said.code() == "JSON_INVALIDO");
        }
        CHECK(server.ask(line_of(row), bearer(admin), std::string(40, '[') + std::string(40, ']')).code() == "JSON_INVALIDO");
    });
}

TEST_CASE("a member that stands twice is refused at every row with a body")
{
    in_process server;
    auto const admin = server.admin();
    for_rows(takes_body, [&](route const& row) {
        auto const said = server.ask(line_of(row), bearer(admin), R"({"name":"a","name":"b"})");
        CHECK(said.status == 422);
        CHECK(said.at("/details/0/code") == "VALOR_DUPLICADO");
    });
}

TEST_CASE("a body is read up to the row's size and not one byte further")
{
    in_process server;
    auto const admin = server.admin();
    for_rows(any_row, [&](route const& row) {
        auto const most = std::max<std::size_t>(row.body_bytes_max, 1024);
        auto const text_of_size = [](std::size_t bytes) { return '"' + std::string(bytes - 2, 'x') + '"'; };
        CHECK(server.ask(line_of(row), bearer(admin), text_of_size(most)).status != 413);
        auto const said = server.ask(line_of(row), bearer(admin), text_of_size(most + 1));
        CHECK(said.status == 413);
        CHECK(said.code() == "CUERPO_DEMASIADO_GRANDE");
        CHECK(said.close);
    });
}

TEST_CASE("a row without a body takes the empty object that some clients always send, and nothing else")
{
    in_process server;
    for_rows([](route const& row) { return !takes_body(row) && !is_safe_row(row); },
             [&](route const& row) {
                 field_list const sent{from_origin(own_origin)};
                 CHECK(server.ask(line_of(row), sent, "{}").status == server.ask(line_of(row), sent).status);
                 auto const said = server.ask(line_of(row), sent, R"({"a":1})");
                 CHECK(said.status == 400);
                 CHECK(said.code() == "SOLICITUD_INVALIDA");
             });
}

TEST_CASE("a parameter that a row does not know is refused before anything else is looked at")
{
    in_process server;
    for_rows([](route const& row) { return row.query != "*"; },
             [&](route const& row) {
                 auto const said = server.ask(with_parameter(row, "nope=1"), {from_origin(own_origin)}, empty_body(row));
                 CHECK(said.status == 400);
                 CHECK(said.code() == "PARAMETRO_DESCONOCIDO");
             });
}

TEST_CASE("a parameter that a row knows is given once")
{
    in_process server;
    for_rows([](route const& row) { return row.query != "*" && !row.query.empty(); },
             [&](route const& row) {
                 std::string const name(row.query.substr(0, row.query.find(' ')));
                 auto const said = server.ask(with_parameter(row, name + "=1&" + name + "=2"), {}, empty_body(row));
                 CHECK(said.status == 400);
                 CHECK(said.code() == "PARAMETRO_INVALIDO");
             });
}

TEST_CASE("a query that can't be decoded is refused at every row")
{
    in_process server;
    for_rows(any_row, [&](route const& row) {
        auto const said = server.ask(with_parameter(row, "a=%zz"), {from_origin(own_origin)}, empty_body(row));
        CHECK(said.status == 400);
    });
}

TEST_CASE("nothing changes on the word of a page of another origin")
{
    in_process server;
    auto const admin = server.admin();
    for_rows([](route const& row) { return !is_safe_row(row); },
             [&](route const& row) {
                 for (auto const origin : {foreign_origin, std::string_view{"null"}, std::string_view{"https://id.example.evil.example"},
                                           std::string_view{"http://id.example"}}) {
                     auto const said = server.ask(line_of(row), bearer(admin, {from_origin(origin)}), empty_body(row));
                     CHECK(said.status == 403);
                     CHECK(said.code() == "ORIGEN_NO_PERMITIDO");
                     CHECK(said.count("Access-Control-Allow-Origin") == 0);
                     CHECK(said.field("Vary") == "Origin");
                 }
             });
}

TEST_CASE("a cookie that changes something needs proof of who asks")
{
    in_process server;
    auto const who = server.log_in_someone();
    auto const sent = cookies({{"__Host-refresh", who.refresh}, {"__Host-session", "x"}});
    for_rows([](route const& row) { return takes_cookie(row) && !is_safe_row(row); },
             [&](route const& row) {
                 CHECK(server.ask(line_of(row), {sent}).code() == "ORIGEN_NO_PERMITIDO");
                 CHECK(server.ask(line_of(row), {sent, {"Sec-Fetch-Site", "cross-site"}}).code() == "ORIGEN_NO_PERMITIDO");
                 CHECK(server.ask(line_of(row), {sent, {"Sec-Fetch-Site", "same-site"}}).code() == "ORIGEN_NO_PERMITIDO");
                 for (std::string const site : {"same-origin", "none"})
                     CHECK(server.ask(line_of(row), {sent, {"Sec-Fetch-Site", site}}).status != 403);
             });
}

TEST_CASE("every row that is limited refuses past its allowance and says how long to wait")
{
    in_process_options options;
    options.settings.credentials_rate = {1, std::chrono::seconds{60}};
    options.settings.default_rate = {2, std::chrono::seconds{60}};
    in_process server(std::move(options));
    for_rows([](route const& row) { return row.rate != rate_class::none; },
             [&](route const& row) {
                 server.clock.advance(std::chrono::hours{1});
                 bool const dear = row.rate == rate_class::credentials;
                 field_list const sent{from_origin(own_origin)};
                 CHECK(server.ask(line_of(row), sent, empty_body(row)).status != 429);
                 // the refusal of a row that is not about credentials makes the next request cost twice as much
                 auto const said = server.ask(line_of(row), sent, empty_body(row));
                 CHECK(said.status == 429);
                 CHECK(said.code() == "DEMASIADAS_SOLICITUDES");
                 CHECK(said.field("RateLimit-Policy") == (dear ? R"("credentials";q=1;w=60)" : R"("default";q=2;w=60)"));
                 auto const wait = said.field("Retry-After");
                 CHECK(std::stoi(wait) >= 1);
                 CHECK(said.field("RateLimit") == (dear ? "\"credentials\"" : "\"default\"") + (";r=0;t=" + wait));
             });
}

TEST_CASE("a row that is not limited never says too many")
{
    in_process_options options;
    options.settings.credentials_rate = {1, std::chrono::seconds{60}};
    options.settings.default_rate = {1, std::chrono::seconds{60}};
    in_process server(std::move(options));
    for_rows([](route const& row) { return row.rate == rate_class::none; },
             [&](route const& row) {
                 for (int i = 0; i < 5; ++i) {
                     auto const said = server.ask(line_of(row));
                     CHECK(said.status != 429);
                     CHECK(said.count("RateLimit") == 0);
                 }
             });
}

TEST_CASE("a row takes an API key with its scope and no other")
{
    in_process server;
    for (std::string const scope : {"account", "keys", "password", "administer", "get"}) {
        INFO(scope);
        auto const made = server.ask("POST /api/v1/keys", bearer(server.admin()), R"({"name":"robot","scopes":[")" + scope + R"("]})");
        REQUIRE(made.status == 201);
        for_rows(takes_bearer, [&](route const& row) {
            auto const said = server.ask(line_of(row), bearer(made.at("/key")), empty_body(row));
            bool const fits =
                row.key == access::power::records ? scope == "get" : row.key != access::power::none && scope == access::name_of(row.key);
            CHECK((said.status == 403 && said.code() == "ALCANCE_INSUFICIENTE") == !fits);
            CHECK(said.status != 401);
        });
    }
}

TEST_CASE("a row that wants a fresh proof of who has a second factor refuses without it, and the audit log says so")
{
    in_process server;
    auto const admin = server.admin();
    auto const recovery = server.enrol(admin);
    (void)server.someone();
    auto const asks_for_proof = [](route const& row) { return row.proof != fresh_proof::none; };
    server.clock.advance(std::chrono::minutes{11});
    for_rows(asks_for_proof, [&](route const& row) {
        auto const before = server.events("PERMISSION_DENIED");
        auto const said = server.ask(line_of(row), bearer(admin), good_body(row));
        if (row.path == "/api/v1/mfa/enable") {
            CHECK(said.code() == "MFA_YA_ACTIVADO");
            return;
        }
        CHECK(said.status == 403);
        CHECK(said.code() == "STEP_UP_REQUERIDO");
        CHECK(server.events("PERMISSION_DENIED") == before + 1);
    });
    auto const proven = server.ask("POST /api/v1/mfa/step-up", bearer(admin), object_of({{"recovery_code", recovery[0]}}));
    REQUIRE(proven.status == 200);
    field_list const proof{{"X-Step-Up-Token", proven.at("/step_up_token")}};
    for_rows([](route const& row) { return row.proof == fresh_proof::of_factor; },
             [&](route const& row) { CHECK(server.ask(line_of(row), bearer(admin, proof), good_body(row)).code() != "STEP_UP_REQUERIDO"); });
}

TEST_CASE("a path of seed 000 refuses in the words of seed 000")
{
    in_process server;
    auto const old_path = [](route const& row) {
        for (std::string const part : {"/api/v1/auth/", "/api/v1/metadata/", "/api/v1/entities/"})
            if (row.path.starts_with(part)) return true;
        return false;
    };
    for_rows(old_path, [&](route const& row) {
        auto const path = "/api" + path_of(row).substr(7);
        auto const method = std::string(name_of(row.method)) + ' ';
        auto const is_old = [](reply const& said) {
            CHECK(said.has("/detail"));
            CHECK(said.has("/error_code"));
            CHECK(said.has("/timestamp"));
            CHECK_FALSE(said.has("/code"));
        };
        if (takes_bearer(row)) {
            auto const said = server.ask(method + path, {}, empty_body(row));
            CHECK(said.at("/error_code") == "UNAUTHORIZED");
            is_old(said);
        }
        if (takes_body(row)) is_old(server.ask(method + path, {{"Content-Type", "text/plain"}}, "{}"));
        auto const wrong = server.ask((row.method == verb::patch ? "OPTIONS " : "PATCH ") + path);
        if (wrong.status == 405) is_old(wrong);
    });
}

TEST_CASE("every answer carries the fields of every answer and a correlation id")
{
    in_process server;
    auto const admin = server.admin();
    for_rows(any_row, [&](route const& row) {
        for (auto const& sent : {field_list{}, bearer(admin)}) {
            auto const said = server.ask(line_of(row), sent, empty_body(row));
            CHECK(said.field("X-Content-Type-Options") == "nosniff");
            CHECK(said.field("X-Frame-Options") == "DENY");
            CHECK(said.field("Referrer-Policy") == "no-referrer");
            CHECK(said.field("Cache-Control") == "no-store");
            CHECK(said.field("Content-Security-Policy").find("default-src 'self'") != std::string::npos);
            CHECK(said.field("Content-Security-Policy").find("unsafe") == std::string::npos);
            CHECK(said.count("Server") == 0);
            CHECK(said.count("X-Correlation-ID") == 1);
            if (said.status >= 400 && said.field("Content-Type") == "application/json")
                CHECK(said.at("/correlationId") == said.field("X-Correlation-ID"));
        }
    });
}

TEST_CASE("a database that is away is said to be away, at every row that writes")
{
    in_process server;
    auto const admin = server.admin();
    for_rows([](route const& row) { return row.lane == lane_kind::write && takes_bearer(row); },
             [&](route const& row) {
                 server.store().fail_next_read(errc::unavailable);
                 auto const said = server.ask(line_of(row), bearer(admin), good_body(row));
                 CHECK(said.status == 503);
                 CHECK(said.code() == "ALMACENAMIENTO_NO_DISPONIBLE");
                 CHECK(said.field("Retry-After") == "1");
             });
}
