#pragma once

#include "adapters/sql/session.hpp"

#include <cstdint>
#include <string>
#include <string_view>

struct pg_result;

namespace mb::postgres {

/// One row of an answer, which outlives it.
class current_row final : public sql::row {
public:
    current_row(pg_result const* of, int number) noexcept : of_(of), number_(number) {}
    bool is_null(int column) const noexcept override;
    std::int64_t integer(int column) const noexcept override;
    double real(int column) const noexcept override;
    std::string_view text(int column) const noexcept override;
    std::string_view bytes(int column) const noexcept override;

private:
    pg_result const* of_;
    int number_;
    mutable std::string scratch_;
};

/// A row of one number that was known before the server said it.
class known_row final : public sql::row {
public:
    explicit known_row(std::int64_t number) noexcept : number_(number) {}
    bool is_null(int) const noexcept override { return false; }
    std::int64_t integer(int) const noexcept override { return number_; }
    double real(int) const noexcept override { return static_cast<double>(number_); }
    std::string_view text(int) const noexcept override { return {}; }
    std::string_view bytes(int) const noexcept override { return {}; }

private:
    std::int64_t number_;
};

/// Hands over each row of an answer. @error unexpected  a column has a type that can't be read.
outcome<void> hand_over(pg_result const* answer, sql::session::on_row each);
/// Rows that a statement inserted, changed or removed.
std::int64_t rows_touched(pg_result* answer) noexcept;

}  // namespace mb::postgres
