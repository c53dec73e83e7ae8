#include "adapters/postgres/environment.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace mb;

TEST_CASE("what a URL says becomes variables that PostgreSQL's programs read, decoded", "[postgres][environment]")
{
    auto const said = postgres::environment_of("postgresql://ana:p%40ss@db.example.com:6432/books?sslmode=verify-full");
    REQUIRE(said);
    CHECK(said->database == "books");
    for (auto const* wanted : {"PGHOST=db.example.com", "PGPORT=6432", "PGUSER=ana", "PGPASSWORD=p@ss", "PGDATABASE=books", "PGSSLMODE=verify-full"})
        CHECK(std::ranges::find(said->variables, wanted) != said->variables.end());
}

TEST_CASE("a URL that can't be read is refused without repeating it", "[postgres][environment]")
{
    auto const said = postgres::environment_of("postgresql://u:canary@db/x?no_such_option=1");
    REQUIRE_FALSE(said);
    CHECK(said.error().code == errc::unexpected);
    CHECK(said.error().detail.find("canary") == std::string::npos);
}
