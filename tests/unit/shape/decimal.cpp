#include "core/domain/shape/decimal.hpp"

#include "core/domain/shape/rule.hpp"

#include <catch2/catch.hpp>

#include <limits>

using namespace mb::shape;

TEST_CASE("decimal text becomes an exact scaled integer", "[shape]")
{
    struct {
        char const* text;
        int precision, scale;
        std::int64_t scaled;
    } const cases[] = {
        {"0", 18, 2, 0},           {"-0", 18, 2, 0},         {"0.00", 1, 0, 0},
        {"12.5", 18, 2, 1250},     {"-12.50", 18, 2, -1250}, {"0.1", 18, 18, 100'000'000'000'000'000},
        {"1e2", 18, 2, 10000},     {"1E+2", 18, 0, 100},     {"125e-2", 18, 2, 125},
        {"1.5e-1", 18, 2, 15},     {"0.0000001", 18, 7, 1},  {"1e-7", 18, 7, 1},
        {"9.99", 3, 2, 999},       {"999.000", 3, 0, 999},   {"999999999999999999", 18, 0, 999'999'999'999'999'999},
        {"0e999999999", 18, 2, 0}, {"100e-2", 1, 0, 1},      {"-999999999999999999", 18, 0, -999'999'999'999'999'999},
    };
    for (auto const& each : cases) {
        INFO(each.text);
        CHECK(parse_decimal(each.text, each.precision, each.scale) == each.scaled);
    }
}

TEST_CASE("decimal text that would lose digits or does not fit is refused, and why", "[shape]")
{
    struct {
        char const* text;
        int precision, scale;
        decimal_fault fault;
    } const cases[] = {
        {"0.001", 18, 2, decimal_fault::too_precise},
        {"1e-3", 18, 2, decimal_fault::too_precise},
        {"1e-999999", 18, 2, decimal_fault::too_precise},
        {"10.00", 3, 2, decimal_fault::too_large},
        {"1000", 3, 0, decimal_fault::too_large},
        {"1e9999999", 18, 0, decimal_fault::too_large},
        {"1000000000000000000", 18, 0, decimal_fault::too_large},
        {"99999999999999999999999", 18, 0, decimal_fault::too_large},
        {"-10", 1, 0, decimal_fault::too_small},
        {"", 18, 2, decimal_fault::not_decimal},
        {"-", 18, 2, decimal_fault::not_decimal},
        {"+1", 18, 2, decimal_fault::not_decimal},
        {"01", 18, 2, decimal_fault::not_decimal},
        {".5", 18, 2, decimal_fault::not_decimal},
        {"5.", 18, 2, decimal_fault::not_decimal},
        {"1e", 18, 2, decimal_fault::not_decimal},
        {"1e+", 18, 2, decimal_fault::not_decimal},
        {" 1", 18, 2, decimal_fault::not_decimal},
        {"1,5", 18, 2, decimal_fault::not_decimal},
        {"NaN", 18, 2, decimal_fault::not_decimal},
    };
    for (auto const& each : cases) {
        INFO(each.text);
        CHECK(read_decimal(each.text, each.precision, each.scale).fault == each.fault);
    }
}

TEST_CASE("a decimal of 400 characters is read, of 401 it is refused", "[shape]")
{
    std::string text = "1." + std::string(398, '0');
    CHECK(parse_decimal(text, 18, 2) == 100);
    CHECK(read_decimal(text + "0", 18, 2).fault == decimal_fault::not_decimal);
}

TEST_CASE("a formatted decimal reads back as itself", "[shape]")
{
    CHECK(format_decimal(1250, 2) == "12.50");
    CHECK(format_decimal(-5, 2) == "-0.05");
    CHECK(format_decimal(0, 2) == "0.00");
    CHECK(format_decimal(7, 0) == "7");
    CHECK(format_decimal(std::numeric_limits<std::int64_t>::min(), 0) == "-9223372036854775808");
    for (std::int64_t const scaled : {std::int64_t{0}, std::int64_t{-1}, std::int64_t{123456789}, std::int64_t{999'999'999'999'999'999}})
        for (int const scale : {0, 1, 9, 18}) CHECK(parse_decimal(format_decimal(scaled, scale), 18, scale) == scaled);
}
