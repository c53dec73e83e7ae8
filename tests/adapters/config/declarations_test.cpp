#include "adapters/config/declarations.hpp"

#include "adapters/config/load.hpp"
#include "adapters/config/quantities.hpp"
#include "tests/adapters/config/support.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

using namespace mb;
using namespace mb::config;
using namespace mb::config_testing;
using namespace std::chrono_literals;

TEST_CASE("every name is declared once, with a meaning in both languages, and its default is valid", "[config]")
{
    std::set<std::string_view> names;
    for (auto const& each : declarations()) {
        INFO(each.name());
        CHECK(names.insert(each.name()).second);
        for (auto const alias : each.aliases) CHECK(names.insert(alias).second);
        CHECK_FALSE(each.meaning.es.empty());
        CHECK_FALSE(each.meaning.en.empty());
        CHECK(each.without.es.empty() == each.without.en.empty());
        CHECK((each.state == support::built) == static_cast<bool>(each.store));
        CHECK_FALSE((each.rule.secret && !each.fallback.empty()));
    }
}

// mb_adapter_tests "[generate]" writes it
TEST_CASE(".env.example is written", "[.][generate]")
{
    std::ofstream file(example_path, std::ios::binary);
    file << example_file();
    CHECK(file.flush());
}

TEST_CASE("the committed .env.example is what the declarations say, and can be used as it is", "[config]")
{
    auto const path = example_path;
    std::ifstream file(path, std::ios::binary);
    std::stringstream committed;
    committed << file.rdbuf();
    CHECK(committed.str() == example_file());
    CHECK(std::holds_alternative<settings>(load({profile::development, {}, path.string()})));
    CHECK(std::holds_alternative<settings>(load({profile::production, good_production(), path.string()})));

    // and with every # before a name taken away, every name of it is known
    std::string every;
    std::istringstream lines(committed.str());
    for (std::string line; std::getline(lines, line);)
        if (auto const start = line.starts_with("# ") ? 2U : 0U; line.size() > start && line.find('=') != std::string::npos && line[start] >= 'A'
                                                                 && line[start] <= 'Z' && line.find(' ', start) == std::string::npos)
            every += line.substr(start) + "\n";
    scratch folder;
    CHECK(std::holds_alternative<settings>(load({profile::development, {}, folder.write("env", every)})));
}

TEST_CASE("spans, sizes and rates are read strictly and shown shortly", "[config]")
{
    CHECK(read_span("500ms") == 500ms);
    CHECK(read_span("0s") == 0s);
    CHECK(read_span("7d") == 24h * 7);
    CHECK(read_span("106751991d"));  // the last whole day that fits into 64 bits of microseconds
    CHECK_FALSE(read_span("106751992d"));
    for (auto const* bad : {"", "m", "15", "015m", "15M", "1h30m", "1234567890s", "-1s", "+1s", "1.5s", "15 m", "15min"}) CHECK_FALSE(read_span(bad));
    CHECK(read_size("25MiB") == 25 * 1024 * 1024);
    CHECK(read_size("65536") == 65536);
    for (auto const* bad : {"", "MiB", "25MB", "25 MiB", "-1", "1e3"}) CHECK_FALSE(read_size(bad));
    CHECK(read_rate("10/1m") == rate{10, 1min});
    CHECK(read_rate("1/1s") == rate{1, 1s});
    for (auto const* bad : {"", "/", "10/", "/1m", "0/1m", "10/0s", "10/999ms", "10/1m/1", "10"}) CHECK_FALSE(read_rate(bad));
    for (auto const* good : {"500ms", "1500ms", "90s", "15m", "36h", "7d"}) CHECK(format_span(*read_span(good)) == good);
    CHECK(format_span(0s) == "0ms");
    for (auto const* good : {"1", "1025", "64KiB", "25MiB", "2GiB"}) CHECK(format_size(*read_size(good)) == good);
}
