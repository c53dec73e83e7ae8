#include "core/domain/base/secret.hpp"

#include <catch2/catch.hpp>

#include <ostream>
#include <sstream>
#include <string>
#include <type_traits>

using namespace mb;

namespace {

template <class T>
concept printable = requires(std::ostream& out, T const& value)
{
    out << value;
};
template <class T>
concept comparable = requires(T const& left, T const& right)
{
    left == right;
};

static_assert(printable<std::string> && comparable<std::string>, "the two concepts can say yes");
static_assert(!printable<secret>, "a secret can't be printed");
static_assert(!comparable<secret>, "a secret is compared with same(), in constant time");
static_assert(!std::is_copy_constructible_v<secret> && !std::is_copy_assignable_v<secret>);
static_assert(std::is_nothrow_move_constructible_v<secret> && std::is_nothrow_move_assignable_v<secret>);
static_assert(!std::is_convertible_v<secret, std::string> && !std::is_convertible_v<secret, std::string_view>);
static_assert(!std::is_convertible_v<std::string, secret> && !std::is_convertible_v<std::string_view, secret>);

}  // namespace

TEST_CASE("a secret shows what it holds when asked by name")
{
    secret const held{std::string_view{"s3cret"}};
    CHECK(held.reveal() == "s3cret");
    CHECK(held.size() == 6);
    CHECK_FALSE(held.empty());
    CHECK(held.clone().reveal() == "s3cret");
    CHECK(secret{}.empty());
}

TEST_CASE("a secret leaves nothing behind in what it was made from")
{
    std::string short_text = "s3cret";
    char const* const inside = short_text.data();
    secret const held{std::move(short_text)};
    CHECK(short_text.empty());
    CHECK(std::string_view(inside, 6) == std::string_view("\0\0\0\0\0\0", 6));
    CHECK(held.reveal() == "s3cret");
}

TEST_CASE("a secret that was moved from is empty, however short it was")
{
    auto const text = GENERATE(std::string("short"), std::string(100, 'x'));
    secret from{std::string_view{text}};
    secret to{std::move(from)};
    CHECK(from.empty());
    CHECK(to.reveal() == text);
    secret assigned{std::string_view{"old"}};
    assigned = std::move(to);
    CHECK(to.empty());
    CHECK(assigned.reveal() == text);
}

TEST_CASE("equal secrets are the same, others not")
{
    secret const held{std::string_view{"s3cret"}};
    CHECK(held.same(held.clone()));
    CHECK_FALSE(held.same(secret{std::string_view{"s3creT"}}));
    CHECK_FALSE(held.same(secret{std::string_view{"s3cre"}}));
    CHECK_FALSE(held.same(secret{}));
    CHECK(secret{}.same(secret{}));
}

TEST_CASE("wiping overwrites every byte")
{
    std::string text = "abc";
    wipe(text.data(), 2);
    CHECK(text == std::string("\0\0c", 3));
}
