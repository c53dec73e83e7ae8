#include "adapters/http/exposition.hpp"

#include "adapters/http/metrics.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <thread>
#include <vector>

using namespace mb;
using namespace mb::http;
using namespace std::chrono_literals;

namespace {

bool has(std::string const& text, std::string_view line) { return ("\n" + text).find("\n" + std::string(line) + "\n") != std::string::npos; }

std::string written(request_metrics const& of)
{
    std::string text;
    exposition out(text);
    of.write(out);
    return text;
}

}  // namespace

TEST_CASE("a family is told once, and its labels are escaped", "[http][metrics]")
{
    std::string text;
    exposition out(text);
    out.counter("a_total", "Things.").sample({{"x", "1"}, {"y", "a\"b\\c\nd"}}, std::uint64_t{7}).sample(std::uint64_t{18446744073709551615U});
    out.gauge("b", "None.");
    CHECK(text == "# HELP a_total Things.\n# TYPE a_total counter\na_total{x=\"1\",y=\"a\\\"b\\\\c\\nd\"} 7\na_total 18446744073709551615\n"
                  "# HELP b None.\n# TYPE b gauge\n");
}

TEST_CASE("buckets add up to the count", "[http][metrics]")
{
    std::string text;
    exposition out(text);
    std::array<double, 2> const bounds{0.5, 2};
    std::array<std::uint64_t, 3> const counts{3, 0, 1};
    out.histogram("h", "Times.").buckets({{"r", "x"}}, bounds, counts, 7.25);
    for (auto const* line : {"h_bucket{r=\"x\",le=\"0.5\"} 3", "h_bucket{r=\"x\",le=\"2\"} 3", "h_bucket{r=\"x\",le=\"+Inf\"} 4",
                             "h_sum{r=\"x\"} 7.25", "h_count{r=\"x\"} 4"})
        CHECK(has(text, line));
}

TEST_CASE("an answer is counted in the bucket whose end it does not pass", "[http][metrics]")
{
    request_metrics metrics;
    auto const& row = routes()[0];
    auto const label = "{method=\"" + std::string(name_of(row.method)) + "\",route=\"" + std::string(row.path) + "\",";
    for (duration const took : std::initializer_list<duration>{500us, 501us, -5000us, 15s, 15s + 1us}) metrics.count({&row, 200, took, false, false});
    auto const text = written(metrics);
    auto const name = "metabuilder_http_request_duration_seconds_bucket" + label;
    CHECK(has(text, name + "le=\"0.0005\"} 2"));
    CHECK(has(text, name + "le=\"0.001\"} 3"));
    CHECK(has(text, name + "le=\"15\"} 4"));
    CHECK(has(text, name + "le=\"+Inf\"} 5"));
    CHECK(has(text, "metabuilder_http_requests_total" + label + "status=\"200\"} 5"));
}

TEST_CASE("a status that no endpoint gives, and a request that led nowhere, are counted apart", "[http][metrics]")
{
    request_metrics metrics;
    metrics.count({nullptr, 404, {}, false, false});
    metrics.count({nullptr, 599, {}, true, true});
    auto const text = written(metrics);
    CHECK(has(text, "metabuilder_http_requests_total{method=\"\",route=\"(none)\",status=\"404\"} 1"));
    CHECK(has(text, "metabuilder_http_requests_total{method=\"\",route=\"(none)\",status=\"other\"} 1"));
    CHECK(has(text, "metabuilder_failed_login_count 1"));
    CHECK(has(text, "metabuilder_invalid_token_count 1"));
}

TEST_CASE("no count is lost between threads", "[http][metrics]")
{
    request_metrics metrics;
    std::vector<std::thread> threads;
    for (int i = 0; i < 12; ++i)
        threads.emplace_back([&] {
            for (int n = 0; n < 1000; ++n) metrics.count({&routes()[0], 403, 1ms, true, false});
        });
    for (auto& each : threads) each.join();
    auto const text = written(metrics);
    CHECK(has(text, "metabuilder_unauthorized_access_count 12000"));
    CHECK(has(text, "metabuilder_failed_login_count 12000"));
}
