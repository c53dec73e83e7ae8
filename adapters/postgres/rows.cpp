#include "adapters/postgres/rows.hpp"

#include "adapters/postgres/wire.hpp"

#include <libpq-fe.h>

#include <charconv>
#include <cstring>

namespace mb::postgres {

bool current_row::is_null(int column) const noexcept { return PQgetisnull(of_, number_, column) != 0; }
std::int64_t current_row::integer(int column) const noexcept { return read_integer(PQftype(of_, column), bytes(column)); }
double current_row::real(int column) const noexcept { return read_real(PQftype(of_, column), bytes(column)); }
std::string_view current_row::text(int column) const noexcept { return read_text(PQftype(of_, column), bytes(column), scratch_); }

std::string_view current_row::bytes(int column) const noexcept
{
    return {PQgetvalue(of_, number_, column), static_cast<std::size_t>(PQgetlength(of_, number_, column))};
}

outcome<void> hand_over(pg_result const* answer, sql::session::on_row each)
{
    int const total = PQntuples(answer);
    for (int column = 0; total > 0 && column < PQnfields(answer); ++column)
        if (!is_readable(PQftype(answer, column))) return error{errc::unexpected, "postgres.run", "a column has a type that can't be read"};
    for (int number = 0; number < total; ++number) MB_CHECK(each(current_row{answer, number}));
    return {};
}

std::int64_t rows_touched(pg_result* answer) noexcept
{
    char const* const digits = PQcmdTuples(answer);
    std::int64_t rows = 0;
    std::from_chars(digits, digits + std::strlen(digits), rows);
    return rows;
}

}  // namespace mb::postgres
