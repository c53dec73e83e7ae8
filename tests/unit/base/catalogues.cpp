#include "core/domain/audit/event.hpp"
#include "core/domain/base/answer.hpp"
#include "core/domain/base/error.hpp"
#include "core/domain/base/outcome.hpp"
#include "core/domain/base/problem.hpp"
#include "core/domain/base/violation.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <set>
#include <string>

using namespace mb;

TEST_CASE("each problem has a code of its own in both languages")
{
    std::set<std::string_view> spanish;
    std::set<std::string_view> english;
    for (auto const& each : problems()) {
        CHECK(spanish.insert(each.code).second);
        CHECK(english.insert(each.english_code).second);
        CHECK_FALSE(each.code.empty());
        CHECK(&entry_of(each.id) == &each);
        for (char const c : std::string(each.code) + std::string(each.english_code)) CHECK((c == '_' || (c >= 'A' && c <= 'Z')));
    }
    CHECK(problems().size() > 40);
}

TEST_CASE("the codes that the seeds fix are these")
{
    CHECK(entry_of(problem::invalid_token).code == "TOKEN_INVALIDO");
    CHECK(entry_of(problem::email_not_verified).code == "EMAIL_NO_VERIFICADO");
    CHECK(entry_of(problem::account_locked).code == "CUENTA_BLOQUEADA");
    CHECK(entry_of(problem::concurrent_refresh).code == "REFRESH_CONCURRENTE");
    CHECK(entry_of(problem::entity_not_found).english_code == "ENTITY_NOT_FOUND");
}

TEST_CASE("each event has a name of its own, and is found by it")
{
    std::set<std::string_view> names;
    for (auto const& each : audit::events()) {
        CHECK(names.insert(each.name).second);
        CHECK(audit::event_named(each.name) == each.type);
        CHECK(&audit::entry_of(each.type) == &each);
    }
    CHECK_FALSE(audit::event_named("NO_SUCH_EVENT"));
    CHECK_FALSE(audit::event_named(""));
}

TEST_CASE("the events of seed 004 have its names")
{
    using audit::event_type;
    auto const name = [](event_type type) { return audit::entry_of(type).name; };
    CHECK(name(event_type::login_succeeded) == "LOGIN_EXITOSO");
    CHECK(name(event_type::login_failed) == "LOGIN_FALLIDO");
    CHECK(name(event_type::account_locked) == "CUENTA_BLOQUEADA");
    CHECK(name(event_type::account_unlocked) == "CUENTA_DESBLOQUEADA");
    CHECK(name(event_type::token_theft) == "TOKEN_ROBO_DETECTADO");
    CHECK(name(event_type::global_logout) == "SESION_GLOBAL_CERRADA");
    CHECK(name(event_type::signing_key_rotated) == "CLAVE_JWT_ROTADA");
    CHECK(audit::entry_of(event_type::token_theft).level == audit::severity::critical);
}

TEST_CASE("each violation has a code of its own")
{
    std::set<std::string_view> codes;
    for (int i = 0; i <= static_cast<int>(violation_code::contradiction); ++i) CHECK(codes.insert(code_of(static_cast<violation_code>(i))).second);
}

TEST_CASE("a JSON Pointer escapes what RFC 6901 tells it to")
{
    CHECK(pointer_to("", "email") == "/email");
    CHECK(pointer_to("/a", "b/c~d") == "/a/b~1c~0d");
    CHECK(pointer_to("/options", std::size_t{2}) == "/options/2");
    CHECK(pointer_to("", "") == "/");
}

TEST_CASE("an answer is granted, denied or broken, and refuses alike for another grant")
{
    answer<int> const granted{7};
    REQUIRE(granted.granted() != nullptr);
    CHECK(*granted.granted() == 7);
    CHECK(granted.denied() == nullptr);
    CHECK(granted.broken() == nullptr);

    answer<int> const denied{denial{problem::account_locked, std::chrono::seconds{3}}};
    CHECK(denied.granted() == nullptr);
    CHECK(*denied.refusal<done>().denied() == denial{problem::account_locked, std::chrono::seconds{3}});

    answer<int> const broken{violations{{"/a", violation_code::required}}};
    REQUIRE(broken.refusal<done>().broken() != nullptr);
    CHECK(*broken.refusal<done>().broken() == violations{{"/a", violation_code::required}});
}

namespace {

outcome<int> half(int number)
{
    if (number % 2 != 0) return error{errc::unexpected, "half", "odd"};
    return number / 2;
}
outcome<int> quarter(int number)
{
    MB_TRY(auto const halved, half(number));
    return half(halved);
}
outcome<void> check_even(int number)
{
    MB_CHECK(half(number));
    return {};
}

}  // namespace

TEST_CASE("an error ends the function that tried, and keeps what it said")
{
    CHECK(*quarter(8) == 2);
    REQUIRE_FALSE(quarter(6));
    CHECK(std::string(quarter(6).error().where) == "half");
    CHECK(quarter(6).error().detail == "odd");
    CHECK(check_even(2));
    REQUIRE_FALSE(check_even(3));
    CHECK(check_even(3).error().code == errc::unexpected);
}

TEST_CASE("each kind of error has a name of its own")
{
    std::set<std::string> names;
    for (int i = 0; i <= static_cast<int>(errc::unexpected); ++i) CHECK(names.insert(name_of(static_cast<errc>(i))).second);
}
