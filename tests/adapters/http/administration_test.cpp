// What who administers does over HTTP: accounts, roles and signing keys.
#include "tests/adapters/http/steps.hpp"

#include <catch2/catch.hpp>

using namespace mb;
using namespace mb::http;
using namespace mb::http::testing;

namespace {

constexpr std::string_view users = "/api/v1/admin/users";
constexpr std::string_view roles = "/api/v1/admin/roles";
constexpr std::string_view signing_keys = "/api/v1/admin/keys";

struct office {
    in_process server;
    session admin = server.admin();

    reply ask(std::string_view method, std::string_view target, std::string body = {}, field_list more = {})
    {
        return server.ask(std::string(method) + ' ' + std::string(target), bearer(admin, std::move(more)), std::move(body));
    }
    reply find(std::string_view list, std::vector<std::pair<std::string_view, std::string_view>> const& parameters)
    {
        return ask("GET", std::string(list) + query_of(parameters));
    }
    std::string path_of(session const& who) const { return std::string(users) + '/' + who.user; }
    void lock(std::string_view email)
    {
        for (int const wanted : {401, 401, 401, 401, 423})
            CHECK(server.ask("POST /api/v1/auth/login", {}, object_of({{"email", email}, {"password", "wrong"}})).status == wanted);
    }
};

}  // namespace

TEST_CASE("accounts are found by role, state, verification and a part of their name")
{
    office in;
    auto const ana = in.server.log_in_someone();
    auto const eva = in.server.log_in(in.server.someone({"viewer"}));
    REQUIRE(in.server.ask("POST /api/v1/auth/register", {}, object_of({{"email", "new@example.net"}, {"password", right_password}})).status == 201);
    REQUIRE(in.ask("PATCH", in.path_of(eva), R"({"status":"disabled"})").status == 200);
    auto const found = [&](std::string_view name, std::string_view value) { return column(in.find(users, {{name, value}}), "email"); };
    CHECK(column(in.ask("GET", users), "email") == std::string(root) + ' ' + ana.email + ' ' + eva.email + " new@example.net");
    CHECK(found("role", "admin") == root);
    CHECK(found("role", "nope").empty());
    CHECK(found("status", "disabled") == eva.email);
    CHECK(found("status", "active") == std::string(root) + ' ' + ana.email + " new@example.net");
    CHECK(found("verified", "false") == "new@example.net");
    CHECK(found("verified", "true") == std::string(root) + ' ' + ana.email + ' ' + eva.email);
    CHECK(found("q", "example.net") == "new@example.net");
    CHECK(column(in.find(users, {{"role", "viewer"}, {"verified", "true"}, {"q", "someone"}}), "email") == eva.email);
}

TEST_CASE("a cursor leads through every account once, and only through those that were asked for")
{
    office in;
    for (int i = 0; i < 4; ++i) in.server.someone();
    auto const whole = column(in.ask("GET", users), "email");
    CHECK(walk(in.server, in.admin, std::string(users) + "?limit=2", "email") == whole);
    CHECK(walk(in.server, in.admin, std::string(users) + "?limit=1&verified=true", "email") == whole);
    auto const cursor = in.find(users, {{"limit", "1"}, {"role", "user"}}).at("/nextCursor");
    CHECK(in.find(users, {{"limit", "3"}, {"role", "user"}, {"cursor", cursor}}).size("/data") == 3);
    CHECK(in.find(users, {{"cursor", cursor}}).code() == "CURSOR_INVALIDO");
    CHECK(in.find(users, {{"role", "admin"}, {"cursor", cursor}}).code() == "CURSOR_INVALIDO");
}

TEST_CASE("a question about accounts that can't be read is refused")
{
    office in;
    std::string const long_text(201, 'x');
    for (auto const& each : std::vector<std::pair<std::string_view, std::string_view>>{
             {"limit", "0"}, {"limit", "101"}, {"status", "locked"}, {"verified", "yes"}, {"q", ""}, {"q", long_text}})
        CHECK(in.find(users, {each}).code() == "PARAMETRO_INVALIDO");
    CHECK(in.find(users, {{"q", long_text.substr(1)}}).status == 200);
    CHECK(in.find(users, {{"cursor", "x"}}).code() == "CURSOR_INVALIDO");
}

TEST_CASE("an account that is not there can be neither shown nor changed")
{
    office in;
    for (std::string_view const id : {unknown_id, std::string_view("x")}) {
        auto const path = std::string(users) + '/' + std::string(id);
        CHECK(in.ask("GET", path).code() == "USUARIO_NO_ENCONTRADO");
        CHECK(in.ask("PATCH", path, "{}").code() == "USUARIO_NO_ENCONTRADO");
        CHECK(in.ask("POST", path + "/unlock").code() == "USUARIO_NO_ENCONTRADO");
        CHECK(in.ask("DELETE", path).code() == "USUARIO_NO_ENCONTRADO");
    }
}

TEST_CASE("an account is shown as its owner sees it")
{
    office in;
    auto const ana = in.server.log_in_someone();
    REQUIRE(in.server.ask("PATCH /api/v1/user/me", bearer(ana), R"({"display_name":"Ana","username":"anita"})").status == 200);
    auto const shown = in.ask("GET", in.path_of(ana));
    CHECK(shown.body == in.server.ask("GET /api/v1/user/me", bearer(ana)).body);
    CHECK(shown.at("/display_name") == "Ana");
    CHECK(shown.at("/username") == "anita");
    CHECK_FALSE(shown.has("/locked_until"));
    auto const fresh = in.server.someone();
    auto const never = column(in.find(users, {{"q", fresh}}), "last_login_at");
    CHECK(never == "null");
}

TEST_CASE("roles and state of an account change what it may do at once")
{
    office in;
    auto const ana = in.server.log_in_someone();
    CHECK(in.server.ask("GET " + std::string(users), bearer(ana)).status == 403);
    auto const promoted = in.ask("PATCH", in.path_of(ana), R"({"roles":["admin","viewer","admin"]})");
    CHECK(promoted.status == 200);
    CHECK(promoted.at("/roles") == R"(["admin","viewer"])");
    CHECK(in.server.ask("GET " + std::string(users), bearer(ana)).status == 200);
    CHECK(in.ask("PATCH", in.path_of(ana), R"({"roles":[]})").at("/roles") == "[]");
    CHECK(in.server.ask("GET " + std::string(users), bearer(ana)).status == 403);
    CHECK(in.ask("PATCH", in.path_of(ana), R"({"status":"disabled"})").at("/status") == "disabled");
    CHECK(in.server.ask("GET /api/v1/user/me", bearer(ana)).status >= 400);
    CHECK(in.ask("PATCH", in.path_of(ana), R"({"status":"active"})").at("/status") == "active");
    CHECK(in.server.log_in(ana.email).user == ana.user);
    CHECK(in.ask("PATCH", in.path_of(ana), "{}").status == 200);
}

TEST_CASE("a change of an account that breaks a rule changes nothing")
{
    office in;
    auto const ana = in.server.log_in_someone();
    auto const before = in.ask("GET", in.path_of(ana)).body;
    CHECK(details(in.ask("PATCH", in.path_of(ana), R"({"status":"locked"})")) == "status:OPCION_INVALIDA");
    CHECK(details(in.ask("PATCH", in.path_of(ana), R"({"roles":["user","nope"]})")) == "roles.1:OPCION_INVALIDA");
    CHECK(details(in.ask("PATCH", in.path_of(ana), R"({"roles":"user","email":"x"})")) == "email:CAMPO_DESCONOCIDO roles:TIPO_INVALIDO");
    std::string many = R"({"roles":["user")";
    for (int i = 1; i < 33; ++i) many += ",\"user\"";
    CHECK(details(in.ask("PATCH", in.path_of(ana), many + "]}")) == "roles:DEMASIADOS_ELEMENTOS");
    CHECK(in.ask("PATCH", in.path_of(ana), "{").code() == "JSON_INVALIDO");
    CHECK(in.ask("GET", in.path_of(ana)).body == before);
}

TEST_CASE("the last admin stays one")
{
    office in;
    for (std::string const body : {R"({"roles":[]})", R"({"roles":["user"]})", R"({"status":"disabled"})"}) {
        auto const refused = in.ask("PATCH", in.path_of(in.admin), body);
        CHECK(refused.status == 409);
        CHECK(refused.code() == "ULTIMO_ADMIN");
    }
    CHECK(in.ask("DELETE", in.path_of(in.admin)).code() == "ULTIMO_ADMIN");
}

TEST_CASE("who administers gives no role that holds more than the own ones")
{
    office in;
    REQUIRE(in.ask("POST", roles, R"({"name":"manager","permissions":[],"administers":true})").status == 201);
    auto const manager = in.server.log_in(in.server.someone({"manager"}));
    auto const ana = in.server.log_in_someone();
    auto const before = in.server.events("PRIVILEGE_ESCALATION_ATTEMPT");
    auto const refused = in.server.ask("PATCH " + in.path_of(ana), bearer(manager), R"({"roles":["manager","admin"]})");
    CHECK(refused.status == 403);
    CHECK(refused.code() == "SIN_PERMISO");
    CHECK(in.server.events("PRIVILEGE_ESCALATION_ATTEMPT") == before + 1);
    auto const made = in.server.ask("POST " + std::string(roles), bearer(manager), R"({"name":"more","permissions":["delete"]})");
    CHECK(made.status == 403);
    CHECK(in.server.ask("GET " + std::string(users), bearer(manager)).status == 200);
    CHECK(in.ask("GET", std::string(roles) + "/more").status == 404);
}

TEST_CASE("a lockout is shown until it ends or is lifted")
{
    office in;
    auto const ana = in.server.log_in_someone();
    in.lock(ana.email);
    auto const locked = in.ask("GET", in.path_of(ana));
    CHECK(locked.has("/locked_until"));
    CHECK(column(in.find(users, {{"q", ana.email}}), "locked_until") == locked.at("/locked_until"));
    auto const refused = in.server.ask("POST /api/v1/auth/login", {}, object_of({{"email", ana.email}, {"password", right_password}}));
    CHECK(refused.status == 423);
    CHECK(std::stoi(refused.field("Retry-After")) > 0);
    auto const lifted = in.ask("POST", in.path_of(ana) + "/unlock", "", {{"Accept-Language", "en"}});
    CHECK(lifted.status == 200);
    CHECK(lifted.at("/message") == "Account unlocked");
    CHECK_FALSE(in.ask("GET", in.path_of(ana)).has("/locked_until"));
    CHECK(in.server.log_in(ana.email).user == ana.user);
    CHECK(in.server.events("CUENTA_DESBLOQUEADA") == 1);
}

TEST_CASE("a role is made, shown, changed and deleted")
{
    office in;
    auto const books = define(in.server, in.admin, "books", {});
    auto const made = in.ask("POST", roles, R"({"name":"agent","permissions":["list:books","get:books:own"],"description":"Answers"})");
    CHECK(made.status == 201);
    CHECK(made.field("ETag") == "\"v1\"");
    CHECK(made.body
          == R"({"name":"agent","description":"Answers","permissions":["list:)" + books + R"(","get:)" + books
                 + R"(:own"],"administers":false,"built_in":false,"version":1})");
    CHECK(in.ask("GET", std::string(roles) + "/agent").body == made.body);
    auto const again = in.ask("POST", roles, R"({"name":"agent","permissions":[]})");
    CHECK(again.status == 409);
    CHECK(again.code() == "ROL_YA_EXISTE");
    auto const changed = in.ask("PUT", std::string(roles) + "/agent", R"({"permissions":["get"],"administers":true})", {{"If-Match", "\"v1\""}});
    CHECK(changed.status == 200);
    CHECK(changed.field("ETag") == "\"v2\"");
    CHECK(changed.at("/permissions") == R"(["get"])");
    CHECK(changed.at("/description").empty());
    CHECK(changed.at("/administers") == "true");
    auto const told = in.ask("PUT", std::string(roles) + "/agent", R"({"permissions":[],"administers":false,"description":"Asks"})");
    CHECK(told.at("/administers") == "false");
    CHECK(told.at("/description") == "Asks");
    CHECK(in.ask("DELETE", std::string(roles) + "/agent").status == 204);
    for (std::string_view const method : {"GET", "DELETE"}) CHECK(in.ask(method, std::string(roles) + "/agent").code() == "ROL_NO_ENCONTRADO");
    CHECK(in.ask("PUT", std::string(roles) + "/agent", R"({"permissions":[]})").code() == "ROL_NO_ENCONTRADO");
    CHECK(in.server.events("ROLE_CHANGED") == 4);
}

TEST_CASE("roles are listed by name, whole")
{
    office in;
    make_role(in.server, in.admin, "clerk", R"([])");
    auto const listed = in.ask("GET", roles);
    CHECK(column(listed, "name") == "admin clerk editor user viewer");
    CHECK(column(listed, "built_in") == "true false true true true");
    CHECK(listed.at("/hasMore") == "false");
    CHECK(listed.at("/nextCursor") == "null");
}

TEST_CASE("everything that is wrong with a role is told at once")
{
    office in;
    auto const refused = in.ask("POST", roles, R"({"name":"Jefe de sala","permissions":["get","get:nada","fly","get"]})");
    CHECK(refused.status == 422);
    CHECK(refused.size("/details") == 4);
    for (std::string const body : {R"({"name":"x"})", R"({"name":"x","permissions":"get"})", R"({"name":"x","permissions":[],"administers":"yes"})",
                                   R"({"name":"x","permissions":[],"extra":1})"})
        CHECK(in.ask("POST", roles, body).status == 422);
    std::string many = R"({"name":"x","permissions":["get")";
    for (int i = 1; i < 501; ++i) many += ",\"get\"";
    CHECK(details(in.ask("POST", roles, many + "]}")) == "permissions:DEMASIADOS_ELEMENTOS");
    CHECK(in.ask("POST", roles, "{").code() == "JSON_INVALIDO");
    CHECK(details(in.ask("PUT", std::string(roles) + "/viewer", "{}")) == "permissions:CAMPO_REQUERIDO");
    CHECK(column(in.ask("GET", roles), "name") == "admin editor user viewer");
}

TEST_CASE("built-in roles stay as they are")
{
    office in;
    auto const before = in.ask("GET", roles).body;
    for (std::string_view const name : {"admin", "editor", "user", "viewer"}) {
        auto const path = std::string(roles) + '/' + std::string(name);
        CHECK(in.ask("PUT", path, R"({"permissions":[]})").code() == "ROL_INTEGRADO");
        CHECK(in.ask("DELETE", path).code() == "ROL_INTEGRADO");
    }
    CHECK(in.ask("GET", roles).body == before);
}

TEST_CASE("a change of a role holds to the version that its If-Match names")
{
    office in;
    make_role(in.server, in.admin, "clerk", R"(["get"])");
    auto const path = std::string(roles) + "/clerk";
    for (std::string const tag : {"\"v2\"", "W/\"v1\"", "\"r1\""}) {
        for (std::string_view const method : {"PUT", "DELETE"}) {
            auto const late = in.ask(method, path, method == "PUT" ? R"({"permissions":[]})" : "", {{"If-Match", tag}});
            CHECK(late.status == 412);
            CHECK(late.field("ETag") == "\"v1\"");
        }
    }
    for (std::string_view const method : {"PUT", "DELETE"}) {
        auto const body = method == "PUT" ? R"({"permissions":[]})" : "";
        CHECK(in.ask(method, path, body, {{"If-Match", "v1"}}).code() == "PARAMETRO_INVALIDO");
        auto const missing = in.ask(method, std::string(roles) + "/nope", body, {{"If-Match", "W/\"v1\""}});
        CHECK(missing.status == 412);
        CHECK(missing.count("ETag") == 0);
    }
    CHECK(in.ask("GET", path).at("/permissions") == R"(["get"])");
    CHECK(in.ask("DELETE", path, "", {{"If-Match", "\"v1\""}}).status == 204);
}

TEST_CASE("a change of a role is felt at the next request")
{
    office in;
    define(in.server, in.admin, "books", {R"({"name":"title","type":"TEXT"})"});
    make_role(in.server, in.admin, "reader", R"(["list:books"])");
    auto const who = in.server.log_in(in.server.someone({"reader"}));
    struct {
        std::string permissions;
        int listed;
        int made;
    } const cases[] = {{R"(["list:books"])", 200, 403}, {R"(["create:books"])", 403, 201}, {R"([])", 403, 403}, {R"(["create","list"])", 200, 201}};
    for (auto const& [permissions, listed, made] : cases) {
        INFO(permissions);
        REQUIRE(in.ask("PUT", std::string(roles) + "/reader", R"({"permissions":)" + permissions + '}').status == 200);
        CHECK(in.server.ask("GET /api/v1/entities/books/records", bearer(who)).status == listed);
        CHECK(in.server.ask("POST /api/v1/entities/books/records", bearer(who), R"({"title":"x"})").status == made);
    }
}

TEST_CASE("a role in use is deleted where that is confirmed by its name")
{
    office in;
    make_role(in.server, in.admin, "temporary", R"(["list"])");
    auto const who = in.server.log_in(in.server.someone({"temporary", "viewer"}));
    auto const path = std::string(roles) + "/temporary";
    for (std::string_view const query : {"", "?confirm=yes"}) {
        auto const refused = in.ask("DELETE", path + std::string(query));
        CHECK(refused.status == 409);
        CHECK(refused.code() == "ROL_EN_USO");
    }
    CHECK(in.ask("DELETE", path + "?confirm=temporary").status == 204);
    CHECK(in.ask("GET", in.path_of(who)).at("/roles") == R"(["viewer"])");
}

TEST_CASE("a new signing key takes over, and the old one still verifies")
{
    office in;
    auto const before = in.ask("GET", signing_keys);
    REQUIRE(before.size("/data") == 1);
    auto const first = before.at("/data/0/kid");
    CHECK(before.at("/data/0/algorithm") == "HS256");
    CHECK(before.at("/data/0/retired_at") == "null");
    auto const made = in.ask("POST", std::string(signing_keys) + "/rotate");
    CHECK(made.status == 201);
    CHECK(made.at("/kid") != first);
    auto const after = in.ask("GET", signing_keys);
    CHECK(after.status == 200);
    CHECK(after.size("/data") == 2);
    CHECK(after.body.find(first) != std::string::npos);
    CHECK(after.body.find(made.at("/kid")) != std::string::npos);
    auto const old = after.at("/data/0/kid") == first ? std::string("/data/0") : std::string("/data/1");
    CHECK(after.at(old + "/retired_at") != "null");
    CHECK(after.at(old + "/state") != made.at("/state"));
    CHECK(in.server.ask("GET /api/v1/admin/keys", bearer(in.server.admin())).status == 200);
}
