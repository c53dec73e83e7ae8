#include "adapters/openssl/openssl_sealer.hpp"
#include "adapters/openssl/system_randomness.hpp"
#include "core/domain/base/text.hpp"

#include <catch2/catch.hpp>

#include <set>
#include <string>
#include <vector>

using namespace mb;
using openssl::master_key;
using openssl::openssl_sealer;

namespace {

master_key key_of_bytes(int first)
{
    std::string bytes;
    for (int i = 0; i < 32; ++i) bytes += static_cast<char>(first + i);
    return *master_key::make(secret{std::move(bytes)});
}

bool is_corrupt(outcome<secret> const& opened) { return !opened && opened.error().code == errc::corrupt; }

openssl::system_randomness const random_bytes;
constexpr std::string_view place = "users|mfa_secret|0193";

}  // namespace

TEST_CASE("what was sealed opens at its place, whatever its length")
{
    openssl_sealer const sealer(key_of_bytes(0), {}, random_bytes);
    for (std::size_t length : {0, 1, 15, 16, 17, 32, 1000, 70'000}) {
        std::string const plain(length, 'p');
        auto const sealed = sealer.seal(place, plain);
        CHECK(sealed.size() == length + openssl_sealer::overhead_bytes);
        auto const opened = sealer.open(place, sealed);
        REQUIRE(opened);
        CHECK(opened->reveal() == plain);
    }
    auto const nowhere = sealer.seal("", "plain");
    CHECK(sealer.open("", nowhere)->reveal() == "plain");
}

TEST_CASE("a sealed value does not show its content and is never the same twice")
{
    openssl_sealer const sealer(key_of_bytes(0), {}, random_bytes);
    std::set<std::string> nonces;
    for (int round = 0; round < 300; ++round) {
        auto const sealed = sealer.seal(place, "a very secret text");
        REQUIRE(sealed.find("secret") == std::string::npos);
        REQUIRE(nonces.insert(sealed.substr(5, 12)).second);
    }
}

TEST_CASE("a sealed value that is changed in any bit, cut or prolonged does not open")
{
    openssl_sealer const sealer(key_of_bytes(0), {}, random_bytes);
    auto const sealed = sealer.seal(place, "plain text");
    for (std::size_t at = 0; at < sealed.size(); ++at)
        for (int bit = 0; bit < 8; ++bit) {
            auto changed = sealed;
            changed[at] = static_cast<char>(changed[at] ^ (1 << bit));
            REQUIRE(is_corrupt(sealer.open(place, changed)));
        }
    for (std::size_t length = 0; length < sealed.size(); ++length) REQUIRE(is_corrupt(sealer.open(place, sealed.substr(0, length))));
    CHECK(is_corrupt(sealer.open(place, sealed + '\0')));
    CHECK(is_corrupt(sealer.open(place, "")));
    CHECK(sealer.open(place, sealed)->reveal() == "plain text");
}

TEST_CASE("a sealed value does not open at another place or under another master key")
{
    openssl_sealer const sealer(key_of_bytes(0), {}, random_bytes);
    auto const sealed = sealer.seal(place, "plain text");
    for (std::string_view const other : {"", "users|mfa_secret|0194", "users|mfa_secret|019", "users|mfa_secret|01930"})
        CHECK(is_corrupt(sealer.open(other, sealed)));
    CHECK(is_corrupt(openssl_sealer(key_of_bytes(1), {}, random_bytes).open(place, sealed)));
}

TEST_CASE("after the master key was changed, older values open with the earlier key and new ones only with the current")
{
    auto const old_key = key_of_bytes(0);
    auto const new_key = key_of_bytes(50);
    openssl_sealer const before(old_key, {}, random_bytes);
    std::vector<master_key> earlier;
    earlier.push_back(old_key.clone());
    openssl_sealer const after(new_key, earlier, random_bytes);

    CHECK(after.open(place, before.seal(place, "old"))->reveal() == "old");
    auto const fresh = after.seal(place, "new");
    CHECK(after.open(place, fresh)->reveal() == "new");
    CHECK(is_corrupt(before.open(place, fresh)));
    CHECK(openssl_sealer(new_key, {}, random_bytes).open(place, fresh)->reveal() == "new");
}

TEST_CASE("the sealed form is the one that was fixed for version 1, computed by another implementation")
{
    struct counting final : ports::randomness {
        void fill(std::span<std::uint8_t> bytes) const noexcept override
        {
            for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(i);
        }
    } const counting;
    openssl_sealer const sealer(key_of_bytes(0), {}, counting);
    CHECK(hex(sealer.seal(place, "plain text"))
          == "01a50b7476000102030405060708090a0bec208e1a8768067f212f17e65a2d4481ede2f16687669ca82942");  // node:crypto, hkdfSync and aes-256-gcm
}
