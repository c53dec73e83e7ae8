#include "tests/unit/access/world.hpp"

#include <set>

using namespace mb;
using namespace mb::testing;
using namespace std::chrono_literals;

namespace {

struct two_users : world {
    two_users()
    {
        make_user("ana@example.org");
        make_user("bob@example.org");
    }
};

}  // namespace

TEST_CASE_METHOD(two_users, "a logout ends the session, and its access token at once")
{
    auto const pair = enter("ana@example.org");
    auto const other = enter("ana@example.org");
    granted(log_out(pair.refresh_token.reveal(), request()));
    CHECK(family(pair.family)->revoked_reason == tokens::revocation_reason::logout);
    CHECK(why(authenticate(pair.access_token)) == problem::invalid_token);
    CHECK(why(refresh_session(pair.refresh_token.reveal(), clock.now(), request())) == problem::invalid_token);
    granted(authenticate(other.access_token));
    auto const row = events(1).front();
    CHECK(audit::entry_of(row.type).name == "LOGOUT");
    CHECK(row.user == pair.user.id);
}

TEST_CASE_METHOD(two_users, "logging out of a session that has ended is done, and writes nothing")
{
    auto const pair = enter("ana@example.org");
    granted(log_out(pair.refresh_token.reveal(), request()));
    auto const before = dump();
    granted(log_out(pair.refresh_token.reveal(), request()));
    clock.advance(std::chrono::days{7});
    granted(log_out(pair.refresh_token.reveal(), request()));
    clock.advance(-std::chrono::days{7});
    CHECK(dump() == before);
}

TEST_CASE_METHOD(two_users, "a logout needs a refresh token that can be verified")
{
    auto const pair = enter("ana@example.org");
    auto const before = dump();
    CHECK(why(log_out("", request())) == problem::invalid_token);
    CHECK(why(log_out("x", request())) == problem::invalid_token);
    CHECK(why(log_out(pair.access_token, request())) == problem::invalid_token);
    CHECK(dump() == before);
    granted(authenticate(pair.access_token));
}

TEST_CASE_METHOD(two_users, "logging out everywhere ends every session of the caller, and nobody else's")
{
    auto const first = enter("ana@example.org");
    auto const second = enter("ana@example.org");
    auto const bobs = enter("bob@example.org");
    CHECK(granted(log_out_everywhere(caller_of(first), request())).count == 2);
    for (auto const* pair : {&first, &second}) {
        CHECK(family(pair->family)->revoked_reason == tokens::revocation_reason::global_logout);
        CHECK(why(authenticate(pair->access_token)) == problem::invalid_token);
    }
    granted(authenticate(bobs.access_token));
    auto const row = events(1).front();
    CHECK(audit::entry_of(row.type).name == "SESION_GLOBAL_CERRADA");
    CHECK(value_of(row, "sessions") == "2");
}

TEST_CASE_METHOD(two_users, "sessions that have ended are not listed, nor are somebody else's")
{
    auto const kept = enter("ana@example.org");
    auto const ended = enter("ana@example.org");
    enter("bob@example.org");
    granted(log_out(ended.refresh_token.reveal(), request()));
    auto const page = granted(list_sessions(caller_of(kept), std::nullopt, 20));
    REQUIRE(page.families.size() == 1);
    CHECK(page.families[0].id == kept.family);
    CHECK_FALSE(page.has_more);

    auto const who = caller_of(kept);
    CHECK(who.session == kept.family);
    clock.advance(std::chrono::days{7} - 1us);
    CHECK(granted(list_sessions(who, std::nullopt, 20)).families.size() == 1);
    clock.advance(1us);
    CHECK(granted(list_sessions(who, std::nullopt, 20)).families.empty());
}

TEST_CASE_METHOD(two_users, "Paginación: sesiones, cursor correcto, hasMore correcto, límite respetado")
{
    std::vector<tokens::family_id> made;
    for (int i = 0; i < 7; ++i) {
        made.push_back(enter("ana@example.org").family);
        clock.advance(1s);
    }
    auto const who = caller_of(enter("ana@example.org"));
    made.push_back(*who.session);

    auto const limit = GENERATE(std::size_t{1}, std::size_t{3}, std::size_t{7}, std::size_t{8}, std::size_t{9});
    std::vector<tokens::family_id> seen;
    std::optional<tokens::family_id> before;
    for (bool more = true; more;) {
        auto const page = granted(list_sessions(who, before, limit));
        CHECK(page.families.size() <= limit);
        REQUIRE_FALSE(page.families.empty());
        for (auto const& each : page.families) seen.push_back(each.id);
        before = page.families.back().id;
        more = page.has_more;
    }
    CHECK(seen == std::vector<tokens::family_id>(made.rbegin(), made.rend()));
}

TEST_CASE_METHOD(two_users, "a caller ends one of their sessions")
{
    auto const present = enter("ana@example.org");
    auto const lost = enter("ana@example.org");
    granted(revoke_session(caller_of(present), lost.family, request()));
    CHECK(why(authenticate(lost.access_token)) == problem::invalid_token);
    granted(authenticate(present.access_token));
    CHECK(audit::entry_of(events(1).front().type).name == "SESSION_INVALIDATED");
}

TEST_CASE_METHOD(two_users, "somebody else's session, an ended one and an unknown one are not found alike")
{
    auto const present = enter("ana@example.org");
    auto const bobs = enter("bob@example.org");
    auto const ended = enter("ana@example.org");
    granted(log_out(ended.refresh_token.reveal(), request()));
    auto const who = caller_of(present);
    auto const before = dump();
    tokens::family_id unknown;
    unknown.bytes.fill(7);
    for (auto const& id : {bobs.family, ended.family, unknown}) CHECK(why(revoke_session(who, id, request())) == problem::session_not_found);
    CHECK(dump() == before);
    granted(authenticate(bobs.access_token));
}
