#include "tests/unit/access/meddled_store.hpp"
#include "tests/unit/access/world.hpp"

#include <algorithm>

using namespace mb;
using namespace mb::testing;
using namespace std::chrono_literals;

namespace {

struct meddled_world : world {
    meddled_world() { make_user("ana@example.org"); }

    audit::origin from(std::string const& address) const
    {
        auto made = request();
        made.ip = identity::ip_hash{address};
        return made;
    }
    usecases::opened_session opened()
    {
        return entered(open_session({"ana@example.org", secret{std::string_view{"right password"}}, {}}, from("home")));
    }
    void disable_ana()
    {
        auto ana = user("ana@example.org");
        ana.status = identity::user_status::disabled;
        REQUIRE(memory.transact([&](ports::transaction& tx) { return tx.users().update(ana); }));
    }
    void end(tokens::session row)
    {
        tokens::end(row, tokens::session_end::admin, clock.now());
        REQUIRE(memory.transact([&](ports::transaction& tx) { return tx.sessions().save(row); }));
    }

    meddled_store meddled{store};
    usecases::check_session lenient{meddled, clock, random, digests, recent_uses, {.binding = tokens::address_binding::log}, watch};
    usecases::check_session strict{meddled, clock, random, digests, recent_uses, {.binding = tokens::address_binding::strict}, watch};
};

}  // namespace

TEST_CASE_METHOD(meddled_world, "a session that ends while its move is being written down is not moved")
{
    auto const session = opened();
    auto const rows = events().size();
    SECTION("ended by an administrator")
    {
        meddled.meanwhile = [&] { end(session.session); };
        CHECK(why(lenient(session.cookie.reveal(), from("office"))) == problem::invalid_token);
        CHECK(why(strict(session.cookie.reveal(), from("office"))) == problem::invalid_token);
    }
    SECTION("its owner disabled")
    {
        meddled.meanwhile = [&] { disable_ana(); };
        CHECK(why(lenient(session.cookie.reveal(), from("office"))) == problem::invalid_token);
    }
    SECTION("its owner erased")
    {
        meddled.meanwhile = [&] { granted(erase_account(user("ana@example.org").id, admin(), request())); };
        CHECK(why(lenient(session.cookie.reveal(), from("office"))) == problem::invalid_token);
        return;
    }
    CHECK(events().size() == rows);
}

TEST_CASE_METHOD(meddled_world, "of two requests from a session's new address the second finds it moved, and writes nothing")
{
    auto const session = opened();
    std::size_t rows = 0;
    meddled.meanwhile = [&] {
        granted(lenient(session.cookie.reveal(), from("office")));
        rows = events().size();
    };
    CHECK(granted(lenient(session.cookie.reveal(), from("office"))).session.ip.text == "office");
    CHECK(events().size() == rows);
}

TEST_CASE_METHOD(meddled_world, "a session without an address moves to none, and is good there")
{
    auto const session = opened();
    auto nowhere = request();
    nowhere.ip.reset();
    auto const moved = lenient(session.cookie.reveal(), nowhere);
    REQUIRE(moved);
    CHECK(lenient(session.cookie.reveal(), nowhere)->granted() != nullptr);
}

TEST_CASE_METHOD(meddled_world, "a link that is spent, or whose owner goes, while the new password is hashed changes no password")
{
    auto const stored = user("ana@example.org").password_hash;
    granted(request_reset("ana@example.org", notify::language::es, request()));
    std::string const link(mails().at(0).message.link_token.reveal());
    usecases::reset_password const reset{meddled, clock, random, hasher, judge, digests, passwords, links};
    usecases::password_reset const wanted{link, secret{std::string_view{"another password"}}, {}};
    int transactions = 0;
    std::function<void()> act;
    std::function<void()> const at_the_second = [&] {
        if (++transactions == 1)
            meddled.meanwhile = at_the_second;
        else
            act();
    };
    meddled.meanwhile = at_the_second;
    SECTION("disabled")
    {
        act = [&] { disable_ana(); };
        CHECK(why(reset(wanted, request())) == problem::link_invalid);
        CHECK(user("ana@example.org").password_hash == stored);
        CHECK(value_of(events(1).front(), "reason") == "disabled");
    }
    SECTION("spent")
    {
        act = [&] { granted(reset_password({link, secret{std::string_view{"the first password"}}, {}}, request())); };
        CHECK(why(reset(wanted, request())) == problem::link_invalid);
        CHECK(attempt("ana@example.org", "the first password"));
        auto const rows = events();
        auto const failed = std::ranges::find(rows, audit::event_type::reset_failed, &audit::event::type);
        REQUIRE(failed != rows.end());
        CHECK(value_of(*failed, "reason") == "used");
    }
    CHECK(transactions == 2);
}

TEST_CASE_METHOD(meddled_world, "an account that is erased meanwhile reads, steps up and counts nothing any more")
{
    auto const who = caller_of(enter("ana@example.org"));
    auto const id = who.user.id;
    auto const erase = [&] { granted(erase_account(id, admin(), request())); };
    SECTION("its data")
    {
        usecases::collect_data const collect{meddled, clock, random};
        meddled.meanwhile = erase;
        CHECK(why(collect(who, request())) == problem::invalid_token);
    }
    SECTION("its recovery codes")
    {
        erase();
        CHECK(why(count_recovery_codes(who)) == problem::invalid_token);
    }
    SECTION("a step-up by code")
    {
        erase();
        CHECK(why(step_up({{"123456", {}, {}}, {}}, who, request())) == problem::invalid_token);
    }
}
