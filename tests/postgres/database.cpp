#include "tests/postgres/database.hpp"

#include "adapters/postgres/postgres_store.hpp"
#include "tests/contract/steps.hpp"
#include "tests/fakes/plain_cryptography.hpp"

#include <libpq-fe.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <fstream>
#include <memory>

namespace mb::postgres_testing {
namespace {

std::string const template_name = "mb_template";
constexpr instant migrated_at = from_micros(1'769'250'600'000'000);

using connection = std::unique_ptr<PGconn, decltype(&PQfinish)>;
using answer = std::unique_ptr<PGresult, decltype(&PQclear)>;

/// What server.py wrote: the URL of the server's own database.
std::string server_url()
{
    auto const* file = std::getenv("MB_TEST_POSTGRES");
    std::string url;
    if (file != nullptr) {
        std::ifstream written(file);
        std::getline(written, url);
    }
    if (url.empty()) FAIL("no PostgreSQL: run through ctest, or start one (tests/postgres/server.py) and name its file in MB_TEST_POSTGRES");
    return url;
}

/// Migrating takes longer than copying: it is done once for each server.
void make_template()
{
    auto const exists = "SELECT count(*) FROM pg_database WHERE datname = '" + template_name + "'";
    if (ask(server_url(), exists) == "1\n") return;
    connection const alone{PQconnectdb(server_url().c_str()), &PQfinish};
    answer const locked{PQexec(alone.get(), "SELECT pg_advisory_lock(7399)"), &PQclear};
    if (ask(server_url(), exists) == "1\n") return;
    auto const unfinished = template_name + "_unfinished";
    ask(server_url(), "DROP DATABASE IF EXISTS " + unfinished + " WITH (FORCE)");
    ask(server_url(), "CREATE DATABASE " + unfinished);
    {
        fakes::plain_sealer const seals;
        postgres::options how;
        how.url = url_of(unfinished);
        contract::must(contract::must(postgres::postgres_store::open(how, seals))->migrate(migrated_at));
    }
    ask(server_url(), "ALTER DATABASE " + unfinished + " RENAME TO " + template_name);
}

std::string run(std::string const& url, std::string const& statements, bool& well)
{
    connection const on{PQconnectdb(url.c_str()), &PQfinish};
    answer const told{PQexec(on.get(), statements.c_str()), &PQclear};
    auto const status = PQresultStatus(told.get());
    well = status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK;
    if (!well) return PQerrorMessage(on.get());
    std::string rows;
    for (int i = 0; i < PQntuples(told.get()); ++i) rows.append(PQgetvalue(told.get(), i, 0)).append("\n");
    return rows;
}

}  // namespace

std::string url_of(std::string const& database, std::string const& role)
{
    auto url = server_url();
    std::string_view const own = "mb@/postgres?";
    return url.replace(url.find(own), own.size(), role + "@/" + database + "?");
}

std::string ask(std::string const& url, std::string const& statements)
{
    bool well = false;
    auto const told = run(url, statements, well);
    if (!well) FAIL(statements << ": " << told);
    return told;
}

std::string try_to(std::string const& url, std::string const& statements)
{
    bool well = false;
    return run(url, statements, well);
}

database::database(content with)
{
    static std::atomic<int> made{0};
    name_ = "mb_" + std::to_string(::getpid()) + "_" + std::to_string(++made);
    if (with == content::migrated) make_template();
    postgres_testing::ask(server_url(), "CREATE DATABASE " + name_ + (with == content::migrated ? " TEMPLATE " + template_name : ""));
}

database::~database()
{
    bool well = false;  // what can't be dropped goes with its server
    (void)run(server_url(), "DROP DATABASE " + name_ + " WITH (FORCE)", well);
}

}  // namespace mb::postgres_testing
