#include "tests/contract/kits.hpp"
#include "tests/contract/steps.hpp"

#include <array>
#include <set>
#include <string>

using namespace mb;
using namespace mb::contract;

namespace {

std::string bytes(std::size_t size)
{
    std::string made;
    for (std::size_t i = 0; i < size; ++i) made += static_cast<char>(i * 31);
    return made;
}

}  // namespace

TEST_CASE("a digest is the same for the same bytes and another for others", "[contract][digester]")
{
    MB_WITH_EVERY_KIT(kit);
    auto const digester = kit->make_digester(key_choice::one);
    CHECK((digester->sha256("a") == digester->sha256("a")));
    std::set<identity::digest> seen;
    for (auto const* text : {"", "a", "b", "aa", "ab", "a "}) seen.insert(digester->sha256(text));
    seen.insert(digester->sha256(std::string_view("a\0", 2)));
    CHECK(seen.size() == 7);
}

TEST_CASE("a keyed digest depends on key, purpose and bytes, and on where one ends and the next begins", "[contract][digester]")
{
    MB_WITH_EVERY_KIT(kit);
    auto const one = kit->make_digester(key_choice::one);
    auto const other = kit->make_digester(key_choice::other);
    CHECK((one->mac("ip", "x") == kit->make_digester(key_choice::one)->mac("ip", "x")));
    std::set<identity::digest> const seen{one->mac("ip", "x"),    other->mac("ip", "x"), one->mac("ipx", ""), one->mac("i", "px"),
                                          one->mac("email", "x"), one->mac("ip", "y"),   one->sha256("x")};
    CHECK(seen.size() == 7);
}

TEST_CASE("a shared digest is as long as its hash, and depends on hash, key and bytes, and on nothing of this server", "[contract][digester]")
{
    MB_WITH_EVERY_KIT(kit);
    auto const one = kit->make_digester(key_choice::one);
    auto const other = kit->make_digester(key_choice::other);
    secret const key{std::string_view{"key"}};
    std::set<std::string> seen;
    for (auto const& [how, size] :
         {std::pair{identity::code_hash::sha1, 20u}, {identity::code_hash::sha256, 32u}, {identity::code_hash::sha512, 64u}}) {
        auto const made = one->shared_mac(how, key, "bytes");
        CHECK(made.size() == size);
        CHECK(made.reveal().substr(0, 20) == one->shared_mac(how, key, "bytes").reveal().substr(0, 20));
        seen.emplace(made.reveal().substr(0, 20));
        seen.emplace(one->shared_mac(how, key, "other bytes").reveal().substr(0, 20));
        seen.emplace(one->shared_mac(how, secret{std::string_view{"another key"}}, "bytes").reveal().substr(0, 20));
    }
    CHECK(seen.size() == 9);
    CHECK(one->shared_mac(identity::code_hash::sha1, key, "bytes").same(other->shared_mac(identity::code_hash::sha1, key, "bytes")));
}

TEST_CASE("what was sealed opens at its place with its key", "[contract][sealer]")
{
    MB_WITH_EVERY_KIT(kit);
    auto const sealer = kit->make_sealer(key_choice::one);
    for (auto const size : {std::size_t{0}, std::size_t{1}, std::size_t{31}, std::size_t{32}, std::size_t{33}, std::size_t{5'000}}) {
        auto const plain = bytes(size);
        auto const sealed = sealer->seal("table|column|1", plain);
        CHECK(must(sealer->open("table|column|1", sealed)).reveal() == plain);
        if (size >= 16) CHECK(sealed.find(plain.substr(0, 16)) == std::string::npos);
    }
}

TEST_CASE("a seal is corrupt at another place, with another key, or with any byte changed or missing", "[contract][sealer]")
{
    MB_WITH_EVERY_KIT(kit);
    auto const sealer = kit->make_sealer(key_choice::one);
    auto const sealed = sealer->seal("table|column|1", bytes(40));
    CHECK(failure(sealer->open("table|column|2", sealed)) == errc::corrupt);
    CHECK(failure(sealer->open("", sealed)) == errc::corrupt);
    CHECK(failure(kit->make_sealer(key_choice::other)->open("table|column|1", sealed)) == errc::corrupt);
    CHECK(failure(sealer->open("table|column|1", "")) == errc::corrupt);
    CHECK(failure(sealer->open("table|column|1", bytes(40))) == errc::corrupt);
    for (std::size_t at = 0; at < sealed.size(); ++at) {
        INFO("byte " << at);
        auto changed = sealed;
        changed[at] = static_cast<char>(changed[at] ^ 1);
        REQUIRE(failure(sealer->open("table|column|1", changed)) == errc::corrupt);
        REQUIRE(failure(sealer->open("table|column|1", sealed.substr(0, at))) == errc::corrupt);
    }
}

TEST_CASE("draws of ten bytes and more never come twice, and small ones are filled", "[contract][randomness]")
{
    MB_WITH_EVERY_KIT(kit);
    auto const random = kit->make_randomness();
    std::set<std::array<std::uint8_t, 10>> seen;
    for (int round = 0; round < 1'000; ++round) {
        std::array<std::uint8_t, 10> drawn{};
        random->fill(drawn);
        seen.insert(drawn);
    }
    CHECK(seen.size() == 1'000);
    random->fill({});
    std::set<uuid_bytes> ids;
    for (int round = 0; round < 1'000; ++round) ids.insert(ports::new_id<identity::user_id>(*random, instant{}).bytes);
    CHECK(ids.size() == 1'000);
    CHECK(ports::new_secret(*random, 32).size() == 32);
}

TEST_CASE("a pattern is found where it is, and what is no pattern compiles to nothing", "[contract][patterns]")
{
    MB_WITH_EVERY_KIT(kit);
    auto const patterns = kit->make_patterns();
    auto const anchored = patterns->compile("^[a-z]+[0-9]{2}$");
    REQUIRE(anchored);
    CHECK(anchored->found_in("abc12"));
    CHECK_FALSE(anchored->found_in("abc123"));
    CHECK_FALSE(anchored->found_in(""));
    auto const loose = patterns->compile("b|x\\.y");
    REQUIRE(loose);
    CHECK(loose->found_in("abc"));
    CHECK(loose->found_in("--x.y--"));
    CHECK_FALSE(loose->found_in("xzy"));
    for (auto const* broken : {"(", "[a", "*", "a{2,1}"}) {
        INFO(broken);
        CHECK_FALSE(patterns->compile(broken));
    }
}
