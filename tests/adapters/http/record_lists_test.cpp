// Lists of records over HTTP: filters, sorting, cursors, counts and columns.
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
    std::string books = define(server, admin, "books", {R"({"name":"title","type":"TEXT"})", R"({"name":"pages","type":"INTEGER"})"});
    session ana = server.log_in_someone();

    reply find(std::vector<std::pair<std::string_view, std::string_view>> const& parameters)
    {
        return server.ask("GET " + std::string(records) + query_of(parameters), bearer(ana));
    }
};

/// Five readings of a type each, made by the admin.
struct station {
    in_process server;
    session admin = server.admin();

    station()
    {
        define(
            server, admin, "readings",
            {R"({"name":"n","type":"INTEGER"})", R"({"name":"at","type":"DATETIME"})", R"({"name":"value","type":"DECIMAL","precision":8,"scale":2})",
             R"({"name":"state","type":"ENUM","options":["ok","bad"]})", R"({"name":"checked","type":"BOOLEAN"})", R"({"name":"day","type":"DATE"})",
             R"({"name":"ratio","type":"NUMBER"})", R"({"name":"note","type":"TEXT"})"});
        for (int n = 1; n <= 5; ++n) {
            auto const digit = std::to_string(n);
            make_record(server, admin, "readings",
                        R"({"n":)" + digit + R"(,"at":"2026-01-0)" + digit + R"(T10:00:00Z","value":")" + digit + R"(.50","state":")"
                            + (n % 2 == 1 ? "ok" : "bad") + R"(","checked":)" + (n > 3 ? "true" : "false") + R"(,"day":"2026-02-0)" + digit
                            + R"(","ratio":0.)" + digit + (n == 5 ? "}" : R"(,"note":"is )" + digit + "\"}"));
        }
    }

    reply find(std::vector<std::pair<std::string_view, std::string_view>> const& parameters)
    {
        return server.ask("GET /api/v1/entities/readings/records" + query_of(parameters), bearer(admin));
    }
    std::string found(std::vector<std::pair<std::string_view, std::string_view>> parameters)
    {
        parameters.emplace_back("sort", "n");
        return column(find(parameters), "n");
    }
};

}  // namespace

TEST_CASE("every operator of a filter finds what it says")
{
    station at;
    CHECK(at.found({}) == "1 2 3 4 5");
    CHECK(at.found({{"filter[n]", "3"}}) == "3");
    CHECK(at.found({{"filter[n][eq]", "3"}}) == "3");
    CHECK(at.found({{"filter[n][ne]", "3"}}) == "1 2 4 5");
    CHECK(at.found({{"filter[n][lt]", "3"}}) == "1 2");
    CHECK(at.found({{"filter[n][lte]", "3"}}) == "1 2 3");
    CHECK(at.found({{"filter[n][gt]", "3"}}) == "4 5");
    CHECK(at.found({{"filter[n][gte]", "3"}}) == "3 4 5");
    CHECK(at.found({{"filter[n][in]", "5"}, {"filter[n][in]", "2"}}) == "2 5");
    CHECK(at.found({{"filter[n][nin]", "5"}, {"filter[n][nin]", "2"}}) == "1 3 4");
    CHECK(at.found({{"filter[n][between]", "2"}, {"filter[n][between]", "4"}}) == "2 3 4");
    CHECK(at.found({{"filter[note][null]", "true"}}) == "5");
    CHECK(at.found({{"filter[note][null]", "false"}}) == "1 2 3 4");
    CHECK(at.found({{"filter[n][gt]", "1"}, {"filter[n][lt]", "3"}}) == "2");
}

TEST_CASE("a filter reads its operand by the type of the field")
{
    station at;
    CHECK(at.found({{"filter[value][gt]", "2.50"}}) == "3 4 5");
    CHECK(at.found({{"filter[at][lte]", "2026-01-02T11:00:00+01:00"}}) == "1 2");
    CHECK(at.found({{"filter[state]", "bad"}}) == "2 4");
    CHECK(at.found({{"filter[state][in]", "ok"}, {"filter[state][in]", "bad"}}) == "1 2 3 4 5");
    CHECK(at.found({{"filter[checked]", "true"}, {"filter[day][lt]", "2026-02-05"}}) == "4");
    CHECK(at.found({{"filter[ratio][lt]", "0.25"}}) == "1 2");
    CHECK(at.found({{"filter[note]", "is 3"}}) == "3");
    CHECK(at.found({{"filter[created_by]", at.admin.user}}) == "1 2 3 4 5");
    CHECK(at.found({{"filter[version][gt]", "1"}}).empty());
}

TEST_CASE("a query that can't be read is refused, not guessed")
{
    station at;
    struct {
        std::string_view name;
        std::string_view value;
        std::string_view code;
    } const cases[] = {{"filter[value]", "a", "PARAMETRO_INVALIDO"},
                       {"filter[state]", "nope", "PARAMETRO_INVALIDO"},
                       {"filter[day]", "2026-02-30", "PARAMETRO_INVALIDO"},
                       {"filter[n][between]", "1", "PARAMETRO_INVALIDO"},
                       {"filter[n][like]", "1", "PARAMETRO_INVALIDO"},
                       {"filter[state][gt]", "ok", "PARAMETRO_INVALIDO"},
                       {"filter[n][null]", "maybe", "PARAMETRO_INVALIDO"},
                       {"filter[nope]", "1", "PARAMETRO_DESCONOCIDO"},
                       {"filter[n", "1", "PARAMETRO_DESCONOCIDO"},
                       {"offset", "3", "PARAMETRO_DESCONOCIDO"},
                       {"limit", "201", "PARAMETRO_INVALIDO"},
                       {"limit", "0", "PARAMETRO_INVALIDO"},
                       {"limit", "x", "PARAMETRO_INVALIDO"},
                       {"sort", "nope", "PARAMETRO_INVALIDO"},
                       {"sort", "n,-n", "PARAMETRO_INVALIDO"},
                       {"fields", "nope", "PARAMETRO_INVALIDO"},
                       {"count", "all", "PARAMETRO_INVALIDO"},
                       {"cursor", "junk", "CURSOR_INVALIDO"}};
    for (auto const& [name, value, code] : cases) {
        INFO(name << '=' << value);
        auto const refused = at.find({{name, value}});
        CHECK(refused.status == 400);
        CHECK(refused.code() == code);
    }
    CHECK(at.find({{"limit", "1"}, {"limit", "2"}}).status == 400);
    CHECK(at.find({{"limit", "200"}}).size("/data") == 5);
}

TEST_CASE("the fault of a filter is told with the parameter that has it")
{
    station at;
    CHECK(details(at.find({{"filter[value]", "a"}, {"sort", "nope"}})) == "filter[value]:FORMATO_INVALIDO sort:OPCION_INVALIDA");
}

TEST_CASE("a cursor leads through every record once, in the order that was asked for")
{
    library in;
    for (std::string_view const pages : {"5", "3", "null", "3", "1", "null", "4"})
        make_record(in.server, in.ana, "books", R"({"title":"x","pages":)" + std::string(pages) + '}');
    auto const target = std::string(records) + "?limit=2&sort=";
    CHECK(walk(in.server, in.ana, target + "pages", "pages") == "null null 1 3 3 4 5");
    CHECK(walk(in.server, in.ana, target + "-pages", "pages") == "5 4 3 3 1 null null");
    CHECK(walk(in.server, in.ana, target + "title,-pages", "pages") == "5 4 3 3 1 null null");
}

TEST_CASE("a cursor is of use only for the query that it came from")
{
    library in;
    for (int i = 0; i < 3; ++i) make_record(in.server, in.ana, "books", R"({"title":"x","pages":4})");
    auto const cursor = in.find({{"sort", "pages"}, {"limit", "1"}}).at("/nextCursor");
    CHECK(in.find({{"sort", "pages"}, {"limit", "2"}, {"cursor", cursor}}).size("/data") == 2);
    CHECK(in.find({{"sort", "-pages"}, {"cursor", cursor}}).code() == "CURSOR_INVALIDO");
    CHECK(in.find({{"sort", "pages"}, {"filter[pages]", "4"}, {"cursor", cursor}}).code() == "CURSOR_INVALIDO");
    auto other = cursor;
    other[10] = other[10] == 'A' ? 'B' : 'A';
    CHECK(in.find({{"sort", "pages"}, {"cursor", other}}).code() == "CURSOR_INVALIDO");
}

TEST_CASE("a list counts where that is asked for, and says how")
{
    library in;
    for (int i = 0; i < 3; ++i) make_record(in.server, in.ana, "books", R"({"title":"x"})");
    for (auto const& parameters : {std::vector<std::pair<std::string_view, std::string_view>>{{"limit", "1"}}, {{"limit", "1"}, {"count", "none"}}})
        CHECK_FALSE(in.find(parameters).has("/count"));
    for (std::string_view const mode : {"exact", "capped", "estimated"}) {
        auto const counted = in.find({{"limit", "1"}, {"count", mode}});
        CHECK(counted.at("/count") == "3");
        CHECK(counted.at("/count_kind") == "exact");
        CHECK(counted.size("/data") == 1);
    }
}

TEST_CASE("a list shows only the columns that were asked for, and the id")
{
    library in;
    make_record(in.server, in.ana, "books", R"({"title":"Uno","pages":3})");
    auto const some = in.find({{"fields", "version,title"}});
    CHECK(some.size("/data/0") == 3);
    CHECK(some.at("/data/0/title") == "Uno");
    CHECK(some.at("/data/0/version") == "1");
    CHECK(some.has("/data/0/id"));
    auto const system = in.find({{"fields", "id,created_at,updated_at,created_by"}});
    CHECK(system.size("/data/0") == 4);
    CHECK(system.at("/data/0/created_by") == in.ana.user);
    CHECK(system.at("/data/0/created_at") == system.at("/data/0/updated_at"));
    CHECK(in.find({{"fields", "*"}}).size("/data/0") == 7);
}
