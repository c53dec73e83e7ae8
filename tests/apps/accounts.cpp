#include "tests/apps/support.hpp"

#include <catch2/catch.hpp>

#include <filesystem>

using namespace mb;
using namespace mb::apps_testing;

namespace {

constexpr auto ana = "ana@example.com";
constexpr auto old_hash = R"($2b$04$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW)";  // of bcrypt; of which password is nobody's to know

/// A lab with an administrator and, if asked for, a user.
struct office : lab {
    explicit office(variables more = {}) : lab(std::move(more)) { set_up(); }
    void hire() const { good({"user", "create", "--email", ana, "--username", "ana", "--role", "user"}, std::string(password) + "\n"); }
    std::string roles() const
    {
        std::string joined;
        for (auto const& each :
             sql("SELECT r.role_name FROM user_roles r JOIN users u ON u.user_id = r.user_id WHERE u.email = 'ana@example.com' ORDER BY 1"))
            joined += (joined.empty() ? "" : " ") + each;
        return joined;
    }
    std::string count_of_users() const { return sql("SELECT count(*) FROM users").front(); }
    told import(std::string const& lines, words more = {}) const
    {
        more.insert(more.begin(), {"user", "import", folder().write("accounts.ndjson", lines)});
        return admin(more);
    }
};

}  // namespace

TEST_CASE("an account that is made can be found, and its password was read from standard input", "[admin][users]")
{
    office const of;
    auto const said = of.good({"user", "create", "--email", "Ana@Example.com", "--role", "user"}, std::string(password) + "\n");
    CHECK(has(said, " ana@example.com\n"));
    CHECK(of.sql("SELECT email_verified FROM users WHERE email = 'ana@example.com'") == words{"1"});
    CHECK_FALSE(has(of.sql("SELECT password_hash FROM users WHERE email = 'ana@example.com'").front(), password));
}

TEST_CASE("what is wrong with a new account is told by its field, and none is made", "[admin][users]")
{
    office const of;
    auto const before = of.count_of_users();
    auto const refused = [&](words line, std::string const& typed) {
        auto const said = of.admin(line, typed);
        CHECK(said.exit_code == 1);
        CHECK(said.out.empty());
        return said.err;
    };
    CHECK(has(refused({"user", "create", "--email", "no address", "--role", "user"}, std::string(password) + "\n"), "❌ /email"));
    CHECK(has(refused({"user", "create", "--email", ana, "--role", "user"}, "corta\n"), "❌ /password"));
    CHECK(has(refused({"user", "create", "--email", ana, "--role", "pirate"}, std::string(password) + "\n"), "pirate") == false);
    CHECK(has(refused({"user", "create", "--email", admin_email, "--role", "user"}, std::string(password) + "\n"), "❌"));
    CHECK(of.count_of_users() == before);
}

TEST_CASE("roles are set as a whole, and said", "[admin][users]")
{
    office const of;
    of.hire();
    CHECK(of.good({"user", "roles", "--email", ana, "--role", "admin", "--role", "user"}) == "admin\nuser\n");
    CHECK(of.good({"user", "roles", "--email", ana, "--role", "user"}) == "user\n");
}

TEST_CASE("a role that nobody knows is refused", "[admin][users]")
{
    office const of;
    of.hire();
    auto const said = of.admin({"user", "roles", "--email", ana, "--role", "pirate"});
    CHECK(said.exit_code == 1);
    CHECK(has(said.err, "/roles"));
}

TEST_CASE("the last administrator stays one", "[admin][users]")
{
    office const of;
    auto const said = of.admin({"user", "roles", "--email", admin_email, "--role", "user"});
    CHECK(said.exit_code == 1);
    CHECK(said.err.starts_with("❌ "));
}

TEST_CASE("a command about an account that is not there says so", "[admin][users]")
{
    office const of;
    for (auto const* const address : {"nobody@example.com", "no address"}) {
        for (auto const& line : {words{"user", "roles", "--email", address, "--role", "user"}, words{"user", "unlock", "--email", address},
                                 words{"user", "remove-factor", "--email", address}}) {
            auto const said = of.admin(line);
            CHECK(said.exit_code == 1);
            CHECK(said.err == "❌ USUARIO_NO_ENCONTRADO\n");
        }
    }
}

TEST_CASE("a lockout is lifted", "[admin][users]")
{
    office const of;
    of.hire();
    CHECK(of.good({"user", "unlock", "--email", ana}).empty());
    CHECK(of.sql("SELECT count(*) FROM audit_logs WHERE event_type = 'CUENTA_DESBLOQUEADA'").size() == 1);
}

TEST_CASE("a second factor that is not there can't be taken away", "[admin][users]")
{
    office const of;
    of.hire();
    auto const said = of.admin({"user", "remove-factor", "--email", ana});
    CHECK(said.exit_code == 1);
    CHECK(said.err.starts_with("❌ "));
}

TEST_CASE("accounts of another system are imported whole", "[admin][import]")
{
    office const of;
    auto const lines =
        std::string(
            R"({"email":"Ana@Example.com","username":"old.ana","display_name":"De otra casa","email_verified":true,"roles":["user"],"password_hash":")")
        + old_hash + "\"}\n" + R"({"email":"late@example.com"})" + "\n";
    auto const said = of.import(lines);
    INFO(said.err);
    CHECK(said.exit_code == 0);
    CHECK(said.out == "2 accounts made; 0 existed already\n");
    CHECK(of.sql("SELECT password_hash FROM users WHERE email = 'ana@example.com'") == words{old_hash});
}

TEST_CASE("all that is wrong with a file of accounts is told, and nothing is written", "[admin][import]")
{
    office const of;
    auto const before = of.count_of_users();
    auto const said = of.import(
        "{\"email\":\"good@example.com\"}\n\n{not json\n{\"email\":\"a@example.com\",\"colour\":\"red\"}\n{\"email\":\"GOOD@example.com\"}\n"
        + std::string("{\"email\":\"") + admin_email + "\"}\n");
    CHECK(said.exit_code == 1);
    CHECK(said.out.empty());
    for (auto const* const line :
         {"❌ line 3: / FORMATO_INVALIDO JSON: syntax", "❌ line 4: /colour CAMPO_DESCONOCIDO", "❌ line 5: /email VALOR_DUPLICADO 1",
          "❌ line 6: /email VALOR_DUPLICADO account", "❌ 4 problems in 5 accounts; made: 0"})
        CHECK(has(said.err, line));
    CHECK(of.count_of_users() == before);
}

TEST_CASE("an import that only looks says what it would do, and does nothing", "[admin][import]")
{
    office const of;
    auto const before = of.count_of_users();
    auto const lines = std::string("{\"email\":\"boss@example.com\",\"roles\":[\"admin\"]}\n{\"email\":\"") + admin_email + "\"}\n";
    CHECK(of.import(lines, {"--dry-run", "--allow-admin", "--skip-existing"}).out == "1 accounts would be made; 1 exist already\n");
    CHECK(of.import(lines, {"--allow-admin"}).exit_code == 1);
    CHECK(of.import(lines, {"--skip-existing"}).exit_code == 1);
    CHECK(of.count_of_users() == before);
    CHECK(of.import(lines, {"--allow-admin", "--skip-existing"}).out == "1 accounts made; 1 existed already\n");
}

TEST_CASE("an import speaks the language of the configuration", "[admin][import]")
{
    office const of(variables{{"METABUILDER_LANG", "es"}});
    CHECK(of.import("{\"email\":\"ana@example.com\"}\n", {"--dry-run"}).out == "se crearían 1 cuentas; ya existen 0\n");
    auto const wrong = of.import("{\n");
    CHECK(has(wrong.err, "❌ línea 1: / FORMATO_INVALIDO"));
    CHECK(has(wrong.err, "❌ 1 problemas en 1 cuentas; creadas: 0"));
    CHECK(of.import("{\"email\":\"ana@example.com\"}\n").out == "creadas 1 cuentas; ya existían 0\n");
    CHECK(has(of.import("").err, "no tiene ninguna cuenta"));
}

TEST_CASE("problems that are too many to tell are counted", "[admin][import]")
{
    office const of;
    std::string lines;
    for (int i = 0; i < 1'003; ++i) lines += "{\n";
    auto const said = of.import(lines);
    CHECK(said.exit_code == 1);
    CHECK(has(said.err, "❌ and 3 problems more"));
    CHECK(has(said.err, "1003 problems in 1003 accounts"));
}

TEST_CASE("what is no file of accounts is refused", "[admin][import]")
{
    office const of;
    CHECK(has(of.import("").err, "the file holds no account"));
    for (auto const& path : {of.folder() / "nowhere", of.folder().path().string()}) {
        auto const said = of.admin({"user", "import", path});
        CHECK(said.exit_code == 1);
        CHECK(has(said.err, "user_lines.read"));
        CHECK(has(said.err, "--skip-existing"));
    }
}

TEST_CASE("accounts are not imported into a schema that is not current", "[admin][import]")
{
    lab const of;
    auto const said = of.admin({"user", "import", of.folder().write("accounts.ndjson", "{\"email\":\"ana@example.com\"}\n")});
    CHECK(said.exit_code == 1);
    CHECK(said.err.starts_with("❌ "));
}
