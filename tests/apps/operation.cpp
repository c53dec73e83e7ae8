#include "tests/apps/support.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <filesystem>

using namespace mb;
using namespace mb::apps_testing;

namespace {

/// Three lines of a log, sealed as soon as they are a second old.
struct sealed_lab : lab {
    sealed_lab()
    {
        set_up();
        for (auto const* const name : {"ana", "eva", "leo"})
            good({"user", "create", "--email", std::string(name) + "@example.com", "--role", "user"}, std::string(password) + "\n");
        sql("UPDATE audit_logs SET timestamp = timestamp - 5000000");
        good({"audit", "seal", "--settled", "1"});
    }
    std::string noted() const
    {
        auto const said = good({"audit", "verify"});
        auto const at = said.rfind(": ");
        return said.substr(at + 2, said.size() - at - 3);
    }
};

void add_future_migration(lab const& of)
{
    of.sql("INSERT INTO schema_migrations SELECT max(version) + 1, name, checksum, applied_at FROM schema_migrations");
}

}  // namespace

TEST_CASE("a database without a schema is told, and migrating helps", "[admin][schema]")
{
    lab const of;
    CHECK(of.admin({"migrate", "status"}).exit_code == 1);
    CHECK(of.good({"migrate", "up"}) == "el esquema está al día\n");
    CHECK(of.good({"migrate", "status"}) == "el esquema está al día\n");
    CHECK(of.good({"migrate", "up"}) == "el esquema está al día\n");
}

TEST_CASE("a schema that is newer than the program is refused with the way out", "[admin][schema]")
{
    lab const of;
    of.good({"migrate", "up"});
    add_future_migration(of);
    for (auto const& line : {words{"migrate", "up"}, words{"migrate", "status"}, words{"migrate", "up", "--setup"}}) {
        auto const said = of.admin(line);
        CHECK(said.exit_code == 1);
        CHECK(has(said.err, "metabuilder-admin"));
        CHECK(said.out.empty());
    }
}

TEST_CASE("roles of a database are PostgreSQL's", "[admin][schema]")
{
    lab const of;
    auto const said = of.admin({"migrate", "up", "--setup"});
    CHECK(said.exit_code == 1);
    CHECK(has(said.err, "SQLite, which has no roles"));
}

TEST_CASE("a sound database passes the check", "[admin][schema]")
{
    lab const of;
    of.good({"migrate", "up"});
    CHECK(of.good({"check"}) == "la base de datos está íntegra\n");
}

TEST_CASE("a damaged database does not pass the check", "[admin][schema]")
{
    lab const of;
    of.set_up();
    auto content = content_of(of.database_file());
    for (auto const* const suffix : {"-wal", "-shm"}) std::filesystem::remove(of.database_file() + suffix);
    // the first page stays, so that it is still a database
    for (std::size_t at = 2 * 4096; at + 64 < content.size(); at += 4096) content.replace(at, 64, 64, '\xff');
    of.folder().write("metabuilder.db", content);
    auto const said = of.admin({"check"});
    CHECK(said.exit_code == 1);
    CHECK(said.err.starts_with("❌ "));
}

TEST_CASE("what is no database is refused with the way out", "[admin][schema]")
{
    lab const of;
    of.folder().write("metabuilder.db", std::string(19'000, 'x'));
    auto const said = of.admin({"migrate", "status"});
    CHECK(said.exit_code == 1);
    CHECK(has(said.err, "metabuilder-admin"));
}

TEST_CASE("signing keys are listed with their state, and rotating makes another the current one", "[admin][keys]")
{
    lab const of;
    of.set_up();
    auto const first = of.good({"keys", "list"});
    CHECK(std::count(first.begin(), first.end(), '\n') == 1);
    auto const name = of.good({"keys", "rotate"});
    auto const listed = of.good({"keys", "list"});
    CHECK(std::count(listed.begin(), listed.end(), '\n') == 2);
    CHECK(has(listed, name.substr(0, name.size() - 1) + " active "));
    CHECK(has(listed, first.substr(0, first.find(' '))));
}

TEST_CASE("commands that need a schema fail without one and say where", "[admin]")
{
    lab const of;
    for (auto const& line :
         {words{"keys", "list"}, words{"keys", "rotate"}, words{"inbox"}, words{"audit", "verify"}, words{"audit", "seal"},
          words{"user", "unlock", "--email", "ana@example.com"}, words{"user", "roles", "--email", "ana@example.com", "--role", "user"},
          words{"user", "remove-factor", "--email", "ana@example.com"}, words{"user", "create", "--email", "ana@example.com", "--role", "user"}}) {
        auto const said = of.admin(line, std::string(password) + "\n");
        INFO(line.front() << " " << said.out);
        CHECK(said.exit_code == 1);
        CHECK(said.err.starts_with("❌ "));
        CHECK(said.out.empty());
    }
}

TEST_CASE("a log that nobody touched is intact, before and after it is sealed", "[admin][audit]")
{
    lab const of;
    of.set_up();
    CHECK(has(of.good({"audit", "verify"}), "0 filas selladas e intactas"));
    sealed_lab const sealed;
    auto const said = sealed.good({"audit", "verify"});
    CHECK(has(said, " 1 sellos, "));
    CHECK(has(said, "último sello, para anotarlo fuera: 1:"));
}

TEST_CASE("rows that are too new are not sealed", "[admin][audit]")
{
    lab const of;
    of.set_up();
    CHECK(of.good({"audit", "seal", "--settled", "3600"}) == "0 filas selladas en 0 sellos\n");
    CHECK(has(of.good({"audit", "verify"}), " filas sin sellar desde "));
}

TEST_CASE("the age after which rows are sealed is from a second to an hour", "[admin][audit]")
{
    lab const of;
    of.good({"migrate", "up"});
    CHECK(of.admin({"audit", "seal", "--settled", "1"}).exit_code == 0);
    CHECK(of.admin({"audit", "seal", "--settled", "0"}).exit_code == 1);
    CHECK(of.admin({"audit", "seal", "--settled", "3601"}).exit_code == 1);
}

TEST_CASE("a seal that was noted outside must be there", "[admin][audit]")
{
    sealed_lab const of;
    auto const noted = of.noted();
    CHECK(of.admin({"audit", "verify", "--noted", noted}).exit_code == 0);
    auto other = noted;
    other.back() = other.back() == '0' ? '1' : '0';
    auto const said = of.admin({"audit", "verify", "--noted", other});
    CHECK(said.exit_code == 1);
    CHECK(has(said.out, "hallazgos: el registro de auditoría fue alterado"));
    CHECK(has(said.out, "sello 1"));
}

TEST_CASE("a noted seal that can't be read is refused", "[admin][audit]")
{
    sealed_lab const of;
    auto const good = of.noted();
    auto no_hex = good;
    no_hex.back() = 'g';
    auto half_hex = good;
    half_hex[half_hex.size() - 2] = ' ';
    for (auto const& bad : {std::string("mal"), good.substr(1), "0" + good.substr(1), "-" + good, good + "0", good.substr(0, good.size() - 1), no_hex,
                            half_hex, "1;" + good.substr(2)}) {
        INFO(bad);
        auto const said = of.admin({"audit", "verify", "--noted=" + bad});
        CHECK(said.exit_code == 1);
        CHECK(has(said.err, "NÚMERO:RESUMEN"));
    }
}

TEST_CASE("a changed, a removed and a moved row are named", "[admin][audit]")
{
    sealed_lab const of;
    auto const rows = of.sql("SELECT lower(hex(log_id)) FROM audit_logs ORDER BY timestamp LIMIT 3");
    REQUIRE(rows.size() == 3);
    of.sql("UPDATE audit_logs SET status_code = 500 WHERE lower(hex(log_id)) = '" + rows[0] + "'");
    of.sql("DELETE FROM audit_logs WHERE lower(hex(log_id)) = '" + rows[1] + "'");
    of.sql("UPDATE audit_logs SET timestamp = timestamp - 1000000 WHERE lower(hex(log_id)) = '" + rows[2] + "'");
    auto const said = of.admin({"audit", "verify"});
    CHECK(said.exit_code == 1);
    auto const named = [&](std::string const& what, std::string const& row) {
        return what + " " + row.substr(0, 8) + "-" + row.substr(8, 4) + "-" + row.substr(12, 4) + "-" + row.substr(16, 4) + "-" + row.substr(20);
    };
    CHECK(has(said.out, named("❌ row_changed", rows[0])));
    CHECK(has(said.out, named("❌ row_removed", rows[1])));
    CHECK(has(said.out, named("❌ row_reordered", rows[2])));
    CHECK(has(said.out, "❌ 3 hallazgos"));
}

TEST_CASE("no more findings are listed than were asked for, and all are counted", "[admin][audit]")
{
    sealed_lab const of;
    of.sql("UPDATE audit_logs SET status_code = 500");
    auto const said = of.admin({"audit", "verify", "--show", "1"});
    CHECK(said.exit_code == 1);
    CHECK(said.out.find("❌ row_changed") == said.out.rfind("❌ row_changed"));
    CHECK_FALSE(has(said.out, "❌ 1 hallazgos"));
}
