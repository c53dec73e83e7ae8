#include "adapters/openssl/ed25519.hpp"
#include "adapters/openssl/mac.hpp"
#include "adapters/openssl/running_sha256.hpp"
#include "core/domain/base/text.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace mb;
using namespace mb::openssl;

namespace {

std::string unhex(std::string_view text)
{
    std::string bytes;
    for (std::size_t i = 0; i + 1 < text.size(); i += 2) bytes += static_cast<char>(std::stoi(std::string(text.substr(i, 2)), nullptr, 16));
    return bytes;
}

}  // namespace

TEST_CASE("a digest is the same however its text is cut into pieces", "[openssl][sha256]")
{
    std::string const text(1000, 'x');
    auto const whole = sha256(text);
    auto const piece = GENERATE(std::size_t{1}, std::size_t{64}, std::size_t{65}, std::size_t{999}, std::size_t{1000});
    running_sha256 running;
    for (std::size_t at = 0; at < text.size(); at += piece) running.add(std::string_view(text).substr(at, piece));
    CHECK(running.finish() == whole);
}

TEST_CASE("the digest of nothing is that of FIPS 180-4's example", "[openssl][sha256]")
{
    CHECK(hex(bytes_of(running_sha256{}.finish())) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST_CASE("a public key follows from its seed as RFC 8032 section 7.1 shows, and a seed has 32 bytes", "[openssl][ed25519]")
{
    auto const seed = unhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
    auto const made = ed25519_public_key(secret{std::string_view{seed}});
    REQUIRE(made);
    CHECK(hex(*made) == "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
    CHECK_FALSE(ed25519_public_key(secret{std::string(31, 'x')}));
    CHECK_FALSE(ed25519_public_key(secret{std::string(33, 'x')}));
}
