// What the server says about itself: pages, health, readiness and metrics.
#include "adapters/http/application.hpp"
#include "adapters/http/exposition.hpp"
#include "adapters/http/pages.hpp"
#include "tests/adapters/http/steps.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cctype>
#include <functional>
#include <map>
#include <set>

using namespace mb;
using namespace mb::http;
using namespace mb::http::testing;

namespace {

field_list const browser{{"Accept", "text/html"}};

field_list browsing_in(std::string_view tongue)
{
    auto sent = browser;
    sent.emplace_back("Accept-Language", tongue);
    return sent;
}

/// The values of an attribute, in the order of the page.
std::vector<std::string> values_of(std::string const& page, std::string_view attribute)
{
    std::vector<std::string> found;
    auto const opening = std::string(attribute) + "=\"";
    for (auto at = page.find(opening); at != std::string::npos; at = page.find(opening, at)) {
        at += opening.size();
        found.push_back(page.substr(at, page.find('"', at) - at));
    }
    return found;
}

std::string bytes(std::initializer_list<unsigned char> of) { return {of.begin(), of.end()}; }

in_process_options with_token(std::string token)
{
    in_process_options options;
    options.settings.metrics_token = std::move(token);
    return options;
}

/// One line of the text format, taken apart as strictly as it is written.
struct sample {
    std::string name;
    std::map<std::string, std::string> labels;
    std::string value;
};

std::string take_name(std::string_view& from)
{
    std::string name;
    while (!from.empty() && (std::isalnum(static_cast<unsigned char>(from.front())) != 0 || from.front() == '_')) {
        name += from.front();
        from.remove_prefix(1);
    }
    REQUIRE_FALSE(name.empty());
    return name;
}

void take(std::string_view& from, std::string_view text)
{
    REQUIRE(from.starts_with(text));
    from.remove_prefix(text.size());
}

sample read_sample(std::string_view line)
{
    sample read;
    read.name = take_name(line);
    if (line.starts_with('{')) {
        char next = '{';
        do {
            take(line, {&next, 1});
            auto const label = take_name(line);
            take(line, "=\"");
            std::string value;
            for (; !line.starts_with('"'); line.remove_prefix(1)) {
                REQUIRE_FALSE(line.empty());
                value += line.front();
            }
            take(line, "\"");
            CHECK(read.labels.emplace(label, value).second);
            next = ',';
        } while (line.starts_with(','));
        take(line, "}");
    }
    take(line, " ");
    read.value = line;
    CHECK_FALSE(read.value.empty());
    CHECK(read.value.find_first_not_of("0123456789.") == std::string::npos);
    return read;
}

struct family {
    std::string type;
    std::vector<sample> samples;
};

/// The families of a text, by name; fails at the first thing that the format does not allow.
std::map<std::string, family> read_families(std::string_view text)
{
    std::map<std::string, family> families;
    std::set<std::string> lines;
    std::string helped;
    std::string current;
    while (!text.empty()) {
        auto const end = text.find('\n');
        REQUIRE(end != std::string_view::npos);
        auto line = text.substr(0, end);
        text.remove_prefix(end + 1);
        INFO(line);
        if (line.starts_with("# HELP ")) {
            take(line, "# HELP ");
            helped = take_name(line);
            CHECK(line.size() > 1);
            CHECK_FALSE(families.contains(helped));
        } else if (line.starts_with("# TYPE ")) {
            take(line, "# TYPE ");
            current = take_name(line);
            CHECK(current == helped);
            take(line, " ");
            CHECK(std::set<std::string_view>{"counter", "gauge", "histogram"}.contains(line));
            families[current].type = line;
        } else {
            auto read = read_sample(line);
            REQUIRE(families.contains(current));
            auto& of = families[current];
            auto const suffix = read.name.starts_with(current) ? read.name.substr(current.size()) : "?";
            CHECK((of.type == "histogram" ? suffix == "_bucket" || suffix == "_sum" || suffix == "_count" : suffix.empty()));
            CHECK(lines.insert(std::string(line.substr(0, line.rfind(' ')))).second);
            of.samples.push_back(std::move(read));
        }
    }
    return families;
}

double total(family const& of, std::map<std::string, std::string> const& labels)
{
    double sum = 0;
    for (auto const& each : of.samples)
        if (std::ranges::all_of(labels, [&](auto const& label) {
                auto const found = each.labels.find(label.first);
                return found != each.labels.end() && found->second == label.second;
            }))
            sum += std::stod(each.value);
    return sum;
}

}  // namespace

TEST_CASE("the first page tells what runs here, in the language of who reads it")
{
    in_process server;
    auto const english = server.ask("GET /", browsing_in("en"));
    auto const spanish = server.ask("GET /", browsing_in("es"));
    for (auto const* page : {&english, &spanish}) {
        CHECK(page->status == 200);
        CHECK(page->field("Content-Type") == "text/html; charset=utf-8");
        CHECK(page->body.find("MetaBuilder 1.2.3") != std::string::npos);
        CHECK(page->body.find(own_origin) != std::string::npos);
        CHECK(page->body.find("@URL@") == std::string::npos);
    }
    CHECK(values_of(english.body, "lang") == std::vector<std::string>{"en"});
    CHECK(values_of(spanish.body, "lang") == std::vector<std::string>{"es"});
}

TEST_CASE("every page needs nothing but what the server itself serves, and says so to the browser")
{
    in_process server;
    auto const email = server.someone();
    REQUIRE(server.ask("POST /api/v1/auth/forgot-password", {}, object_of({{"email", email}})).status == 200);
    auto const reset = server.mailed(email);
    std::set<std::string> assets;
    for (std::string_view const tongue : {"en", "es"}) {
        for (auto const& path :
             {std::string("/"), std::string("/api-docs"), "/api/v1/auth/verify-email?token=" + reset, "/api/v1/auth/reset-password?token=" + reset,
              "/api/v1/magic/verify?token=" + reset, std::string("/api/v1/magic/verify?token=x")}) {
            INFO(path);
            auto const page = server.ask("GET " + path, browsing_in(tongue));
            CHECK(page.field("Content-Type") == "text/html; charset=utf-8");
            CHECK(values_of(page.body, "lang") == std::vector<std::string>{std::string(tongue)});
            CHECK(page.field("Content-Security-Policy")
                  == "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'");
            CHECK(page.field("Cache-Control") == "no-store");
            CHECK(page.body.find("<style") == std::string::npos);
            CHECK(page.body.find(" style=") == std::string::npos);
            CHECK(page.body.find("<script>") == std::string::npos);
            for (std::string_view const attribute : {"href", "src"})
                for (auto const& each : values_of(page.body, attribute)) assets.insert(each);
        }
    }
    CHECK(assets.size() >= 5);
    for (auto const& each : assets) {
        INFO(each);
        REQUIRE(each.starts_with('/'));
        CHECK(server.ask("GET " + each).status == 200);
    }
}

TEST_CASE("each asset has its own type")
{
    in_process server;
    CHECK(server.ask("GET /assets/pages.css").field("Content-Type") == "text/css; charset=utf-8");
    for (std::string const name : {"api-docs", "link-form"}) {
        auto const script = server.ask("GET /assets/" + name + ".js");
        CHECK(script.field("Content-Type") == "text/javascript; charset=utf-8");
        CHECK(script.body.size() > 100);
    }
    CHECK(server.ask("GET /api-docs").body.find("api-docs.js") != std::string::npos);
}

TEST_CASE("what a page is given is text to it, never a part of it")
{
    CHECK(escape_html("<a href=\"x\" title='&'>") == "&lt;a href=&quot;x&quot; title=&#39;&amp;&#39;&gt;");
    auto const drawn = draw(page::notice, language::en, {{"LANG", "en"}, {"TEXT", "<script>@URL@"}, {"URL", "\"><b>"}});
    CHECK(drawn.find("<p>&lt;script&gt;@URL@</p>") != std::string::npos);
    CHECK(drawn.find("<b>") == std::string::npos);
    CHECK(draw(page::notice, language::es).find("@TEXT@") != std::string::npos);
}

TEST_CASE("health tells that the process answers, and when")
{
    in_process server;
    for (std::string_view const path : {"/health", "/api/v1/health/live"}) {
        auto const said = server.ask("GET " + std::string(path));
        CHECK(said.status == 200);
        CHECK(said.at("/estado") == "activo");
        CHECK(said.at("/timestamp") == format_rfc3339(server.clock.now()));
    }
}

TEST_CASE("a server is ready while all that it cannot do without is there")
{
    in_process server;
    auto const ready = [&](std::vector<dependency_state> states) {
        server.dependencies = std::move(states);
        server.clock.advance(std::chrono::seconds{1});
        return server.ask("GET /api/v1/health/ready");
    };
    auto const whole = ready({{"database", true, need::required}, {"redis", true, need::helpful}});
    CHECK(whole.status == 200);
    CHECK(whole.body == R"({"draining":false,"dependencies":{"database":"ok","redis":"ok"},"ready":true})");
    auto const poorer = ready({{"database", true, need::required}, {"redis", false, need::helpful}});
    CHECK(poorer.status == 200);
    CHECK(poorer.at("/dependencies/redis") == "unavailable");
    CHECK(poorer.at("/ready") == "true");
    auto const unready = ready({{"database", false, need::required}, {"redis", true, need::helpful}});
    CHECK(unready.status == 503);
    CHECK(unready.at("/dependencies/database") == "unavailable");
    CHECK(unready.at("/ready") == "false");
    CHECK(ready({}).status == 200);
}

TEST_CASE("the dependencies are asked once a second at most, however many ask")
{
    in_process server;
    CHECK(server.ask("GET /api/v1/health/ready").status == 200);
    server.dependencies = {{"database", false, need::required}};
    server.clock.advance(std::chrono::milliseconds{999});
    CHECK(server.ask("GET /api/v1/health/ready").status == 200);
    server.clock.advance(std::chrono::milliseconds{1});
    CHECK(server.ask("GET /api/v1/health/ready").status == 503);
}

TEST_CASE("a server that is about to end is alive and no longer ready")
{
    in_process server;
    server.behind().begin_drain();
    auto const ready = server.ask("GET /api/v1/health/ready");
    CHECK(ready.status == 503);
    CHECK(ready.at("/draining") == "true");
    CHECK(ready.at("/ready") == "false");
    CHECK(server.ask("GET /api/v1/health/live").status == 200);
    CHECK(server.ask("GET /health").status == 200);
}

TEST_CASE("without a token, metrics are for this machine alone")
{
    in_process server(with_token(""));
    CHECK(server.ask("GET /metrics").status == 401);
    CHECK(server.ask("GET /metrics", bearer("guess")).status == 403);
    for (auto const& address : {bytes({127, 0, 0, 1}), bytes({0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1})}) {
        server.peer.bytes = address;
        CHECK(server.ask("GET /metrics").status == 200);
        for (std::string const name : {"X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"}) {
            INFO(name);
            CHECK(server.ask("GET /metrics", {{name, "198.51.100.1"}}).status == 401);
        }
    }
}

TEST_CASE("with a token, metrics are for who has it, from anywhere")
{
    in_process server(with_token("scrape me"));
    CHECK(server.ask("GET /metrics", bearer("scrape me")).status == 200);
    CHECK(server.ask("GET /metrics", bearer("scrape me", {{"X-Forwarded-For", "198.51.100.1"}})).status == 200);
    CHECK(server.ask("GET /metrics").status == 401);
    for (std::string_view const wrong : {"scrape m", "scrape me ", "", "Scrape me"}) CHECK(server.ask("GET /metrics", bearer(wrong)).status == 403);
    server.peer.bytes = bytes({127, 0, 0, 1});
    CHECK(server.ask("GET /metrics").status == 401);
}

TEST_CASE("metrics are written as the format wants them, each family with its help and its type")
{
    in_process server(with_token("t"));
    server.more_metrics = [&](exposition& into) {
        server.behind().write_metrics(into);
        into.gauge("extra", "What others add.").sample(std::uint64_t{1});
    };
    auto const who = server.log_in_someone();
    REQUIRE(server.ask("GET /api/v1/user/me", bearer(who)).status == 200);
    REQUIRE(server.ask("GET /nope").status == 404);
    auto const said = server.ask("GET /metrics", bearer("t"));
    CHECK(said.field("Content-Type") == "text/plain; version=0.0.4; charset=utf-8");
    auto const families = read_families(said.body);
    CHECK(families.size() > 6);
    CHECK(families.contains("extra"));
    for (auto const& [name, of] : families) {
        INFO(name);
        if (of.type == "counter") CHECK((name.ends_with("_total") || name.ends_with("_count")));
        if (of.type == "histogram") {
            std::map<std::string, std::pair<double, double>> ends;  // by route and method: the last bucket, and the count
            for (auto const& each : of.samples) {
                CHECK(each.labels.contains("le") == each.name.ends_with("_bucket"));
                auto labels = each.labels;
                labels.erase("le");
                std::string key;
                for (auto const& [label, value] : labels) key += label + '=' + value + ' ';
                auto& [last, count] = ends[key];
                if (each.name.ends_with("_bucket")) {
                    CHECK(std::stod(each.value) >= last);
                    last = std::stod(each.value);
                }
                if (each.name.ends_with("_count")) count = std::stod(each.value);
            }
            CHECK_FALSE(ends.empty());
            for (auto const& [key, both] : ends) CHECK(both.first == both.second);
        }
    }
}

TEST_CASE("each answer is counted under its route, its status and what it means for security")
{
    in_process server(with_token("t"));
    auto const who = server.log_in_someone();
    auto const counted = [&](std::string const& name, std::map<std::string, std::string> const& labels = {}) {
        return total(read_families(server.ask("GET /metrics", bearer("t")).body).at(name), labels);
    };
    auto const grows = [&](double by, std::function<void()> const& ask, std::string const& name,
                           std::map<std::string, std::string> const& labels = {}) {
        auto const before = counted(name, labels);
        ask();
        CHECK(counted(name, labels) == before + by);
    };
    std::string const answers = "metabuilder_http_requests_total";
    auto const ask_five = [&] {
        for (int i = 0; i < 5; ++i) (void)server.ask("GET /api/v1/user/me", bearer(who));
    };
    grows(5, ask_five, answers, {{"method", "GET"}, {"route", "/api/v1/user/me"}, {"status", "200"}});
    grows(1, [&] { (void)server.ask("GET /nope"); }, answers, {{"route", "(none)"}, {"status", "404"}});
    grows(1, [&] { (void)server.ask("GET /api/v1/entities/x/records/y", bearer(who)); }, answers,
          {{"route", "/api/v1/entities/{id}/records/{recordId}"}, {"status", "404"}});
    auto const fail_login = [&] { (void)server.ask("POST /api/v1/auth/login", {}, object_of({{"email", "no@example.org"}, {"password", "wrong"}})); };
    grows(1, fail_login, "metabuilder_failed_login_count");
    grows(
        0, [&] { (void)server.log_in(who.email); }, "metabuilder_failed_login_count");
    grows(
        1, [&] { (void)server.ask("GET /api/v1/user/me", bearer("x.y.z")); }, "metabuilder_invalid_token_count");
    grows(
        0, [&] { (void)server.ask("GET /api/v1/user/me"); }, "metabuilder_invalid_token_count");
    grows(
        1, [&] { (void)server.ask("GET /api/v1/admin/users", bearer(who)); }, "metabuilder_unauthorized_access_count");
    CHECK(counted("metabuilder_error_rate_5xx") == 0);
    server.store().fail_next(fakes::outage_store::stage::begin, errc::unavailable);
    CHECK(server.ask("PATCH /api/v1/user/me", bearer(who), R"({"display_name":"x"})").status == 503);
    CHECK(counted("metabuilder_error_rate_5xx") > 0);
}
