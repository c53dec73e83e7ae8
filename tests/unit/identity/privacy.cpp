#include "tests/unit/access/together.hpp"
#include "tests/unit/access/world.hpp"

#include <algorithm>

using namespace mb;
using namespace mb::testing;
using namespace std::chrono_literals;

namespace {

struct person : world {
    person() { make_user("ana@example.org"); }
    usecases::caller ana() { return {user("ana@example.org"), std::nullopt, catalogues.current(), {}}; }
    bool exists(std::string const& email)
    {
        auto const found = ports::read(memory, [&](ports::transaction& tx) { return tx.users().find(identity::email::restore(email)); });
        REQUIRE(found);
        return found->has_value();
    }
};

}  // namespace

TEST_CASE_METHOD(person, "the owner reads everything that is stored about them, and that is an event")
{
    auto const pair = enter("ana@example.org");
    entered(open_session({"ana@example.org", secret{std::string_view{"right password"}}}, request()));
    granted(make_api_key({"robot", {"get"}, {}}, ana(), request()));
    granted(request_reset("ana@example.org", notify::language::es, request()));
    REQUIRE(attempt("ana@example.org", "wrong password"));
    enter("root@example.org");

    auto const data = granted(collect_data(caller_of(pair), request()));
    CHECK(data.user.address.text() == "ana@example.org");
    CHECK(data.complete);
    CHECK(data.stored.families.size() == 1);
    CHECK(data.stored.sessions.size() == 1);
    CHECK(data.stored.keys.size() == 1);
    CHECK(data.stored.links.size() == 1);
    CHECK(data.stored.attempts.size() == 3);
    for (auto const& row : data.stored.events) CHECK((row.user == data.user.id || row.actor == data.user.id));
    CHECK(audit::entry_of(events(1).front().type).name == "SENSITIVE_DATA_ACCESSED");
}

TEST_CASE_METHOD(person, "an erased account is gone with all that it opened, and the rows that stay are nobody's")
{
    auto const pair = enter("ana@example.org");
    auto const opened = entered(open_session({"ana@example.org", secret{std::string_view{"right password"}}}, request()));
    auto const key = granted(make_api_key({"robot", {"get"}, {}}, ana(), request()));
    granted(request_reset("ana@example.org", notify::language::es, request()));
    auto const link = std::string(mails().at(0).message.link_token.reveal());
    auto const id = ana().user.id;
    auto const rows = events().size();

    granted(erase_account(id, caller_of(pair), request()));
    CHECK_FALSE(exists("ana@example.org"));
    CHECK(why(authenticate(pair.access_token)) == problem::invalid_token);
    CHECK(why(refresh_session(pair.refresh_token.reveal(), clock.now(), request())) == problem::invalid_token);
    CHECK(why(check_session(opened.cookie.reveal(), request())) == problem::invalid_token);
    CHECK(why(authenticate_key(key.text.reveal())) == problem::invalid_token);
    CHECK(why(reset_password({link, secret{std::string_view{"another password"}}, {}}, request())) == problem::link_invalid);
    CHECK(why(attempt("ana@example.org", "right password")) == problem::invalid_credentials);
    CHECK(mails().empty());
    for (auto const& each : events()) {
        CHECK_FALSE(each.user == id);
        CHECK_FALSE(each.actor == id);
    }
    auto all = events();
    std::ranges::reverse(all);
    CHECK(audit::entry_of(all.at(rows).type).name == "CUENTA_ELIMINADA");
    CHECK(value_of(all.at(rows), "initiatedBy") == "owner");
    CHECK_FALSE(all.at(rows).ip);
    CHECK(all.at(rows).user_agent.empty());
}

TEST_CASE_METHOD(person, "who administers may erase somebody else, and nobody else may")
{
    auto const eva = make_user("eva@example.org");
    CHECK(why(erase_account(eva.id, ana(), request())) == problem::forbidden);
    CHECK(exists("eva@example.org"));
    auto const boss = admin();
    granted(erase_account(eva.id, boss, request()));
    CHECK_FALSE(exists("eva@example.org"));
    CHECK(events(1).front().actor == boss.user.id);
    CHECK(value_of(events(1).front(), "initiatedBy") == boss.user.id.text());
    CHECK(why(erase_account(eva.id, boss, request())) == problem::user_not_found);
}

TEST_CASE_METHOD(person, "the last administrator stays")
{
    CHECK(why(erase_account(admin().user.id, admin(), request())) == problem::last_admin);
    auto const second = make_user("second@example.org", {"admin"});
    granted(erase_account(second.id, admin(), request()));
    CHECK(why(erase_account(admin().user.id, admin(), request())) == problem::last_admin);
}

TEST_CASE_METHOD(person, "of two administrators who erase themselves at once one stays")
{
    for (int round = 0; round < 20; ++round) {
        world two;
        two.make_user("second@example.org", {"admin"});
        usecases::caller const callers[]{two.admin(), {two.user("second@example.org"), std::nullopt, two.catalogues.current(), {}}};
        std::atomic<int> gone = 0;
        together(2, [&](int i) {
            auto const said = two.erase_account(callers[i].user.id, callers[i], two.request());
            if (said && said->granted() != nullptr) ++gone;
        });
        CHECK(gone == 1);
    }
}

TEST_CASE_METHOD(person, "events and attempts say for 90 days whom they are about, and not a microsecond longer")
{
    enter("ana@example.org");
    auto const known = [&] {
        auto const rows = events();
        return std::ranges::count_if(rows, [](audit::event const& each) { return each.user.has_value(); });
    };
    auto const before = known();
    CHECK(before > 0);
    clock.advance(90 * 24h - 1us);
    REQUIRE(purge());
    CHECK(known() == before);
    CHECK(attempts().at(0).user);
    clock.advance(1us);
    auto const removed = purge();
    REQUIRE(removed);
    CHECK(removed->events > 0);
    CHECK(removed->attempts == 1);
    CHECK(known() == 0);
    CHECK_FALSE(attempts().at(0).user);
    CHECK(events().size() > 0);
}
