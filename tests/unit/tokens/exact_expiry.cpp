#include "tests/unit/access/world.hpp"

using namespace mb;
using namespace mb::testing;
using namespace std::chrono_literals;

TEST_CASE_METHOD(world, "Expiración exacta: AT expira al segundo 901 exacto")
{
    make_user("ana@example.org");
    auto const pair = enter("ana@example.org");
    clock.advance(900s - 1us);  // the last moment of second 900
    granted(authenticate(pair.access_token));
    clock.advance(1us);  // second 901 begins
    CHECK(why(authenticate(pair.access_token)) == problem::expired_token);
}

TEST_CASE_METHOD(world, "Expiración exacta: RT al día 8 exacto")
{
    make_user("ana@example.org");
    auto const at_the_end = enter("ana@example.org");
    auto const before_it = enter("ana@example.org");
    clock.advance(std::chrono::days{7} - 1us);  // the last moment of day 7
    granted(refresh_session(before_it.refresh_token.reveal(), clock.now(), request()));
    clock.advance(1us);  // day 8 begins
    CHECK(why(refresh_session(at_the_end.refresh_token.reveal(), clock.now(), request())) == problem::expired_token);
    CHECK(clock.now() == at_the_end.refresh_expires_at);
}

TEST_CASE_METHOD(world, "a refresh starts both lives again")
{
    make_user("ana@example.org");
    auto const first = enter("ana@example.org");
    clock.advance(std::chrono::days{6});
    auto const said = refresh_session(first.refresh_token.reveal(), clock.now(), request());
    auto const& second = granted(said);
    clock.advance(900s - 1us);
    granted(authenticate(second.access_token));
    clock.advance(std::chrono::days{7} - 900s);
    granted(refresh_session(second.refresh_token.reveal(), clock.now(), request()));
}

TEST_CASE_METHOD(world, "a token counts in whole seconds, and never outlives its session")
{
    make_user("ana@example.org");
    clock.advance(999'999us);
    auto const pair = enter("ana@example.org");
    clock.advance(899s);  // 899.999999 s into the life that began with the second
    granted(authenticate(pair.access_token));
    clock.advance(1us);
    CHECK(why(authenticate(pair.access_token)) == problem::expired_token);
    CHECK(pair.refresh_expires_at <= family(pair.family)->expires_at);
}
