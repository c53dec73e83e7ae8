#include "adapters/http/edge/proxy_list.hpp"
#include "tests/adapters/http_edge/edge_fixture.hpp"

#include <catch2/catch.hpp>

using namespace mb;
using namespace mb::http;

namespace {

using fields = std::vector<std::pair<std::string, std::string>>;

std::string client_of(std::vector<std::string> const& trusted, std::string_view peer, fields const& sent)
{
    return proxy_list::parse(trusted).value().client_of(read_address(peer).value(), sent).text();
}

std::string client_of(std::vector<std::string> const& trusted, std::string_view peer, std::string const& forwarded_for)
{
    return client_of(trusted, peer, fields{{"x-forwarded-for", forwarded_for}});
}

bool trusts(std::string const& block, std::string_view address) { return proxy_list::parse({block}).value().trusts(read_address(address).value()); }

}  // namespace

TEST_CASE("without trusted proxies the client is who connected, whatever it says", "[edge][proxies]")
{
    CHECK(client_of({}, "192.0.2.1", "198.51.100.7") == "192.0.2.1");
    CHECK(client_of({"10.0.0.0/8"}, "192.0.2.1", "198.51.100.7") == "192.0.2.1");
    CHECK(client_of({"10.0.0.0/8"}, "10.0.0.1", fields{}) == "10.0.0.1");
    CHECK(client_of({"10.0.0.0/8"}, "10.0.0.1", fields{{"forwarded", "for=198.51.100.7"}, {"x-real-ip", "198.51.100.7"}}) == "10.0.0.1");
}

TEST_CASE("the list is read from the right, past those who are trusted, to the first who is not", "[edge][proxies]")
{
    std::vector<std::string> const trusted{"10.0.0.0/8", "2001:db8::/32"};
    CHECK(client_of(trusted, "10.0.0.1", "198.51.100.7") == "198.51.100.7");
    CHECK(client_of(trusted, "10.0.0.1", "203.0.113.9, 198.51.100.7") == "198.51.100.7");
    CHECK(client_of(trusted, "10.0.0.1", "203.0.113.9,198.51.100.7 ,\t10.9.9.9,2001:db8::5") == "198.51.100.7");
    CHECK(client_of(trusted, "2001:db8::1", "2a00::1, 10.1.1.1") == "2a00::1");
    CHECK(client_of(trusted, "10.0.0.1", "::ffff:198.51.100.7") == "198.51.100.7");
    CHECK(client_of(trusted, "::ffff:10.0.0.1", "198.51.100.7") == "198.51.100.7");
    // everybody is trusted: the farthest of them asked
    CHECK(client_of(trusted, "10.0.0.1", "10.0.0.3, 10.0.0.2") == "10.0.0.3");
    // several fields are one list
    fields const two{{"x-forwarded-for", "203.0.113.9, 198.51.100.7"}, {"x-other", "1"}, {"x-forwarded-for", "10.0.0.2"}};
    CHECK(client_of(trusted, "10.0.0.1", two) == "198.51.100.7");
}

TEST_CASE("what is no address ends the reading at the last one that was", "[edge][proxies]")
{
    std::vector<std::string> const trusted{"10.0.0.0/8"};
    for (std::string const junk : {"", " ", "unknown", "198.51.100.7:1234", "[2a00::1]", "198.51.100", "198.51.100.256", "0x7f.1", "1", "a.example",
                                   "198.51.100.7 x", "fe80::1%eth0", "'198.51.100.7'", "1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa:bbbb"}) {
        INFO(junk);
        CHECK(client_of(trusted, "10.0.0.1", junk) == "10.0.0.1");
        CHECK(client_of(trusted, "10.0.0.1", "198.51.100.7, " + junk + ", 10.0.0.2") == "10.0.0.2");
        CHECK(client_of(trusted, "10.0.0.1", "198.51.100.7, " + junk) == "10.0.0.1");
        CHECK(client_of(trusted, "10.0.0.1", junk + ", 198.51.100.7") == "198.51.100.7");
    }
}

TEST_CASE("a block ends at its last bit", "[edge][proxies]")
{
    CHECK(trusts("10.0.0.0/8", "10.255.255.255"));
    CHECK_FALSE(trusts("10.0.0.0/8", "11.0.0.0"));
    CHECK(trusts("192.0.2.128/25", "192.0.2.128"));
    CHECK_FALSE(trusts("192.0.2.128/25", "192.0.2.127"));
    CHECK(trusts("192.0.2.7", "192.0.2.7"));
    CHECK_FALSE(trusts("192.0.2.7", "192.0.2.6"));
    CHECK(trusts("192.0.2.6/31", "192.0.2.7"));
    CHECK(trusts("0.0.0.0/0", "255.255.255.255"));
    CHECK_FALSE(trusts("0.0.0.0/0", "2001:db8::1"));
    CHECK_FALSE(trusts("::/0", "192.0.2.7"));
    CHECK(trusts("2001:db8::/33", "2001:db8:7fff::1"));
    CHECK_FALSE(trusts("2001:db8::/33", "2001:db8:8000::1"));
    CHECK(trusts("::ffff:10.0.0.0/104", "10.9.9.9"));
    CHECK_FALSE(trusts("::ffff:10.0.0.0/104", "11.0.0.0"));
    for (auto const* bad : {"", "10.0.0.0/", "10.0.0.0/33", "::/129", "10.0.0.0/-1", "10.0.0.0/8x", "proxy", "10.0.0/8"})
        CHECK_FALSE(proxy_list::parse({bad}));
}

TEST_CASE("a trusted proxy has no cap of its own, and the cap of all still holds", "[edge][proxies][caps]")
{
    using namespace mb::http::testing;
    edge_limits limits;
    limits.connections_per_address_max = 2;
    limits.connections_max = 4;
    manual_clock time;
    echo_service behind;
    edge_options options;
    options.allowed_hosts = {"localhost"};
    options.trusted_proxies = {"127.0.0.0/8"};
    options.limits = limits;
    auto edge = server::listen(std::move(options), behind, time).value();
    REQUIRE(edge->start());
    std::vector<std::unique_ptr<raw_client>> clients;
    for (int i = 0; i < 4; ++i) {
        clients.push_back(std::make_unique<raw_client>(edge->port()));
        clients.back()->send(get("/a"));
        CHECK(clients.back()->read().status == 200);
    }
    raw_client fifth(edge->port());
    CHECK(fifth.read().status == 503);
}
