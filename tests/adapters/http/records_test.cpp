// Records over HTTP: what is shown, what is found, what is refused, and how a version guards a change.
#include "tests/adapters/http/steps.hpp"

#include <catch2/catch.hpp>

using namespace mb;
using namespace mb::http;
using namespace mb::http::testing;

namespace {

constexpr std::string_view records = "/api/v1/entities/books/records";

/// A server with the entity `books`, and somebody who may work on its records.
struct library {
    in_process server;
    session admin = server.admin();
    std::string books = define(server, admin, "books",
                               {R"({"name":"title","type":"TEXT","is_required":true})", R"({"name":"pages","type":"INTEGER","min":1})",
                                R"({"name":"isbn","type":"TEXT","max_length":20,"is_unique":true})"});
    session ana = server.log_in_someone();

    reply get(std::string_view path, field_list more = {}) { return server.ask("GET " + std::string(path), bearer(ana, std::move(more))); }
    reply ask(std::string_view method, std::string_view path, std::string body = {}, field_list more = {})
    {
        return server.ask(std::string(method) + ' ' + std::string(path), bearer(ana, std::move(more)), std::move(body));
    }
};

}  // namespace

TEST_CASE("a new record is shown with its place and its version")
{
    library in;
    auto const made = in.ask("POST", records, R"({"title":"Rayuela","pages":600})");
    CHECK(made.status == 201);
    CHECK(made.field("ETag") == "\"v1\"");
    CHECK(made.field("Location") == std::string(records) + '/' + made.at("/id"));
    CHECK(made.at("/title") == "Rayuela");
    CHECK(made.at("/pages") == "600");
    CHECK(made.at("/isbn") == "null");
    CHECK(made.at("/version") == "1");
    CHECK(made.at("/created_by") == in.ana.user);
    auto const shown = in.get(made.field("Location"));
    CHECK(shown.body == made.body);
    CHECK(shown.field("ETag") == "\"v1\"");
    CHECK(in.get("/api/v1/entities/" + in.books + "/records/" + made.at("/id")).body == made.body);
}

TEST_CASE("PATCH merges into a record, null clears, and PUT replaces it")
{
    library in;
    auto const path = make_record(in.server, in.ana, "books", R"({"title":"Ficciones","pages":170,"isbn":"ficciones"})");
    auto const merged = in.ask("PATCH", path, R"({"pages":203})");
    CHECK(merged.status == 200);
    CHECK(merged.field("ETag") == "\"v2\"");
    CHECK(merged.at("/pages") == "203");
    CHECK(merged.at("/isbn") == "ficciones");
    CHECK(in.ask("PATCH", path, R"({"isbn":null})").at("/isbn") == "null");
    auto const replaced = in.ask("PUT", path, R"({"title":"El Aleph"})");
    CHECK(replaced.status == 200);
    CHECK(replaced.at("/title") == "El Aleph");
    CHECK(replaced.at("/pages") == "null");
    CHECK(replaced.field("ETag") == "\"v4\"");
    CHECK(in.get(path).body == replaced.body);
}

TEST_CASE("a deleted record is gone")
{
    library in;
    auto const path = make_record(in.server, in.ana, "books", R"({"title":"El Aleph"})");
    auto const deleted = in.ask("DELETE", path);
    CHECK(deleted.status == 204);
    CHECK(deleted.body.empty());
    for (std::string_view const method : {"GET", "DELETE"}) CHECK(in.ask(method, path).code() == "REGISTRO_NO_ENCONTRADO");
    for (std::string_view const method : {"PUT", "PATCH"}) CHECK(in.ask(method, path, R"({"title":"x"})").status == 404);
}

TEST_CASE("a change holds to the version that its If-Match names")
{
    library in;
    struct {
        std::string_view tag;
        int status;
    } const cases[] = {
        {"\"v1\"", 200}, {"*", 200},       {"W/\"v1\"", 412}, {"\"v2\"", 412}, {"\"v0\"", 412},        {"\"v-1\"", 412},
        {"\"vx\"", 412}, {"\"v1x\"", 412}, {"\"v\"", 412},    {"\"r1\"", 412}, {"\"\"", 412},          {"\"v99999999999999999999\"", 412},
        {"v1", 400},     {"\"", 400},      {"\"v1", 400},     {"v1\"", 400},   {"\"v1\", \"v2\"", 400}};
    for (auto const& [tag, status] : cases) {
        INFO(tag);
        for (std::string_view const method : {"PATCH", "PUT", "DELETE"}) {
            auto const path = make_record(in.server, in.ana, "books", R"({"title":"before"})");
            auto const said = in.ask(method, path, method == "DELETE" ? "" : R"({"title":"after"})", {{"If-Match", std::string(tag)}});
            CHECK(said.status == (method == "DELETE" && status == 200 ? 204 : status));
            CHECK((in.get(path).at("/title") == "before") == (status != 200));
        }
    }
}

TEST_CASE("a failed precondition tells the version that would have held, to who may read the record")
{
    library in;
    auto const path = make_record(in.server, in.ana, "books", R"({"title":"Uno"})");
    REQUIRE(in.ask("PATCH", path, R"({"pages":1})").status == 200);
    for (std::string_view const tag : {"\"v1\"", "W/\"v2\""}) {
        for (std::string_view const method : {"PATCH", "PUT", "DELETE"}) {
            auto const refused = in.ask(method, path, method == "DELETE" ? "" : R"({"title":"x"})", {{"If-Match", std::string(tag)}});
            CHECK(refused.code() == "PRECONDICION_FALLIDA");
            CHECK(refused.field("ETag") == "\"v2\"");
        }
    }
    make_role(in.server, in.admin, "writer", R"(["update:books","delete:books"])");
    auto const blind = in.server.log_in(in.server.someone({"writer"}));
    for (std::string_view const where :
         {path, path.substr(0, path.rfind('/')) + '/' + std::string(unknown_id), std::string("/api/v1/entities/nope/records/x")}) {
        auto const refused = in.server.ask("PATCH " + std::string(where), bearer(blind, {{"If-Match", "W/\"v1\""}}), R"({"title":"x"})");
        CHECK(refused.status == 412);
        CHECK(refused.count("ETag") == 0);
    }
    auto const missing = in.ask("DELETE", std::string(records) + '/' + std::string(unknown_id), "", {{"If-Match", "W/\"v1\""}});
    CHECK(missing.status == 412);
    CHECK(missing.count("ETag") == 0);
}

TEST_CASE("a record that the client has already is not sent again")
{
    library in;
    auto const path = make_record(in.server, in.ana, "books", R"({"title":"Uno"})");
    for (std::string_view const tags : {"\"v1\"", "*", "W/\"v1\"", "\"v7\" , \"v1\" ", "\"a\",W/\"v1\""}) {
        INFO(tags);
        auto const said = in.get(path, {{"If-None-Match", std::string(tags)}});
        CHECK(said.status == 304);
        CHECK(said.body.empty());
        CHECK(said.field("ETag") == "\"v1\"");
        CHECK(said.count("Content-Type") == 0);
    }
    for (std::string_view const tags : {"\"v2\"", "\"r1\"", "v1", ","}) {
        INFO(tags);
        CHECK(in.get(path, {{"If-None-Match", std::string(tags)}}).status == 200);
    }
}

TEST_CASE("everything that is wrong with a record is told at once, and nothing is written")
{
    library in;
    auto const refused = in.ask("POST", records, R"({"title":7,"pages":0,"isbn":"xxxxxxxxxxxxxxxxxxxxx","author":"nobody","version":3})");
    CHECK(refused.status == 422);
    CHECK(refused.code() == "VALIDACION_FALLIDA");
    CHECK(details(refused) == "author:CAMPO_DESCONOCIDO isbn:DEMASIADO_LARGO pages:VALOR_MINIMO title:TIPO_INVALIDO version:NOMBRE_RESERVADO");
    CHECK(in.get(std::string(records) + "?count=exact").at("/count") == "0");
    auto const path = make_record(in.server, in.ana, "books", R"({"title":"Uno"})");
    CHECK(details(in.ask("PUT", path, R"({"pages":3})")) == "title:CAMPO_REQUERIDO");
    CHECK(details(in.ask("PATCH", path, R"({"title":null})")) == "title:NULO_NO_PERMITIDO");
    CHECK(in.get(path).at("/version") == "1");
}

TEST_CASE("a body that can't be read changes no record")
{
    library in;
    auto const path = make_record(in.server, in.ana, "books", R"({"title":"Uno"})");
    for (auto const& line : {"POST " + std::string(records), "PUT " + path, "PATCH " + path}) {
        INFO(line);
        CHECK(in.server.ask(line, bearer(in.ana), "{").code() == "JSON_INVALIDO");
        auto const twice = in.server.ask(line, bearer(in.ana), R"({"title":"a","title":"b"})");
        CHECK(twice.status == 422);
        CHECK(details(twice) == ":VALOR_DUPLICADO");
    }
    CHECK(in.get(path).at("/version") == "1");
}

TEST_CASE("a unique value is taken once")
{
    library in;
    make_record(in.server, in.ana, "books", R"({"title":"Uno","isbn":"same"})");
    auto const refused = in.ask("POST", records, R"({"title":"Dos","isbn":"same"})");
    CHECK(refused.status == 409);
    CHECK(refused.code() == "VALOR_DUPLICADO");
    CHECK(refused.at("/details/0/field") == "isbn");
}

TEST_CASE("every type is shown as it was sent")
{
    in_process server;
    auto const admin = server.admin();
    std::vector<std::pair<std::string, std::string>> const kinds{{"TEXT", R"("ñandú")"},
                                                                 {"NUMBER", "0.1"},
                                                                 {"INTEGER", "-9223372036854775808"},
                                                                 {"DECIMAL", R"("-12.30")"},
                                                                 {"BOOLEAN", "false"},
                                                                 {"DATE", R"("2024-02-29")"},
                                                                 {"DATETIME", R"("2026-01-24T10:30:00.000Z")"},
                                                                 {"ENUM", R"("b")"},
                                                                 {"UUID", R"("0196f0f0-1234-7abc-8def-001122334455")"},
                                                                 {"EMAIL", R"("ana@example.com")"},
                                                                 {"URL", R"("https://example.com/a?b=c")"}};
    define(server, admin, "kinds", {});
    std::string body;
    for (auto const& [kind, value] : kinds) {
        auto const added = server.ask("POST /api/v1/metadata/entities/kinds/fields", bearer(admin),
                                      R"({"name":")" + kind + R"(","type":")" + kind + '"' + (kind == "ENUM" ? R"(,"options":["a","b"])" : "") + '}');
        REQUIRE(added.status == 201);
        body += (body.empty() ? "{\"" : ",\"") + kind + "\":" + value;
    }
    auto const shown = server.ask("GET " + make_record(server, admin, "kinds", body + '}'), bearer(admin));
    for (auto const& [kind, value] : kinds) {
        INFO(kind);
        CHECK(shown.body.find('"' + kind + "\":" + value) != std::string::npos);
    }
    auto const refused =
        server.ask("POST /api/v1/entities/kinds/records", bearer(admin),
                   R"({"TEXT":1,"NUMBER":"1","INTEGER":1.5,"DECIMAL":"1.234","BOOLEAN":1,"DATE":"2023-02-29","DATETIME":"2026-01-24",)"
                   R"("ENUM":"c","UUID":"0196","EMAIL":"a b@example.com","URL":"ftp://example.com"})");
    CHECK(refused.status == 422);
    CHECK(refused.size("/details") == kinds.size());
    auto const empty = server.ask("POST /api/v1/entities/kinds/records", bearer(admin), "{}");
    for (auto const& [kind, value] : kinds) CHECK(empty.at('/' + kind) == "null");
}

TEST_CASE("a time is shown to the microsecond where a client stored one, before 1970 too")
{
    in_process server;
    auto const admin = server.admin();
    define(server, admin, "moments", {R"({"name":"at","type":"DATETIME"})"});
    for (std::string const at :
         {"2026-01-24T10:30:00.123456Z", "2026-01-24T10:30:00.000001Z", "1969-12-31T23:59:59.999999Z", "2026-01-24T10:30:00.123Z"}) {
        auto const path = make_record(server, admin, "moments", object_of({{"at", at}}));
        CHECK(server.ask("GET " + path, bearer(admin)).at("/at") == at);
        auto const found = server.ask("GET /api/v1/entities/moments/records" + query_of({{"filter[at]", at}}), bearer(admin));
        CHECK(column(found, "at") == at);
    }
}

TEST_CASE("a record outlives who made it, and keeps the name of an account that is gone")
{
    library in;
    auto const path = make_record(in.server, in.ana, "books", R"({"title":"Uno"})");
    REQUIRE(in.server.ask("DELETE /api/v1/admin/users/" + in.ana.user, bearer(in.admin)).status == 204);
    auto const shown = in.server.ask("GET " + path, bearer(in.admin));
    CHECK(shown.status == 200);
    CHECK(shown.at("/created_by") == in.ana.user);
    CHECK(in.server.ask("GET /api/v1/admin/users/" + in.ana.user, bearer(in.admin)).status == 404);
}

TEST_CASE("what is not there is told by its name")
{
    library in;
    for (std::string_view const method : {"GET", "POST"})
        CHECK(in.ask(method, "/api/v1/entities/nope/records", method == "POST" ? "{}" : "").code() == "ENTIDAD_NO_ENCONTRADA");
    for (std::string_view const method : {"GET", "PUT", "PATCH", "DELETE"}) {
        auto const body = method == "PUT" || method == "PATCH" ? R"({"title":"x"})" : "";
        CHECK(in.ask(method, "/api/v1/entities/nope/records/" + std::string(unknown_id), body).code() == "ENTIDAD_NO_ENCONTRADA");
        for (std::string_view const id : {unknown_id, std::string_view{"x"}})
            CHECK(in.ask(method, std::string(records) + '/' + std::string(id), body).code() == "REGISTRO_NO_ENCONTRADO");
    }
}

TEST_CASE("who may only read changes no record")
{
    library in;
    auto const path = make_record(in.server, in.ana, "books", R"({"title":"Uno"})");
    auto const viewer = in.server.log_in(in.server.someone({"viewer"}));
    CHECK(in.server.ask("GET " + path, bearer(viewer)).status == 200);
    CHECK(in.server.ask("GET " + std::string(records), bearer(viewer)).status == 200);
    for (auto const& line : {"POST " + std::string(records), "PUT " + path, "PATCH " + path, "DELETE " + path}) {
        INFO(line);
        auto const before = in.server.events("PERMISSION_DENIED");
        auto const refused = in.server.ask(line, bearer(viewer), line.starts_with("DELETE") ? "" : R"({"title":"x"})");
        CHECK(refused.status == 403);
        CHECK(refused.code() == "SIN_PERMISO");
        CHECK(in.server.events("PERMISSION_DENIED") == before + 1);
    }
    CHECK(in.get(path).at("/title") == "Uno");
}

TEST_CASE("who may see only the own records does not learn of others")
{
    library in;
    make_role(in.server, in.admin, "author", R"(["create:books","list:books:own","get:books:own","update:books:own","delete:books:own"])");
    auto const eva = in.server.log_in(in.server.someone({"author"}));
    auto const mine = make_record(in.server, eva, "books", R"({"title":"mine"})");
    auto const other = make_record(in.server, in.ana, "books", R"({"title":"other"})");
    CHECK(column(in.server.ask("GET " + std::string(records), bearer(eva)), "title") == "mine");
    CHECK(in.server.ask("GET " + std::string(records) + "?count=exact", bearer(eva)).at("/count") == "1");
    CHECK(in.server.ask("GET " + mine, bearer(eva)).status == 200);
    for (std::string_view const method : {"GET", "PUT", "PATCH", "DELETE"}) {
        auto const body = method == "PUT" || method == "PATCH" ? R"({"title":"x"})" : "";
        auto const refused = in.server.ask(std::string(method) + ' ' + other, bearer(eva), body);
        CHECK(refused.status == 404);
        CHECK(refused.code() == "REGISTRO_NO_ENCONTRADO");
    }
    CHECK(in.server.ask("PATCH " + mine, bearer(eva), R"({"title":"changed"})").status == 200);
}

TEST_CASE("who may see a record of others and not change it is told so")
{
    library in;
    make_role(in.server, in.admin, "clerk", R"(["get:books","update:books:own"])");
    auto const clerk = in.server.log_in(in.server.someone({"clerk"}));
    auto const path = make_record(in.server, in.ana, "books", R"({"title":"other"})");
    auto const refused = in.server.ask("PATCH " + path, bearer(clerk), R"({"title":"x"})");
    CHECK(refused.status == 403);
    CHECK(refused.code() == "SIN_PERMISO");
}

TEST_CASE("an API key reads records as far as its scopes go")
{
    library in;
    auto const path = make_record(in.server, in.ana, "books", R"({"title":"Uno"})");
    auto const key = [&](std::string const& scope) {
        auto const made = in.ask("POST", "/api/v1/keys", R"({"name":"robot","scopes":[")" + scope + "\"]}");
        REQUIRE(made.status == 201);
        return made.at("/key");
    };
    auto const reader = key("get:" + in.books);
    CHECK(in.server.ask("GET " + path, bearer(reader)).at("/title") == "Uno");
    CHECK(in.server.ask("GET " + path, bearer(reader, {{"If-None-Match", "\"v1\""}})).status == 304);
    CHECK(in.server.ask("GET " + std::string(records), bearer(reader)).code() == "SIN_PERMISO");
    CHECK(in.server.ask("PATCH " + path, bearer(reader), R"({"pages":2})").status == 403);
    CHECK(in.server.ask("GET " + path, bearer(key("list:" + in.books))).status == 403);
}

TEST_CASE("the path of the first contract answers in its own words")
{
    library in;
    auto const made = in.ask("POST", "/api/entities/books/records", R"({"title":"Por el alias"})");
    CHECK(made.status == 201);
    CHECK(made.at("/title") == "Por el alias");
    auto const missing = in.get("/api/entities/nope/records");
    CHECK(missing.status == 404);
    CHECK(missing.at("/error_code") == "ENTITY_NOT_FOUND");
    CHECK(missing.size("") == 3);
    auto const broken = in.ask("POST", "/api/entities/books/records", R"({"pages":"x"})");
    CHECK(broken.status == 422);
    CHECK(broken.at("/error_code") == "VALIDATION_ERROR");
    CHECK(details(broken) == "pages:TIPO_INVALIDO title:CAMPO_REQUERIDO");
    CHECK_FALSE(broken.has("/details"));
}

TEST_CASE("a store that fails is told by its kind, and no record is made")
{
    library in;
    using fakes::outage_store;
    struct {
        errc code;
        int status;
        std::string_view wanted;
    } const cases[] = {{errc::unavailable, 503, "ALMACENAMIENTO_NO_DISPONIBLE"},
                       {errc::busy, 503, "SERVIDOR_SOBRECARGADO"},
                       {errc::conflict, 409, "CONFLICTO"},
                       {errc::unexpected, 500, "ERROR_INTERNO"}};
    for (auto const& [code, status, wanted] : cases) {
        in.server.store().fail_next(outage_store::stage::commit, code);
        auto const refused = in.ask("POST", records, R"({"title":"x"})");
        CHECK(refused.status == status);
        CHECK(refused.code() == wanted);
        CHECK(refused.count("Retry-After") == (status == 503 ? 1 : 0));
    }
    in.server.store().fail_next(outage_store::stage::answer, errc::outcome_unknown);
    CHECK(in.ask("POST", records, R"({"title":"perhaps"})").code() == "ALMACENAMIENTO_NO_DISPONIBLE");
    CHECK(column(in.get(records), "title") == "perhaps");
    CHECK(in.server.logged().find("request failed") != std::string::npos);
}
