#include "adapters/openssl/mac.hpp"
#include "core/domain/identity/totp.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <string_view>
#include <vector>

using namespace mb;
using identity::code_hash;

namespace {

/// The keys of RFC 6238 appendix B: the same digits, as long as the hash.
std::string key_of(code_hash how)
{
    std::string const digits = "1234567890123456789012345678901234567890123456789012345678901234";
    return digits.substr(0, how == code_hash::sha1 ? 20 : how == code_hash::sha256 ? 32 : 64);
}

std::string code_at(std::int64_t second, code_hash how)
{
    identity::totp_policy policy;
    policy.digits = 8;
    auto const step = identity::step_of(from_micros(second * 1'000'000), policy);
    return identity::code_of(openssl::hmac(how, key_of(how), identity::moving_factor(step)).reveal(), policy.digits);
}

}  // namespace

TEST_CASE("one-time codes are those of RFC 6238 appendix B")
{
    struct vector {
        std::int64_t second;
        std::string_view sha1;
        std::string_view sha256;
        std::string_view sha512;
    };
    std::vector<vector> const vectors{
        {59, "94287082", "46119246", "90693936"},
        {1'111'111'109, "07081804", "68084774", "25091201"},
        {1'111'111'111, "14050471", "67062674", "99943326"},
        {1'234'567'890, "89005924", "91819424", "93441116"},
        {2'000'000'000, "69279037", "90698825", "38618901"},
        {20'000'000'000, "65353130", "77737706", "47863826"},
    };
    for (auto const& each : vectors) {
        INFO("second " << each.second);
        CHECK(code_at(each.second, code_hash::sha1) == each.sha1);
        CHECK(code_at(each.second, code_hash::sha256) == each.sha256);
        CHECK(code_at(each.second, code_hash::sha512) == each.sha512);
    }
}

TEST_CASE("counted codes are those of RFC 4226 appendix D")
{
    std::vector<std::string> const codes{"755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"};
    for (std::size_t counter = 0; counter < codes.size(); ++counter) {
        auto const mac = openssl::hmac(code_hash::sha1, key_of(code_hash::sha1), identity::moving_factor(static_cast<std::int64_t>(counter)));
        CHECK(identity::code_of(mac.reveal(), 6) == codes[counter]);
    }
}
