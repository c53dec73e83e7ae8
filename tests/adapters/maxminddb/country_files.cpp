#include "adapters/maxminddb/maxminddb_country_lookup.hpp"

#include <catch2/catch.hpp>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

using namespace mb;
using maxminddb::maxminddb_country_lookup;

namespace {

constexpr std::size_t plenty = maxminddb::file_bytes_usual_max;

std::string v4(int a, int b, int c, int d) { return {static_cast<char>(a), static_cast<char>(b), static_cast<char>(c), static_cast<char>(d)}; }

std::string content_of(std::string const& path)
{
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

/// A folder of one test.
struct folder {
    std::filesystem::path path = std::filesystem::temp_directory_path() / ("mb-countries-" + std::to_string(::getpid()));
    folder() { std::filesystem::create_directories(path); }
    ~folder() { std::filesystem::remove_all(path); }
    std::string put(std::string const& content, char const* name = "countries.mmdb") const
    {
        auto const to = (path / name).string();
        std::ofstream(to, std::ios::binary | std::ios::trunc) << content;
        return to;
    }
};

errc fault_of(std::string const& path, std::size_t bytes_max = plenty)
{
    auto const opened = maxminddb_country_lookup::open(path, bytes_max);
    REQUIRE_FALSE(opened);
    CHECK(opened.error().detail.find(path) == std::string::npos);
    return opened.error().code;
}

}  // namespace

TEST_CASE("a country stands where each vendor puts it, and is none where it isn't two capital letters")
{
    auto const opened = maxminddb_country_lookup::open(MB_TEST_COUNTRIES, plenty);
    REQUIRE(opened);
    auto const& lookup = **opened;
    CHECK(lookup.country_of(v4(127, 1, 2, 3)) == "ES");
    CHECK(lookup.country_of(v4(203, 0, 113, 5)) == "JP");
    CHECK_FALSE(lookup.country_of(v4(203, 0, 113, 7)));  // where it was registered is not where it is
    CHECK_FALSE(lookup.country_of(v4(203, 0, 113, 8)));
    CHECK_FALSE(lookup.country_of(v4(203, 0, 113, 9)));
}

TEST_CASE("of networks inside one another the inner one tells, from its first address to its last")
{
    auto const opened = maxminddb_country_lookup::open(MB_TEST_COUNTRIES, plenty);
    REQUIRE(opened);
    auto const& lookup = **opened;
    CHECK_FALSE(lookup.country_of(v4(198, 51, 99, 255)));
    CHECK(lookup.country_of(v4(198, 51, 100, 0)) == "FR");
    CHECK(lookup.country_of(v4(198, 51, 100, 127)) == "FR");
    CHECK(lookup.country_of(v4(198, 51, 100, 128)) == "PT");
    CHECK(lookup.country_of(v4(198, 51, 100, 255)) == "PT");
    CHECK_FALSE(lookup.country_of(v4(198, 51, 101, 0)));
}

TEST_CASE("a file that can't be read is told from one that is broken")
{
    folder const here;
    auto const good = content_of(MB_TEST_COUNTRIES);
    CHECK(fault_of((here.path / "nowhere").string()) == errc::unavailable);
    CHECK(fault_of(here.path.string()) == errc::unavailable);
    CHECK(fault_of(here.put("no database")) == errc::corrupt);
    CHECK(fault_of(here.put(good.substr(0, good.size() / 2))) == errc::corrupt);
    auto const metadata = good.find("\xab\xcd\xefMaxMind.com");
    REQUIRE(metadata != std::string::npos);
    CHECK(fault_of(here.put(good.substr(0, 300) + good.substr(metadata))) == errc::corrupt);
    CHECK(fault_of(here.put(std::string(600, '\xff') + good.substr(600))) == errc::corrupt);
    CHECK_FALSE(maxminddb_country_lookup::open(here.put(""), plenty));
    CHECK(maxminddb_country_lookup::open(here.put(good), plenty));
}

TEST_CASE("a file of the largest size is read, and one byte more is too many")
{
    auto const size = content_of(MB_TEST_COUNTRIES).size();
    CHECK(maxminddb_country_lookup::open(MB_TEST_COUNTRIES, size));
    CHECK(fault_of(MB_TEST_COUNTRIES, size - 1) == errc::unavailable);
}

TEST_CASE("whatever happens to the file, answers change only when it is read again, and not where that fails")
{
    folder const here;
    auto const good = content_of(MB_TEST_COUNTRIES);
    auto const path = here.put(good);
    auto const opened = maxminddb_country_lookup::open(path, plenty);
    REQUIRE(opened);
    auto& lookup = **opened;
    here.put("");  // in its place: whoever had mapped it would die of it
    CHECK(lookup.country_of(v4(192, 0, 2, 5)) == "ES");
    CHECK_FALSE(lookup.renew());
    CHECK(lookup.country_of(v4(192, 0, 2, 5)) == "ES");

    auto changed = good;
    for (auto at = changed.find("ES"); at != std::string::npos; at = changed.find("ES", at)) changed.replace(at, 2, "IT");
    here.put(changed);
    CHECK(lookup.renew());
    CHECK(lookup.country_of(v4(192, 0, 2, 5)) == "IT");
}

TEST_CASE("reading the file again disturbs nobody who asks meanwhile")
{
    auto const opened = maxminddb_country_lookup::open(MB_TEST_COUNTRIES, plenty);
    REQUIRE(opened);
    auto& lookup = **opened;
    std::atomic<bool> stop = false;
    std::atomic<int> wrong = 0;
    std::thread asking([&] {
        while (!stop)
            if (lookup.country_of(v4(192, 0, 2, 5)) != "ES") ++wrong;
    });
    int renewed = 0;
    for (int round = 0; round < 200; ++round)
        if (lookup.renew()) ++renewed;
    stop = true;
    asking.join();
    CHECK(renewed == 200);
    CHECK(wrong == 0);
}
