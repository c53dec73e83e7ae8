#include "core/usecases/access/marking_store.hpp"
#include "tests/unit/access/world.hpp"

#include <vector>

using namespace mb;
using namespace mb::testing;
using namespace std::chrono_literals;

namespace {

/// Remembers what it was told.
class recording_marks final : public ports::change_marks {
public:
    outcome<seen> look(identity::user_id) override { return seen{}; }
    void changed(changes const& what) override { told.push_back(what); }
    std::vector<changes> told;
};

struct marked_world : world {
    recording_marks marks;
    usecases::marking_store marked{store, marks, tokens_policy, 2s};

    /// What one transaction told.
    ports::change_marks::changes told_by(ports::work_ref work)
    {
        marks.told.clear();
        REQUIRE(marked.transact(work));
        if (marks.told.empty()) return {};
        REQUIRE(marks.told.size() == 1);
        return marks.told.front();
    }
};

}  // namespace

TEST_CASE_METHOD(marked_world, "a logout, a stolen token and an ended session are told at once")
{
    auto const ana = make_user("ana@example.org");
    auto const pair = enter("ana@example.org");
    auto const told = told_by([&](ports::transaction& tx) -> outcome<void> {
        MB_TRY(auto held, tx.families().find(pair.family));
        tokens::revoke(*held, tokens::revocation_reason::logout, clock.now());
        return tx.families().save(*held);
    });
    CHECK(told.users == std::vector{ana.id});
    CHECK(told.urgent);
    CHECK_FALSE(told.catalogue);
    auto const all = told_by([&](ports::transaction& tx) -> outcome<void> {
        MB_CHECK(tx.families().revoke_all(ana.id, std::nullopt, tokens::revocation_reason::global_logout, clock.now()));
        return {};
    });
    CHECK(all.users == std::vector{ana.id});
    CHECK(all.urgent);
}

TEST_CASE_METHOD(marked_world, "a second factor that comes or goes is told at once")
{
    auto const ana = make_user("ana@example.org");
    for (bool const on : {true, false}) {
        auto const told = told_by([&](ports::transaction& tx) -> outcome<void> {
            MB_TRY(auto held, tx.users().find(ana.id));
            held->second_factor = on;
            return tx.users().update(*held);
        });
        CHECK(told.users == std::vector{ana.id});
        CHECK(told.urgent);
    }
}

TEST_CASE_METHOD(marked_world, "a rotation is urgent only where the replaced token is trusted for longer than it is good")
{
    make_user("ana@example.org");
    auto const pair = enter("ana@example.org");
    auto const rotate = [&](ports::transaction& tx) -> outcome<void> {
        MB_TRY(auto held, tx.families().find(pair.family));
        held->prev_access_jti = held->access_jti;
        held->access_jti.bytes[0] ^= 1;
        held->rotated_at = clock.now();
        return tx.families().save(*held);
    };
    CHECK_FALSE(told_by(rotate).urgent);
    CHECK(told_by(rotate).users.size() == 1);
    for (auto const& [overlap, urgent] : {std::pair<duration, bool>{2s, false}, {2s - 1us, true}, {0s, true}}) {
        tokens::token_policy strict;
        strict.access_overlap = overlap;
        usecases::marking_store other{store, marks, strict, 2s};
        marks.told.clear();
        REQUIRE(other.transact(rotate));
        REQUIRE(marks.told.size() == 1);
        CHECK(marks.told.front().urgent == urgent);
    }
}

TEST_CASE_METHOD(marked_world, "a change of roles or of status is urgent, and one of the name is not")
{
    auto const ana = make_user("ana@example.org");
    auto const changed = [&](auto change) {
        return told_by([&](ports::transaction& tx) -> outcome<void> {
            MB_TRY(auto found, tx.users().find(ana.id));
            change(*found);
            return tx.users().update(*found);
        });
    };
    CHECK(changed([](identity::user& of) { of.roles = {"viewer"}; }).urgent);
    CHECK(changed([](identity::user& of) { of.status = identity::user_status::disabled; }).urgent);
    auto const renamed = changed([](identity::user& of) { of.display_name = "Ana"; });
    CHECK_FALSE(renamed.urgent);
    CHECK(renamed.users == std::vector{ana.id});
    // nobody looked what it was before
    CHECK(told_by([&](ports::transaction& tx) { return tx.users().update(ana); }).urgent);
}

TEST_CASE_METHOD(marked_world, "a change of the catalogue is told as such")
{
    auto const told = told_by([&](ports::transaction& tx) { return tx.catalogue().advance(); });
    CHECK(told.catalogue);
    CHECK(told.urgent);
    CHECK(told.users.empty());
}

TEST_CASE_METHOD(marked_world, "many users are told one by one, and more than many as everybody")
{
    for (auto const& [count, everybody] : {std::pair{100, false}, {101, true}, {1000, true}}) {
        auto const told = told_by([&, n = count](ports::transaction& tx) -> outcome<void> {
            for (int i = 0; i < 2 * n; ++i) {
                identity::user_id user;
                user.bytes[14] = static_cast<std::uint8_t>(i % n);
                user.bytes[15] = static_cast<std::uint8_t>(i % n >> 8);
                MB_CHECK(tx.families().revoke_all(user, std::nullopt, tokens::revocation_reason::admin, clock.now()));
            }
            return {};
        });
        CHECK(told.urgent);
        CHECK(told.catalogue == everybody);
        if (!everybody) CHECK(told.users.size() == 100);
        CHECK(told.users.size() <= 100);
    }
}

TEST_CASE_METHOD(marked_world, "what changes nobody's access tells nothing")
{
    auto const ana = make_user("ana@example.org");
    marks.told.clear();
    REQUIRE(marked.transact([&](ports::transaction& tx) -> outcome<void> {
        MB_CHECK(tx.users().find(ana.id));
        MB_CHECK(tx.families().purge(clock.now(), 10));
        MB_CHECK(tx.catalogue().current());
        return tx.lockouts().clear("x", std::nullopt);
    }));
    CHECK(marks.told.empty());
}

TEST_CASE_METHOD(marked_world, "what was rolled back tells nothing, and what may have been committed tells all")
{
    auto const ana = make_user("ana@example.org");
    auto const disable = [&](ports::transaction& tx) { return tx.users().update(ana); };
    marks.told.clear();
    for (auto const when : {fakes::outage_store::stage::begin, fakes::outage_store::stage::commit}) {
        store.fail_next(when, errc::unavailable);
        CHECK_FALSE(marked.transact(disable));
    }
    CHECK_FALSE(marked.transact([&](ports::transaction& tx) -> outcome<void> {
        MB_CHECK(tx.users().update(ana));
        return error{errc::unexpected, "test", ""};
    }));
    CHECK(marks.told.empty());
    store.fail_next(fakes::outage_store::stage::answer, errc::outcome_unknown);
    CHECK_FALSE(marked.transact(disable));
    REQUIRE(marks.told.size() == 1);
    CHECK(marks.told.front().users == std::vector{ana.id});
}

TEST_CASE_METHOD(marked_world, "work that runs again tells once what its last run changed")
{
    auto const ana = make_user("ana@example.org");
    auto const eva = make_user("eva@example.org");
    int runs = 0;
    store.conflict_next(1);
    auto const told = told_by([&](ports::transaction& tx) { return tx.users().update(++runs == 1 ? eva : ana); });
    CHECK(runs > 1);
    CHECK(told.users == std::vector{ana.id});
}

TEST_CASE_METHOD(marked_world, "what changes of a user is told however the user was found")
{
    auto ana = make_user("ana@example.org");
    ana.name = identity::username::restore("ana");
    REQUIRE(memory.transact([&](ports::transaction& tx) { return tx.users().update(ana); }));
    auto const changed_by = [&](auto find) {
        return told_by([&](ports::transaction& tx) -> outcome<void> {
            MB_TRY(auto found, find(tx.users()));
            if (!found) return error{errc::unexpected, "test", "nobody"};
            found->roles.push_back("viewer");
            return tx.users().update(*found);
        });
    };
    CHECK(changed_by([&](ports::users& users) { return users.find(ana.address); }).users == std::vector{ana.id});
    CHECK(changed_by([&](ports::users& users) { return users.find(*ana.name); }).users == std::vector{ana.id});
    CHECK(changed_by([&](ports::users& users) { return users.find(ana.id); }).users == std::vector{ana.id});
}
