#include "adapters/maxminddb/maxminddb_country_lookup.hpp"
#include "adapters/memory/shared/memory_country_lookup.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <atomic>
#include <thread>
#include <vector>

using namespace mb;

namespace {

std::string const spain{"\xc0\x00\x02\x05", 4};  // 192.0.2.5
std::string const nowhere{"\x08\x08\x08\x08", 4};
std::string const argentina = std::string("\x20\x01\x0d\xb8", 4) + std::string(11, '\0') + '\x01';  // 2001:db8::1

using make_lookup = std::unique_ptr<ports::country_lookup> (*)();

/// Every lookup that is built in, knowing the same.
constexpr std::array<make_lookup, 2> lookups{
    []() -> std::unique_ptr<ports::country_lookup> {
        return std::make_unique<memory::memory_country_lookup>(std::map<std::string, std::string, std::less<>>{{spain, "ES"}, {argentina, "AR"}});
    },
    []() -> std::unique_ptr<ports::country_lookup> {
        auto opened = maxminddb::maxminddb_country_lookup::open(MB_TEST_COUNTRIES, maxminddb::file_bytes_usual_max);
        REQUIRE(opened);
        return *std::move(opened);
    },
};

}  // namespace

#define MB_WITH_EVERY_LOOKUP(variable) auto const variable = lookups[GENERATE(Catch::Generators::range(std::size_t{0}, lookups.size()))]()

TEST_CASE("an address has its country, and another one has none", "[contract][countries]")
{
    MB_WITH_EVERY_LOOKUP(lookup);
    CHECK(lookup->country_of(spain) == "ES");
    CHECK(lookup->country_of(argentina) == "AR");
    CHECK_FALSE(lookup->country_of(nowhere));
    CHECK_FALSE(lookup->country_of(std::string(16, '\x7f')));
}

TEST_CASE("an address of IPv4 that is written as IPv6 has the same country", "[contract][countries]")
{
    MB_WITH_EVERY_LOOKUP(lookup);
    CHECK(lookup->country_of(std::string(10, '\0') + "\xff\xff" + spain) == "ES");
    CHECK_FALSE(lookup->country_of(std::string(10, '\0') + "\xff\xff" + nowhere));
}

TEST_CASE("what is no address has no country", "[contract][countries]")
{
    MB_WITH_EVERY_LOOKUP(lookup);
    for (std::size_t const bytes : {0, 1, 3, 5, 15, 17, 64}) CHECK_FALSE(lookup->country_of(std::string(bytes, '\x20')));
}

TEST_CASE("countries are told to every thread at once", "[contract][countries]")
{
    MB_WITH_EVERY_LOOKUP(lookup);
    std::atomic<int> right = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&] {
            for (int round = 0; round < 200; ++round)
                if (lookup->country_of(spain) == "ES" && !lookup->country_of(nowhere)) ++right;
        });
    for (auto& each : threads) each.join();
    CHECK(right == 4 * 200);
}
