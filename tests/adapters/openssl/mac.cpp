#include "adapters/openssl/mac.hpp"

#include "adapters/openssl/master_key.hpp"
#include "adapters/openssl/openssl_digester.hpp"
#include "adapters/openssl/system_randomness.hpp"
#include "core/domain/base/text.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <set>
#include <string>
#include <thread>
#include <vector>

using namespace mb;
using openssl::bytes_of;

namespace {

std::string counted(int first, int last)
{
    std::string bytes;
    for (int i = first; i <= last; ++i) bytes += static_cast<char>(i);
    return bytes;
}

openssl::master_key key_of_bytes(int first) { return *openssl::master_key::make(secret{counted(first, first + 31)}); }

std::string hex_of(identity::digest const& digest) { return hex(bytes_of(digest)); }

}  // namespace

TEST_CASE("SHA-256 gives the published digests (FIPS 180-4)")
{
    CHECK(hex_of(openssl::sha256("")) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    CHECK(hex_of(openssl::sha256("abc")) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_CASE("HMAC-SHA-256 gives the published values (RFC 4231), with a fresh context and with a kept one")
{
    struct vector {
        std::string key;
        std::string text;
        std::string expected;
    };
    std::vector<vector> const vectors{
        {std::string(20, '\x0b'), "Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
        {"Jefe", "what do ya want for nothing?", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
        {std::string(20, '\xaa'), std::string(50, '\xdd'), "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
        {counted(1, 25), std::string(50, '\xcd'), "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"},
        {std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First",
         "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
        {std::string(131, '\xaa'),
         "This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed before being used by "
         "the HMAC algorithm.",
         "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"},
    };
    for (int round = 0; round < 3; ++round)
        for (auto const& each : vectors) {
            CHECK(hex_of(openssl::hmac_sha256(each.key, each.text)) == each.expected);
            CHECK(hex_of(openssl::kept_mac(each.key, "", "", each.text)) == each.expected);
        }
}

TEST_CASE("HKDF-SHA-256 gives the published values (RFC 5869)")
{
    CHECK(hex(openssl::hkdf_sha256(std::string(22, '\x0b'), counted(0, 12), counted(0xf0, 0xf9), 42).reveal())
          == "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
    CHECK(hex(openssl::hkdf_sha256(counted(0, 0x4f), counted(0x60, 0xaf), counted(0xb0, 0xff), 82).reveal()) ==
          "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71cc30"
          "c58179ec3e87c14c01d5c1f3434f1d87");
    CHECK(hex(openssl::hkdf_sha256(std::string(22, '\x0b'), "", "", 42).reveal())
          == "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8");
}

TEST_CASE("a kept MAC stays right when many more keys are in use than a thread keeps")
{
    for (int round = 0; round < 3; ++round)
        for (int i = 0; i < 100; ++i) {
            auto const material = "material " + std::to_string(i % 50);
            auto const info = "purpose " + std::to_string(i % 7);
            auto const expected = openssl::hmac_sha256(openssl::hkdf_sha256(material, "", "p " + info, 32).reveal(), "text");
            REQUIRE(openssl::kept_mac(material, "p ", info, "text") == expected);
        }
}

TEST_CASE("a digester's MAC is HMAC under a key derived for the purpose alone")
{
    auto const master = key_of_bytes(0);
    openssl::openssl_digester const digester(master);
    auto const derived = openssl::hkdf_sha256(master.material().reveal(), "", "metabuilder mac ip", 32);
    CHECK(digester.mac("ip", "203.0.113.7") == openssl::hmac_sha256(derived.reveal(), "203.0.113.7"));
    CHECK(digester.mac("ip", "203.0.113.7") == openssl::openssl_digester(master).mac("ip", "203.0.113.7"));
    CHECK(digester.mac("ip", "203.0.113.7") != digester.mac("ip", "203.0.113.8"));
    CHECK(digester.mac("ip", "203.0.113.7") != digester.mac("api_key", "203.0.113.7"));
    CHECK(digester.mac("ip", "x") != openssl::openssl_digester(key_of_bytes(1)).mac("ip", "x"));
    CHECK(digester.sha256("abc") == openssl::sha256("abc"));
}

TEST_CASE("a digester uses the operator's own key for its purpose and no other")
{
    auto const own = [](char const* text) {
        std::vector<openssl::purpose_key> keys;
        keys.push_back({"ip", secret{std::string_view(text)}});
        return keys;
    };
    openssl::openssl_digester const derived(key_of_bytes(0));
    openssl::openssl_digester const given(key_of_bytes(0), own("salt of the operator"));
    openssl::openssl_digester const elsewhere(key_of_bytes(9), own("salt of the operator"));
    CHECK(given.mac("ip", "a") != derived.mac("ip", "a"));
    CHECK(given.mac("ip", "a") == elsewhere.mac("ip", "a"));
    CHECK(given.mac("code", "a") == derived.mac("code", "a"));
}

TEST_CASE("digests are the same on every thread")
{
    openssl::openssl_digester const digester(key_of_bytes(0));
    auto const expected = digester.mac("ip", "text");
    std::atomic<int> wrong = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&] {
            for (int round = 0; round < 500; ++round)
                if (digester.mac("ip", "text") != expected || digester.mac("other", "text") == expected) ++wrong;
        });
    for (auto& each : threads) each.join();
    CHECK(wrong == 0);
}

TEST_CASE("a master key is 32 bytes that somebody drew at random")
{
    CHECK(openssl::master_key::make(secret{counted(0, 31)}));
    CHECK_FALSE(openssl::master_key::make(secret{counted(0, 30)}));
    CHECK_FALSE(openssl::master_key::make(secret{counted(0, 32)}));
    CHECK_FALSE(openssl::master_key::make(secret{std::string(32, 'a')}));
    CHECK(openssl::master_key::make(secret{counted(1, 16) + counted(1, 16)}));
    CHECK_FALSE(openssl::master_key::make(secret{counted(1, 15) + counted(1, 15) + "\x01\x02"}));
    CHECK_FALSE(openssl::master_key::make(secret{std::string_view("changeme-changeme-changeme-chang")}));

    auto const parsed = openssl::master_key::parse(base64(counted(0, 31)));
    REQUIRE(parsed);
    CHECK(parsed->material().same(secret{counted(0, 31)}));
    CHECK_FALSE(openssl::master_key::parse(""));
    CHECK_FALSE(openssl::master_key::parse(hex(counted(0, 31))));
    CHECK_FALSE(openssl::master_key::parse(base64url(counted(0, 31))));
    CHECK_FALSE(openssl::master_key::parse(base64(counted(0, 31)) + "\n"));
    CHECK(parsed->derive("a").size() == 32);
    CHECK_FALSE(parsed->derive("a").same(parsed->derive("b")));
}

TEST_CASE("random bytes fill all that was asked for and do not repeat")
{
    openssl::system_randomness const random;
    std::set<std::string> seen;
    for (int round = 0; round < 1000; ++round) REQUIRE(seen.insert(std::string(ports::new_secret(random, 16).reveal())).second);
    std::set<char> last_bytes;
    for (int round = 0; round < 200; ++round) last_bytes.insert(ports::new_secret(random, 33).reveal().back());
    CHECK(last_bytes.size() > 50);
    random.fill({});
}

TEST_CASE("base64 gives the published values (RFC 4648 section 10) and has one spelling for each content")
{
    std::vector<std::pair<std::string, std::string>> const vectors{
        {"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}, {"fooba", "Zm9vYmE="}, {"foobar", "Zm9vYmFy"}};
    for (auto const& [plain, encoded] : vectors) {
        CHECK(base64(plain) == encoded);
        CHECK(parse_base64(encoded) == plain);
        auto const bare = encoded.substr(0, encoded.find('='));
        CHECK(base64url(plain) == bare);
        CHECK(parse_base64url(bare) == plain);
        if (bare != encoded) {
            CHECK_FALSE(parse_base64url(encoded));
            CHECK_FALSE(parse_base64(bare));
        }
    }
    CHECK(base64("\xfb\xff") == "+/8=");
    CHECK(base64url("\xfb\xff") == "-_8");
    for (auto const* wrong : {"+_8", "-/8", "Zh", "Zm9=", "Z", "Zm9vY", "Zm9v\n", " Zm9v", "Zm 9v", "Zg==", "Zm9v====", "=", "Zm9\xc3"}) {
        INFO(wrong);
        CHECK_FALSE(parse_base64url(wrong));
    }
    for (auto const* wrong : {"Zh==", "Zm9=", "Zg=", "Zg===", "=Zg=", "Z===", "Zm9v=", "====", "-_8=", "Zm9v\n"}) {
        INFO(wrong);
        CHECK_FALSE(parse_base64(wrong));
    }
    for (int first = 0; first < 256; ++first) {
        auto const bytes = counted(first, first + 36);
        REQUIRE(parse_base64url(base64url(bytes)) == bytes);
        REQUIRE(parse_base64(base64(bytes)) == bytes);
    }
}
