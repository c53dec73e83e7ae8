#include "core/domain/identity/totp.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace mb;
using namespace mb::identity;
using namespace std::chrono_literals;

namespace {

constexpr instant at(std::int64_t seconds) { return from_micros(seconds * 1'000'000); }

std::string bytes_of(std::string_view hex)
{
    std::string bytes;
    for (std::size_t i = 0; i < hex.size(); i += 2) bytes += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
    return bytes;
}

std::vector<code_candidate> const around{{99, "111111"}, {100, "222222"}, {101, "333333"}};

std::int64_t accepted(std::optional<std::int64_t> last, std::string_view shown, std::vector<code_candidate> const& candidates = around)
{
    return std::get<std::int64_t>(decide_code(last, candidates, shown));
}
code_refusal refused(std::optional<std::int64_t> last, std::string_view shown, std::vector<code_candidate> const& candidates = around)
{
    return std::get<code_refusal>(decide_code(last, candidates, shown));
}

}  // namespace

TEST_CASE("a code is cut out of its HMAC as RFC 4226 appendix D shows")
{
    std::vector<std::pair<std::string, std::string>> const vectors{
        {"cc93cf18508d94934c64b65d8ba7667fb7cde4b0", "755224"}, {"75a48a19d4cbe100644e8ac1397eea747a2d33ab", "287082"},
        {"0bacb7fa082fef30782211938bc1c5e70416ff44", "359152"}, {"66c28227d03a2d5529262ff016a1e6ef76557ece", "969429"},
        {"a904c900a64b35909874b33e61c5938a8e15ed1c", "338314"}, {"a37e783d7b7233c083d4f62926c7a25f238d0316", "254676"},
        {"bc9cd28561042c83f219324d3c607256c03272ae", "287922"}, {"a4fb960c0bc06e1eabb804e5b397cdc4b45596fa", "162583"},
        {"1b3c89f65e6c9e883012052823443f048b4332db", "399871"}, {"1637409809a679dc698207310c8c7fc07290d9e5", "520489"}};
    for (auto const& [mac, code] : vectors) CHECK(code_of(bytes_of(mac), 6) == code);
    CHECK(code_of(bytes_of(vectors[0].first), 8) == "84755224");
    CHECK(code_of(bytes_of(vectors[0].first), 9) == "284755224");
    CHECK(code_of(std::string(20, '\0'), 6) == "000000");
}

TEST_CASE("a step lasts its period, to the microsecond, and what is hashed of it are eight bytes (RFC 6238 section 4.2)")
{
    totp_policy const policy;
    CHECK(step_of(at(0), policy) == 0);
    CHECK(step_of(at(30) - 1us, policy) == 0);
    CHECK(step_of(at(30), policy) == 1);
    CHECK(step_of(at(59), policy) == 1);
    CHECK(step_of(at(1'111'111'109), policy) == 0x23523ec);
    CHECK(step_of(at(20'000'000'000), policy) == 0x27bc86aa);
    CHECK(step_of(at(-1), policy) == -1);
    CHECK(step_of(at(-30), policy) == -1);
    CHECK(step_of(at(-31), policy) == -2);
    CHECK(moving_factor(0x0102030405060708) == std::string("\x01\x02\x03\x04\x05\x06\x07\x08"));
    CHECK(moving_factor(1) == std::string("\0\0\0\0\0\0\0\x01", 8));
}

TEST_CASE("each step is accepted once, and none before the last one that was")
{
    CHECK(accepted({}, "111111") == 99);
    CHECK(accepted({}, "222222") == 100);
    CHECK(accepted(98, "111111") == 99);
    CHECK(refused(99, "111111") == code_refusal::replayed);
    CHECK(accepted(99, "222222") == 100);
    CHECK(refused(100, "222222") == code_refusal::replayed);
    CHECK(refused(101, "222222") == code_refusal::replayed);
    CHECK(accepted(100, "333333") == 101);
    CHECK(refused(101, "333333") == code_refusal::replayed);
}

TEST_CASE("what is no candidate is wrong, and so is a part of one")
{
    for (auto const* shown : {"444444", "", "11111", "1111111", "22222", "222223"}) CHECK(refused({}, shown) == code_refusal::wrong);
    CHECK(refused({}, "111111", {}) == code_refusal::wrong);
}

TEST_CASE("where two steps have one code it is spent for both")
{
    std::vector<code_candidate> const twins{{99, "111111"}, {100, "222222"}, {101, "111111"}};
    CHECK(accepted(98, "111111", twins) == 101);
    CHECK(refused(101, "111111", twins) == code_refusal::replayed);
    CHECK(accepted(99, "111111", twins) == 101);
}

TEST_CASE("a typed code is six digits, wherever the spaces are")
{
    totp_policy const policy;
    for (auto const* typed : {"123456", "123 456", " 1 2 3 4 5 6 "}) CHECK(read_code(typed, policy) == "123456");
    for (auto const* typed : {"", "12345", "1234567", "12345a", "-12345", "123-456", "１２３４５６", "12345\n", "+23456"})
        CHECK_FALSE(read_code(typed, policy));
    totp_policy longer;
    longer.digits = 8;
    CHECK(read_code("1234 5678", longer) == "12345678");
    CHECK_FALSE(read_code("123456", longer));
}

TEST_CASE("the URI of an app says all that it needs, and nothing in it can be taken for something else")
{
    secret const key{std::string_view{"12345678901234567890"}};
    totp_policy policy;
    CHECK(otpauth_uri(key, email::restore("ana@example.org"), policy).reveal()
          == "otpauth://totp/MetaBuilder:ana%40example.org?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=MetaBuilder&algorithm=SHA1&digits=6&period=30");
    policy.issuer = "Casa & Co/ñ";
    policy.hash = code_hash::sha512;
    policy.digits = 8;
    CHECK(otpauth_uri(key, email::restore("a+b?c&d@example.org"), policy).reveal()
          == "otpauth://totp/Casa%20%26%20Co%2F%C3%B1:a%2Bb%3Fc%26d%40example.org?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&"
             "issuer=Casa%20%26%20Co%2F%C3%B1&algorithm=SHA512&digits=8&period=30");
}

TEST_CASE("of a label only letters, digits and - . _ ~ stand for themselves (RFC 3986 section 2.3)")
{
    totp_policy policy;
    policy.issuer = "@AZ[`az{/09:-._~";
    CHECK(otpauth_uri(secret{std::string_view{"12345678901234567890"}}, email::restore("a@b.es"), policy)
              .reveal()
              .starts_with("otpauth://totp/%40AZ%5B%60az%7B%2F09%3A-._~:a%40b.es?"));
}
