#include "apps/composition/postgres_copy.hpp"
#include "tests/apps/age.hpp"
#include "tests/apps/support.hpp"
#include "tests/postgres/database.hpp"

#include <catch2/catch.hpp>

#include <filesystem>

using namespace mb;
using namespace mb::apps_testing;
using composition::postgres_copy;
using postgres_testing::content;
using postgres_testing::database;

namespace {

/// A lab on a database of PostgreSQL, and an empty one beside it.
struct postgres_house : lab {
    postgres_house()
    {
        environment()["DATABASE_URL"] = first.url();
        set_up();
    }
    std::string copy() const { return place / "copy"; }
    void move_to(database const& other) { environment()["DATABASE_URL"] = other.url(); }
    void refuses(words line, std::string const& why) const
    {
        auto const said = admin(line);
        INFO(said.out << said.err);
        CHECK(said.exit_code == 1);
        CHECK(has(said.err, why));
    }
    /// A program of this name before those of the system.
    void plant(std::string const& name, std::string const& script)
    {
        std::filesystem::create_directory(place / "bin");
        std::filesystem::permissions(place.write("bin/" + name, "#!/bin/sh\n" + script + "\n"), std::filesystem::perms::owner_all);
        environment()["PATH"] = place / "bin" + ":/usr/bin:/bin";
    }

    database first{content::empty};
    database second{content::empty};
    scratch place;
};

std::string schemas_of(database const& of) { return of.ask("SELECT count(*) FROM pg_namespace WHERE nspname IN ('mb_meta', 'mb_data')"); }

secret url_of(database const& of) { return secret{of.url()}; }

}  // namespace

TEST_CASE("PostgreSQL is migrated, set up and checked", "[postgres][schema]")
{
    postgres_house const of;
    CHECK(of.good({"migrate", "status"}) == "el esquema está al día\n");
    auto const said = of.good({"migrate", "up", "--setup"});
    CHECK(has(said, "roles listos: mb_ddl"));
    CHECK(of.first.ask("SELECT count(*) FROM pg_roles WHERE rolname IN ('mb_ddl', 'mb_app', 'mb_audit')") == "3\n");
    CHECK(of.good({"check"}) == "la base de datos está íntegra\n");
}

TEST_CASE("a copy of PostgreSQL goes into an empty database", "[postgres][backup]")
{
    postgres_house of;
    of.good({"backup", of.copy()});
    of.move_to(of.second);
    CHECK(has(of.good({"restore", of.copy()}), "restored the backup of "));
    CHECK(of.second.ask("SELECT email FROM mb_meta.users") == std::string(admin_email) + "\n");
    CHECK(of.good({"migrate", "status"}) == "el esquema está al día\n");
}

TEST_CASE("an encrypted copy of PostgreSQL comes back with its key", "[postgres][backup][age]")
{
    postgres_house of;
    age_key const key(of.place);
    of.good({"backup", of.copy(), "--recipient", key.recipient()});
    auto const written = content_of(of.copy());
    CHECK(written.starts_with("age-encryption.org/v1\n"));
    CHECK_FALSE(has(written, "PGDMP"));
    of.move_to(of.second);
    of.refuses({"restore", of.copy()}, "--identity");
    CHECK(schemas_of(of.second) == "0\n");
    of.good({"restore", of.copy(), "--identity", key.file()});
    CHECK(schemas_of(of.second) == "2\n");
}

TEST_CASE("a database of PostgreSQL that holds something is never restored over", "[postgres][restore]")
{
    postgres_house const of;
    of.good({"backup", of.copy()});
    of.refuses({"restore", of.copy()}, "is not empty");
}

TEST_CASE("nothing is restored while somebody is connected", "[postgres][restore]")
{
    postgres_house const of;
    of.good({"backup", of.copy()});
    auto const open = of.open();
    of.refuses({"restore", of.copy()}, "stop every server first");
}

TEST_CASE("a backup that was cut or altered leaves nothing in PostgreSQL", "[postgres][restore]")
{
    postgres_house of;
    of.good({"backup", of.copy()});
    of.move_to(of.second);
    auto const whole = content_of(of.copy());
    auto flipped = whole;
    flipped[whole.size() / 2] ^= 1;
    auto const with = [&](std::string const& old, std::string const& other) {
        auto text = whole;
        return text.replace(text.find(old), old.size(), other);
    };
    for (auto const& [damage, why] : {std::pair<std::string, std::string>{flipped, "cut short or altered"},
                                      {whole.substr(0, whole.size() - 1), "cut short or altered"},
                                      {with("\nschema ", "\nschema 9"), "this program knows"},
                                      {with("\nengine postgresql\n", "\nengine sqlite\n"), "the backup is one of sqlite"}}) {
        of.refuses({"restore", of.place.write("bad", damage)}, why);
        CHECK(schemas_of(of.second) == "0\n");
    }
}

TEST_CASE("a backup of another master key is taken out of PostgreSQL again", "[postgres][restore]")
{
    postgres_house of;
    of.good({"backup", of.copy()});
    of.move_to(of.second);
    std::filesystem::remove(of.folder() / "secrets.env");
    of.refuses({"restore", of.copy()}, "MASTER_KEY");
    CHECK(schemas_of(of.second) == "0\n");
}

TEST_CASE("without the programs of PostgreSQL there is neither a copy nor a restore", "[postgres][backup]")
{
    postgres_house of;
    of.good({"backup", of.copy()});
    auto const path = of.place.path().string();
    of.environment()["PATH"] = path;
    of.refuses({"backup", of.place / "other"}, "pg_dump: ");
    of.move_to(of.second);
    of.refuses({"restore", of.copy()}, "psql: ");
    CHECK(names_in(of.place.path()) == words{"copy"});
}

TEST_CASE("a pg_dump that fails half way leaves no copy", "[postgres][backup]")
{
    postgres_house of;
    of.plant("pg_dump", "head -c 100000 /dev/zero; exit 1");
    of.refuses({"backup", of.copy()}, "pg_dump ended with status 1");
    CHECK_FALSE(std::filesystem::exists(of.copy()));
}

TEST_CASE("a pg_restore that fails leaves nothing in the database", "[postgres][restore]")
{
    postgres_house of;
    of.good({"backup", of.copy()});
    of.move_to(of.second);
    of.plant("pg_restore", "cat > /dev/null; exit 1");
    of.refuses({"restore", of.copy()}, "pg_restore ended with status 1");
    CHECK(schemas_of(of.second) == "0\n");
}

TEST_CASE("the password of PostgreSQL is in no list of processes", "[postgres][backup]")
{
    postgres_house of;
    of.plant("pg_dump", "echo \"$@\" > '" + of.place / "arguments" + "'; env > '" + of.place / "environment" + "'; exit 1");
    of.environment()["DATABASE_URL"] = of.first.url() + "&password=canario-amarillo";
    of.refuses({"backup", of.copy()}, "pg_dump ended");
    CHECK_FALSE(has(content_of(of.place / "arguments"), "canario"));
    CHECK(has(content_of(of.place / "environment"), "PGPASSWORD=canario-amarillo"));
    CHECK_FALSE(has(content_of(of.place / "environment"), "MASTER_KEY"));
}

TEST_CASE("a URL that can't be read makes no copy", "[postgres][backup]")
{
    CHECK_FALSE(postgres_copy::of(secret{std::string_view{"postgresql://[broken"}}));
}

TEST_CASE("a server that is not there answers neither question", "[postgres][restore]")
{
    scratch const nowhere;
    auto const copy = postgres_copy::of(secret{"postgresql://mb@/mb?host=" + nowhere.path().string()});
    REQUIRE(copy);
    auto const said = run({}, [&] { return copy->require_empty() || copy->require_unused() ? 0 : 1; });
    CHECK(said.exit_code == 1);
}

TEST_CASE("dropping takes away what is ours and nothing else", "[postgres][restore]")
{
    database const of;
    of.ask("CREATE TABLE public.theirs (n int)");
    auto const copy = postgres_copy::of(url_of(of));
    REQUIRE(copy);
    REQUIRE(schemas_of(of) == "2\n");
    CHECK_FALSE(copy->require_empty());
    REQUIRE(copy->drop());
    CHECK(schemas_of(of) == "0\n");
    CHECK(copy->require_empty());
    CHECK(of.ask("SELECT count(*) FROM public.theirs") == "0\n");
}

TEST_CASE("PostgreSQL counts its connections", "[postgres][database]")
{
    postgres_house const of;
    auto const with = of.open();
    auto const counts = with->database().counts();
    CHECK(counts.connections.has_value());
    CHECK(counts.waiting.has_value());
    CHECK_FALSE(counts.commits.has_value());
    CHECK(with->database().tidy());
    CHECK(&with->database().lists() == &with->database().store());
}

TEST_CASE("lists are read from a replica where one is named, and from the database while it is away", "[postgres][database]")
{
    postgres_house of;
    of.environment()["DATABASE_READ_URL"] = postgres_testing::url_of("not_there_yet");
    auto const with = of.open();
    CHECK(&with->database().lists() != &with->database().store());
    auto const listed =
        ports::read(with->database().lists(), [](ports::transaction& tx) { return tx.users().find(*identity::email::parse(admin_email)); });
    REQUIRE(listed);
    CHECK(listed->has_value());
}

TEST_CASE("a server that is not there is told by the tool", "[postgres]")
{
    scratch const nowhere;
    lab of;
    of.environment()["DATABASE_URL"] = "postgresql://mb@/mb?host=" + nowhere.path().string();
    of.environment()["DB_CONNECT_WAIT"] = "1s";
    auto const said = of.admin({"migrate", "status"});
    CHECK(said.exit_code == 1);
    CHECK(said.err.starts_with("❌ "));
}
