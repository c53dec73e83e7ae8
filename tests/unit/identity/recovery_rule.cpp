#include "core/domain/identity/recovery_code.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace mb;
using namespace mb::identity;

namespace {

recovery_code code(std::uint8_t number, bool used = false)
{
    recovery_code made;
    made.digest.fill(number);
    if (used) made.used_at = instant{};
    return made;
}

digest digest_of(std::uint8_t number)
{
    digest made;
    made.fill(number);
    return made;
}

std::string typed(std::string_view text)
{
    auto const read = read_recovery_code(text);
    return read ? std::string(read->reveal()) : "none";
}

}  // namespace

TEST_CASE("a recovery code is shown in four groups of six")
{
    CHECK(write_recovery_code(secret{std::string(15, '\0')}).reveal() == "AAAAAA-AAAAAA-AAAAAA-AAAAAA");
    CHECK(write_recovery_code(secret{std::string(15, '\xff')}).reveal() == "777777-777777-777777-777777");
    CHECK(write_recovery_code(secret{std::string_view{"123456789012345"}}).reveal() == "GEZDGN-BVGY3T-QOJQGE-ZDGNBV");
}

TEST_CASE("a recovery code is read whatever its case, spaces and hyphens, and nothing else is one")
{
    std::string const whole = "GEZDGNBVGY3TQOJQGEZDGNBV";
    for (auto const* text :
         {"GEZDGN-BVGY3T-QOJQGE-ZDGNBV", "gezdgn-bvgy3t-qojqge-zdgnbv", "GEZDGNBVGY3TQOJQGEZDGNBV", " gezdgn bvgy3t QOJQGE ZDGNBV "})
        CHECK(typed(text) == whole);
    for (auto const* text :
         {"", "-", "GEZDGN-BVGY3T-QOJQGE-ZDGNB", "GEZDGN-BVGY3T-QOJQGE-ZDGNBVA", "GEZDGN-BVGY3T-QOJQGE-ZDGNB0", "GEZDGN-BVGY3T-QOJQGE-ZDGNB1",
          "GEZDGN-BVGY3T-QOJQGE-ZDGNB8", "GEZDGN_BVGY3T_QOJQGE_ZDGNBV", "ＧEZDGN-BVGY3T-QOJQGE-ZDGNB"})
        CHECK(typed(text) == "none");
}

TEST_CASE("a recovery code is spent once, and only where it is one")
{
    std::vector<recovery_code> const codes{code(1), code(2, true), code(3)};
    CHECK(std::get<std::size_t>(decide_recovery(codes, digest_of(1))) == 0);
    CHECK(std::get<std::size_t>(decide_recovery(codes, digest_of(3))) == 2);
    CHECK(std::get<recovery_refusal>(decide_recovery(codes, digest_of(2))) == recovery_refusal::used);
    CHECK(std::get<recovery_refusal>(decide_recovery(codes, digest_of(4))) == recovery_refusal::wrong);
    CHECK(std::get<recovery_refusal>(decide_recovery({}, digest_of(1))) == recovery_refusal::wrong);
}

TEST_CASE("what is digested of a code is another for another owner")
{
    user_id one;
    user_id other;
    other.bytes[15] = 1;
    secret const shown{std::string_view{"GEZDGNBVGY3TQOJQGEZDGNBV"}};
    CHECK(recovery_code_content(one, shown).reveal() != recovery_code_content(other, shown).reveal());
}

TEST_CASE("a recovery code of 25 characters, or with one that base 32 hasn't, is none")
{
    std::string const whole = "GEZDGNBVGY3TQOJQGEZDGNBV";
    CHECK(typed(whole) == whole);
    CHECK(typed(whole + "A") == "none");
    for (char const c : {'0', '1', '8', '9', '@', '[', '`', '{', '/', ':'}) {
        INFO(c);
        CHECK(typed(whole.substr(1) + c) == "none");
    }
}
