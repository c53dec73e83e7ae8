#include "adapters/postgres/connection.hpp"
#include "adapters/postgres/dialect.hpp"
#include "adapters/postgres/faults.hpp"
#include "adapters/postgres/wire.hpp"
#include "tests/adapters/postgres/support.hpp"

#include <limits>

using namespace mb;
using namespace mb::postgres::testing;
using sql::statement;

namespace {

outcome<std::string> round_trip(postgres::session& on, std::string_view type, sql::parameter value)
{
    std::string told;
    MB_CHECK(on.run("SELECT ($1::" + std::string(type) + ")::text", {value}, [&](sql::row const& each) -> outcome<void> {
        told = each.is_null(0) ? "null" : std::string(each.text(0));
        return {};
    }));
    return told;
}

}  // namespace

TEST_CASE("every fixed statement can be prepared against the schema, as it is and where it holds rows", "[postgres]")
{
    database const here;
    auto const on = connect(here);
    postgres::dialect const with;
    std::string refused;
    for (std::size_t i = 0; i < sql::statements_total; ++i) {
        auto const what = static_cast<statement>(i);
        for (std::string const& text : {std::string(with.text(what)), std::string(with.holding_text(what)), std::string(with.guard_of(what))}) {
            bool const controls = text.starts_with("BEGIN") || text == "COMMIT" || text == "ROLLBACK" || text.find("SAVEPOINT") != text.npos;
            if (text.empty() || controls || text.starts_with("CREATE")) continue;
            auto const told = postgres_testing::try_to(here.url(), "SET search_path = mb_meta, mb_data; PREPARE it AS " + text);
            if (told.find("ERROR") != told.npos) refused += text + ": " + told;
        }
    }
    CHECK(refused.empty());
    INFO(refused);
}

TEST_CASE("the meaning of an SQLSTATE", "[postgres]")
{
    struct row {
        char const* state;
        errc writing;
        errc reading;
    };
    for (auto const& [state, writing, reading] : {
             row{"23505", errc::duplicate, errc::duplicate},
             row{"40001", errc::conflict, errc::conflict},
             row{"40P01", errc::conflict, errc::conflict},
             row{"55P03", errc::conflict, errc::conflict},
             row{"0A000", errc::conflict, errc::conflict},
             row{"42703", errc::conflict, errc::conflict},
             row{"57014", errc::busy, errc::busy},
             row{"57P01", errc::unavailable, errc::unavailable},
             row{"08006", errc::unavailable, errc::unavailable},
             row{"53100", errc::unavailable, errc::unavailable},
             row{"53300", errc::unavailable, errc::unavailable},
             row{"XX001", errc::corrupt, errc::corrupt},
             row{"25006", errc::unavailable, errc::unexpected},
             row{"23503", errc::unexpected, errc::unexpected},
             row{"22P02", errc::unexpected, errc::unexpected},
             row{"", errc::unexpected, errc::unexpected},
         }) {
        INFO(state);
        CHECK(postgres::meaning_of(state, postgres::access::writing) == writing);
        CHECK(postgres::meaning_of(state, postgres::access::reading) == reading);
    }
    CHECK(postgres::ends_connection("57P01"));
    CHECK_FALSE(postgres::ends_connection("57014"));
}

TEST_CASE("values arrive as what they are, at the ends of their ranges too", "[postgres]")
{
    database const here;
    auto const on = connect(here);
    auto& session = on->session();
    session.begin(postgres::session::purpose::writing);
    constexpr auto largest = std::numeric_limits<std::int64_t>::max();
    constexpr auto smallest = std::numeric_limits<std::int64_t>::min();
    std::array<std::uint8_t, 16> uuid{0x01, 0x90, 0, 0, 0, 0, 0x70, 0, 0x80, 0, 0, 0, 0, 0, 0, 0xff};

    CHECK(must(round_trip(session, "bigint", largest)) == "9223372036854775807");
    CHECK(must(round_trip(session, "bigint", smallest)) == "-9223372036854775808");
    CHECK(must(round_trip(session, "integer", 2'147'483'647)) == "2147483647");
    CHECK(must(round_trip(session, "smallint", -32'768)) == "-32768");
    CHECK(must(round_trip(session, "boolean", true)) == "true");
    CHECK(must(round_trip(session, "double precision", -0.1)) == "-0.1");
    CHECK(must(round_trip(session, "uuid", uuid)) == "01900000-0000-7000-8000-0000000000ff");
    CHECK(must(round_trip(session, "bytea", sql::blob{std::string_view{"\0\xff", 2}})) == "\\x00ff");
    CHECK(must(round_trip(session, "text", "")) == "");
    CHECK(must(round_trip(session, "text", std::nullopt)) == "null");
    CHECK(must(round_trip(session, "jsonb", "{\"a\":[1,\"á\"]}")) == "{\"a\": [1, \"á\"]}");
    CHECK(must(round_trip(session, "date", "0001-01-01")) == "0001-01-01");
    CHECK(must(round_trip(session, "date", "9999-12-31")) == "9999-12-31");
    CHECK(must(round_trip(session, "date", "2024-02-29")) == "2024-02-29");
    CHECK(must(round_trip(session, "timestamptz", from_micros(0))) == "1970-01-01 00:00:00+00");
    CHECK(must(round_trip(session, "timestamptz", from_micros(1'769'250'600'123'456))) == "2026-01-24 10:30:00.123456+00");
    CHECK(must(round_trip(session, "timestamptz", from_micros(-1))) == "1969-12-31 23:59:59.999999+00");

    CHECK(failure(round_trip(session, "integer", 2'147'483'648)) == errc::unexpected);
    CHECK(failure(round_trip(session, "smallint", 32'768)) == errc::unexpected);
    CHECK(failure(round_trip(session, "date", "2023-02-29")) == errc::unexpected);
    CHECK(failure(round_trip(session, "uuid", sql::blob{"short"})) == errc::unexpected);
    CHECK(failure(round_trip(session, "text", 7)) == errc::unexpected);

    // and come back
    must(
        session.run("SELECT 9223372036854775807::bigint, 7::integer, -7::smallint, true, 0.5::float8, '2024-02-29'::date, '[1]'::jsonb, "
                    "'1969-12-31 23:59:59.999999+00'::timestamptz, 'á'::text, '\\x00ff'::bytea, NULL::text",
                    {}, [&](sql::row const& each) -> outcome<void> {
                        CHECK(each.integer(0) == largest);
                        CHECK(each.integer(1) == 7);
                        CHECK(each.integer(2) == -7);
                        CHECK(each.integer(3) == 1);
                        CHECK(each.real(4) == 0.5);
                        CHECK(each.text(5) == "2024-02-29");
                        CHECK(each.text(6) == "[1]");
                        CHECK(each.integer(7) == -1);
                        CHECK(each.text(8) == "á");
                        CHECK(each.bytes(9) == std::string_view{"\0\xff", 2});
                        CHECK(each.is_null(10));
                        return {};
                    }));
    session.rollback();
}

TEST_CASE("a column whose type can't be read is an error, and no wrong number", "[postgres]")
{
    database const here;
    auto const on = connect(here);
    on->session().begin(postgres::session::purpose::reading);
    CHECK(failure(on->session().run("SELECT 1.5::numeric")) == errc::unexpected);
    on->session().rollback();
}

TEST_CASE("of the texts made at run time those used last stay prepared, and the server forgets the others", "[postgres]")
{
    database const here;
    auto const on = connect(here);
    auto& session = on->session();
    auto const total = postgres::session::texts_max + 40;
    for (int round = 0; round < 2; ++round)
        for (std::size_t i = 0; i < total; ++i) {
            session.begin(postgres::session::purpose::writing);
            std::int64_t got = 0;
            must(session.run("SELECT $1::bigint + " + std::to_string(i), {1}, [&](sql::row const& each) -> outcome<void> {
                got = each.integer(0);
                return {};
            }));
            REQUIRE(got == static_cast<std::int64_t>(i) + 1);
            session.rollback();
        }
    CHECK(session.texts_kept() == postgres::session::texts_max);
    session.begin(postgres::session::purpose::writing);
    std::int64_t prepared = 0;
    must(session.run("SELECT count(*) FROM pg_prepared_statements WHERE name LIKE 't%'", {}, [&](sql::row const& each) -> outcome<void> {
        prepared = each.integer(0);
        return {};
    }));
    CHECK(prepared <= static_cast<std::int64_t>(postgres::session::texts_max) + 1);
    session.rollback();
}
