// Entities and their fields over HTTP: definitions, revisions, and the schema that they promise.
#include "tests/adapters/http/steps.hpp"

#include <catch2/catch.hpp>

using namespace mb;
using namespace mb::http;
using namespace mb::http::testing;

namespace {

constexpr std::string_view definitions = "/api/v1/metadata/entities";

/// A server, its admin, and an entity `books` without fields.
struct workshop {
    in_process server;
    session admin = server.admin();
    std::string books = define(server, admin, "books", {});
    std::string path = std::string(definitions) + "/books";

    reply ask(std::string_view method, std::string_view target, std::string body = {}, field_list more = {})
    {
        return server.ask(std::string(method) + ' ' + std::string(target), bearer(admin, std::move(more)), std::move(body));
    }
    reply add(std::string body) { return ask("POST", path + "/fields", std::move(body)); }
    std::string added(std::string body)
    {
        auto const said = add(std::move(body));
        INFO(said.body);
        REQUIRE(said.status == 201);
        return said.at("/id");
    }
    /// What is wrong with a field.
    std::string wrong(std::string body)
    {
        auto const said = add(std::move(body));
        INFO(said.body);
        CHECK(said.status == 422);
        return details(said);
    }
};

/// The changes that hold to a revision: method, what is behind the path of the entity, body.
struct guarded {
    std::string_view method;
    std::string below;
    std::string body;
};
std::vector<guarded> guarded_changes(std::string const& field)
{
    return {{"PUT", "", R"({"name":"books","display_name":"Books"})"},
            {"POST", "/fields", R"({"name":"more","type":"TEXT"})"},
            {"PUT", "/fields/" + field, R"({"name":"title","type":"TEXT"})"},
            {"DELETE", "/fields/" + field, ""},
            {"DELETE", "?confirm=books", ""}};
}

}  // namespace

TEST_CASE("an entity is defined, shown, changed and deleted")
{
    in_process server;
    auto const admin = server.admin();
    auto const made =
        server.ask("POST " + std::string(definitions), bearer(admin), R"({"name":"plants","display_name":"Plantas","description":"del patio"})");
    CHECK(made.status == 201);
    CHECK(made.at("/name") == "plants");
    CHECK(made.at("/display_name") == "Plantas");
    CHECK(made.at("/description") == "del patio");
    CHECK(made.at("/fields") == "[]");
    CHECK(made.field("ETag") == "\"r" + made.at("/revision") + '"');
    for (std::string const& id : {std::string("plants"), made.at("/id")}) {
        auto const shown = server.ask("GET " + std::string(definitions) + '/' + id, bearer(admin));
        CHECK(shown.status == 200);
        CHECK(shown.body == made.body);
        CHECK(shown.field("ETag") == made.field("ETag"));
    }
    auto const changed = server.ask("PUT " + std::string(definitions) + "/plants", bearer(admin), R"({"name":"trees","display_name":"Trees"})");
    CHECK(changed.status == 200);
    CHECK(changed.at("/id") == made.at("/id"));
    CHECK(changed.at("/description").empty());
    CHECK(changed.field("ETag") != made.field("ETag"));
    auto const gone = server.ask("DELETE " + std::string(definitions) + "/trees", bearer(admin));
    CHECK(gone.status == 204);
    CHECK(server.ask("GET " + std::string(definitions) + "/trees", bearer(admin)).code() == "ENTIDAD_NO_ENCONTRADA");
}

TEST_CASE("entities are listed page by page")
{
    in_process server;
    auto const admin = server.admin();
    auto const empty = server.ask("GET " + std::string(definitions), bearer(admin));
    CHECK(column(empty, "name").empty());
    CHECK(empty.at("/nextCursor") == "null");
    for (std::string_view const name : {"one", "two", "three"}) define(server, admin, name, {R"({"name":"n","type":"INTEGER"})"});
    auto const whole = server.ask("GET " + std::string(definitions), bearer(admin));
    CHECK(column(whole, "name") == "one two three");
    CHECK(whole.at("/data/0/fields/0/name") == "n");
    CHECK(whole.at("/hasMore") == "false");
    CHECK(walk(server, admin, std::string(definitions) + "?limit=2", "name") == "one two three");
    CHECK(walk(server, admin, std::string(definitions) + "?limit=1", "name") == "one two three");
}

TEST_CASE("a page of entities that can't be read is refused")
{
    workshop in;
    for (std::string_view const limit : {"0", "101", "-1", "x", "1x", "", "99999999999999999999"}) {
        INFO(limit);
        CHECK(in.ask("GET", std::string(definitions) + "?limit=" + std::string(limit)).code() == "PARAMETRO_INVALIDO");
    }
    CHECK(in.ask("GET", std::string(definitions) + "?limit=100").status == 200);
    CHECK(in.ask("GET", std::string(definitions) + "?cursor=junk").code() == "CURSOR_INVALIDO");
    define(in.server, in.admin, "more", {});
    auto const users = in.ask("GET", "/api/v1/admin/roles");  // no cursor of another list is one of this list
    REQUIRE(users.status == 200);
    in.server.someone();
    auto const cursor = in.ask("GET", "/api/v1/admin/users?limit=1").at("/nextCursor");
    REQUIRE(cursor != "null");
    CHECK(in.ask("GET", std::string(definitions) + "?cursor=" + cursor).code() == "CURSOR_INVALIDO");
}

TEST_CASE("everything that is wrong with an entity is told at once")
{
    workshop in;
    auto const refused = in.ask("POST", definitions, R"({"name":"1 x","display_name":"","description":7,"extra":true})");
    CHECK(refused.status == 422);
    CHECK(details(refused) == "description:TIPO_INVALIDO display_name:DEMASIADO_CORTO extra:CAMPO_DESCONOCIDO name:PATRON_NO_CUMPLIDO");
    CHECK(details(in.ask("POST", definitions, "{}")) == "display_name:CAMPO_REQUERIDO name:CAMPO_REQUERIDO");
    CHECK(details(in.ask("PUT", in.path, R"({"name":"books"})")) == "display_name:CAMPO_REQUERIDO");
    auto const again = in.ask("POST", definitions, R"({"name":"books","display_name":"Books"})");
    CHECK(again.status == 409);
    CHECK(again.code() == "ENTIDAD_YA_EXISTE");
    CHECK(column(in.ask("GET", definitions), "name") == "books");
}

TEST_CASE("a definition that is no JSON, or says a thing twice, changes nothing")
{
    workshop in;
    auto const field = in.added(R"({"name":"title","type":"TEXT"})");
    auto const before = in.ask("GET", in.path).body;
    for (auto const& line :
         {"POST " + std::string(definitions), "PUT " + in.path, "POST " + in.path + "/fields", "PUT " + in.path + "/fields/" + field}) {
        INFO(line);
        CHECK(in.server.ask(line, bearer(in.admin), "[").code() == "JSON_INVALIDO");
        auto const twice = in.server.ask(line, bearer(in.admin), R"({"name":"a","name":"b"})");
        CHECK(twice.status == 422);
        CHECK(details(twice) == ":VALOR_DUPLICADO");
    }
    CHECK(in.ask("GET", in.path).body == before);
}

TEST_CASE("a change of a definition holds to the revision that its If-Match names")
{
    workshop in;
    auto const field = in.added(R"({"name":"title","type":"TEXT"})");
    auto const before = in.ask("GET", in.path);
    for (auto const& [method, below, body] : guarded_changes(field)) {
        INFO(method << ' ' << below);
        for (std::string const tag : {"\"r0\"", "\"r999\"", "\"v1\"", "W/\"r1\""}) {
            auto const late = in.ask(method, in.path + below, body, {{"If-Match", tag}});
            CHECK(late.status == 412);
            CHECK(late.code() == "PRECONDICION_FALLIDA");
            CHECK(late.field("ETag") == before.field("ETag"));
        }
        auto const unreadable = in.ask(method, in.path + below, body, {{"If-Match", "r1"}});
        CHECK(unreadable.code() == "PARAMETRO_INVALIDO");
        CHECK(unreadable.count("ETag") == 0);
    }
    CHECK(in.ask("GET", in.path).body == before.body);
    for (auto const& [method, below, body] : guarded_changes(field)) {
        INFO(method << ' ' << below);
        auto const now = in.ask("GET", in.path).field("ETag");
        CHECK(in.ask(method, in.path + below, body, {{"If-Match", now}}).status < 300);
    }
    CHECK(in.ask("GET", in.path).status == 404);
}

TEST_CASE("the revision is told to nobody else, and of nothing that is not there")
{
    workshop in;
    auto const who = in.server.log_in_someone();
    for (auto const& [method, below, body] : guarded_changes(std::string(unknown_id))) {
        auto const forbidden = in.server.ask(std::string(method) + ' ' + in.path + below, bearer(who, {{"If-Match", "W/\"r1\""}}), body);
        CHECK(forbidden.status == 403);
        CHECK(forbidden.count("ETag") == 0);
        auto const missing = in.ask(method, std::string(definitions) + "/nope" + below, body, {{"If-Match", "W/\"r1\""}});
        CHECK(missing.status == 412);
        CHECK(missing.count("ETag") == 0);
        CHECK(in.ask(method, std::string(definitions) + "/nope" + below, body).code() == "ENTIDAD_NO_ENCONTRADA");
    }
}

TEST_CASE("an entity with records is deleted where that is confirmed by its name")
{
    workshop in;
    in.added(R"({"name":"title","type":"TEXT"})");
    make_record(in.server, in.admin, "books", R"({"title":"Uno"})");
    for (std::string_view const query : {"", "?confirm=", "?confirm=yes"}) {
        auto const refused = in.ask("DELETE", in.path + std::string(query));
        CHECK(refused.status == 409);
        CHECK(refused.code() == "ENTIDAD_CON_REGISTROS");
    }
    CHECK(in.ask("DELETE", in.path + "?confirm=books").status == 204);
}

TEST_CASE("a field is shown with every rule that it has")
{
    workshop in;
    auto const same = [&](std::string body, std::initializer_list<std::pair<std::string_view, std::string_view>> wanted) {
        auto const said = in.add(std::move(body));
        INFO(said.body);
        REQUIRE(said.status == 201);
        CHECK(said.field("ETag") == in.ask("GET", in.path).field("ETag"));
        for (auto const& [member, value] : wanted) CHECK(said.at('/' + std::string(member)) == value);
    };
    same(
        R"({"name":"code","display_name":"Code","type":"TEXT","is_required":true,"is_unique":true,"min_length":2,"max_length":9,"pattern":"^[a-z]+$"})",
        {{"name", "code"},
         {"display_name", "Code"},
         {"type", "TEXT"},
         {"is_required", "true"},
         {"is_unique", "true"},
         {"is_indexed", "false"},
         {"min_length", "2"},
         {"max_length", "9"},
         {"pattern", "^[a-z]+$"}});
    same(R"({"name":"size","type":"INTEGER","is_indexed":true,"min":-5,"max":5,"default":0})",
         {{"display_name", "size"}, {"is_indexed", "true"}, {"min", "-5"}, {"max", "5"}, {"default", "0"}});
    same(R"({"name":"ratio","type":"NUMBER","min":0.25,"max":0.5})", {{"min", "0.25"}, {"max", "0.5"}});
    same(R"({"name":"price","type":"DECIMAL","precision":6,"scale":3,"min":"0.125","default":"1.5"})",
         {{"precision", "6"}, {"scale", "3"}, {"min", "0.125"}, {"default", "1.500"}});
    same(R"({"name":"day","type":"DATE","min":"2020-01-01"})", {{"min", "2020-01-01"}});
    same(R"({"name":"at","type":"DATETIME","max":"2030-01-01T00:00:00Z"})", {{"max", "2030-01-01T00:00:00.000Z"}});
    same(R"({"name":"state","type":"ENUM","options":["ok",{"value":"bad","label":"Bad"}],"default":"bad"})",
         {{"options", R"([{"value":"ok","label":"ok"},{"value":"bad","label":"Bad"}])"}, {"default", "bad"}});
    same(R"({"name":"checked","type":"BOOLEAN","default":true})", {{"default", "true"}});
    same(R"({"name":"key","type":"UUID","default":"0196f0f0-1234-7abc-8def-001122334455"})", {{"default", "0196f0f0-1234-7abc-8def-001122334455"}});
    auto const plain = in.add(R"({"name":"plain","type":"TEXT"})");
    for (std::string_view const absent : {"min_length", "max_length", "min", "max", "precision", "scale", "pattern", "options", "default"})
        CHECK_FALSE(plain.has('/' + std::string(absent)));
    auto const made = make_record(in.server, in.admin, "books", R"({"code":"abc"})");
    auto const shown = in.server.ask("GET " + made, bearer(in.admin));
    CHECK(shown.at("/state") == "bad");
    CHECK(shown.at("/price") == "1.500");
    CHECK(shown.at("/checked") == "true");
}

TEST_CASE("everything that is wrong with a field is told at once")
{
    workshop in;
    CHECK(in.wrong("{}") == "name:CAMPO_REQUERIDO type:CAMPO_REQUERIDO");
    CHECK(in.wrong(R"({"name":"id","type":"SHAPE"})") == "name:NOMBRE_RESERVADO type:OPCION_INVALIDA");
    CHECK(in.wrong(R"({"name":"x","type":"TEXT","min_length":5,"max_length":4,"pattern":"(","precision":3})")
          == "max_length:CONTRADICCION pattern:FORMATO_INVALIDO precision:NO_PERMITIDO_AQUI");
    CHECK(in.wrong(R"({"name":"x","type":"INTEGER","min":5,"max":4,"options":[],"default":"x"})")
          == "default:TIPO_INVALIDO max:CONTRADICCION options:NO_PERMITIDO_AQUI");
    CHECK(in.wrong(R"({"name":"x","type":"ENUM"})") == "options:CAMPO_REQUERIDO");
    CHECK(in.wrong(R"({"name":"x","type":"ENUM","options":["a",{"label":"B"},"a"]})") == "options.1.value:CAMPO_REQUERIDO options.2:VALOR_DUPLICADO");
    CHECK(in.wrong(R"({"name":"x","type":"TEXT","a/b~c":1})") == "a/b~c:CAMPO_DESCONOCIDO");
    CHECK(in.ask("GET", in.path).size("/fields") == 0);
    in.added(R"({"name":"title","type":"TEXT"})");
    auto const again = in.add(R"({"name":"title","type":"INTEGER"})");
    CHECK(again.status == 409);
    CHECK(again.code() == "CAMPO_YA_EXISTE");
}

TEST_CASE("a field changes while records have it")
{
    workshop in;
    in.added(R"({"name":"name","type":"TEXT","is_required":true})");
    auto const record = make_record(in.server, in.admin, "books", R"({"name":"ceibo"})");
    auto const height = in.added(R"({"name":"height","type":"INTEGER","default":3,"is_required":true})");
    CHECK(in.ask("GET", record).at("/height") == "3");
    auto const unsafe = in.add(R"({"name":"color","type":"TEXT","is_required":true})");
    CHECK(unsafe.status == 409);
    CHECK(unsafe.code() == "CAMBIO_NO_SEGURO");
    auto const renamed = in.ask("PUT", in.path + "/fields/" + height, R"({"name":"metres","type":"INTEGER","default":3,"is_required":true})");
    CHECK(renamed.status == 200);
    CHECK(renamed.at("/id") == height);
    CHECK(renamed.field("ETag") == in.ask("GET", in.path).field("ETag"));
    CHECK(in.ask("GET", record).at("/metres") == "3");
    CHECK(details(in.ask("POST", "/api/v1/entities/books/records", R"({"name":"ombu","height":1})")) == "height:CAMPO_DESCONOCIDO");
    CHECK(in.ask("DELETE", in.path + "/fields/" + height).status == 204);
    CHECK_FALSE(in.ask("GET", record).has("/metres"));
    for (std::string_view const id : {std::string_view(height), unknown_id, std::string_view("x")}) {
        CHECK(in.ask("DELETE", in.path + "/fields/" + std::string(id)).code() == "CAMPO_NO_ENCONTRADO");
        CHECK(in.ask("PUT", in.path + "/fields/" + std::string(id), R"({"name":"a","type":"TEXT"})").code() == "CAMPO_NO_ENCONTRADO");
    }
}

TEST_CASE("the paths of the first contract lead to definitions too")
{
    workshop in;
    auto const shown = in.ask("GET", "/api/metadata/entities/books");
    CHECK(shown.body == in.ask("GET", in.path).body);
    auto const missing = in.ask("GET", "/api/metadata/entities/nope");
    CHECK(missing.at("/error_code") == "ENTITY_NOT_FOUND");
    CHECK_FALSE(missing.has("/code"));
    auto const broken = in.ask("POST", "/api/metadata/entities", "{}");
    CHECK(broken.at("/error_code") == "VALIDATION_ERROR");
    CHECK(details(broken) == "display_name:CAMPO_REQUERIDO name:CAMPO_REQUERIDO");
}

TEST_CASE("the schema of an entity says of each field what a record must hold to")
{
    workshop in;
    struct {
        std::string_view field;
        std::string_view rest;  // of its definition
        std::string_view schema;
    } const cases[] = {
        {"title", R"("type":"TEXT","is_required":true,"min_length":1,"max_length":9,"pattern":"^a")",
         R"({"type":"string","minLength":1,"maxLength":9,"pattern":"^a"})"},
        {"note", R"("type":"TEXT")", R"({"type":["string","null"]})"},
        {"pages", R"("type":"INTEGER","min":1,"max":7)", R"({"type":["integer","null"],"minimum":1,"maximum":7})"},
        {"ratio", R"("type":"NUMBER","min":0.25,"max":0.5)", R"({"type":["number","null"],"minimum":0.25,"maximum":0.5})"},
        {"price", R"("type":"DECIMAL","precision":6,"scale":3)", R"({"type":["string","null"],"pattern":"^-?[0-9]+(\\.[0-9]{1,3})?$"})"},
        {"whole", R"("type":"DECIMAL","precision":6,"scale":0)", R"({"type":["string","null"],"pattern":"^-?[0-9]+(\\.[0-9]{1,1})?$"})"},
        {"checked", R"("type":"BOOLEAN","is_required":true)", R"({"type":"boolean"})"},
        {"day", R"("type":"DATE")", R"({"type":["string","null"],"format":"date"})"},
        {"at", R"("type":"DATETIME")", R"({"type":["string","null"],"format":"date-time"})"},
        {"key", R"("type":"UUID")", R"({"type":["string","null"],"format":"uuid"})"},
        {"state", R"("type":"ENUM","options":["ok","bad"])", R"({"type":["string","null"],"enum":["ok","bad",null]})"},
        {"kind", R"("type":"ENUM","options":["a"],"is_required":true)", R"({"type":"string","enum":["a"]})"},
        {"size", R"("type":"INTEGER","is_required":true,"default":3)", R"({"type":"integer"})"}};
    for (auto const& [field, rest, schema] : cases) in.added(R"({"name":")" + std::string(field) + R"(",)" + std::string(rest) + '}');
    in.added(R"({"name":"mail","type":"EMAIL"})");
    in.added(R"({"name":"web","type":"URL"})");
    auto const who = in.server.log_in_someone();
    auto const shown = in.server.ask("GET " + in.path + "/schema", bearer(who));
    REQUIRE(shown.status == 200);
    for (auto const& [field, rest, schema] : cases) {
        INFO(field);
        CHECK(shown.at("/properties/" + std::string(field)) == schema);
    }
    CHECK(shown.at("/properties/mail/format") == "email");
    CHECK(shown.at("/properties/web/format") == "uri");
    CHECK(shown.at("/required") == R"(["title","checked","kind"])");
    CHECK(shown.at("/title") == "books");
    CHECK(shown.at("/$id") == "https://id.example/api/v1/metadata/entities/" + in.books + "/schema");
    CHECK(shown.at("/additionalProperties") == "false");
    CHECK(shown.at("/properties/version") == R"({"readOnly":true,"type":"integer"})");
    CHECK(shown.at("/properties/id") == R"({"readOnly":true,"type":"string","format":"uuid"})");
    CHECK(shown.at("/properties/created_at") == R"({"readOnly":true,"type":"string","format":"date-time"})");
}

TEST_CASE("the schema of an entity is for who may list its records")
{
    workshop in;
    auto const nobody = in.server.log_in(in.server.someone({}));
    auto const before = in.server.events("PERMISSION_DENIED");
    CHECK(in.server.ask("GET " + in.path + "/schema", bearer(nobody)).code() == "SIN_PERMISO");
    CHECK(in.server.events("PERMISSION_DENIED") == before + 1);
    CHECK(in.server.ask("GET " + std::string(definitions) + "/nope/schema", bearer(nobody)).code() == "ENTIDAD_NO_ENCONTRADA");
    in.server.store().fail_next(fakes::outage_store::stage::begin, errc::unavailable);
    CHECK(in.server.ask("GET " + in.path + "/schema", bearer(nobody)).status == 503);
}
