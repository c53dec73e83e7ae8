#include "adapters/memory/shared/memory_change_marks.hpp"
#include "core/usecases/access/access_cache.hpp"
#include "core/usecases/access/marking_store.hpp"
#include "tests/unit/access/world.hpp"

#include <atomic>
#include <thread>

using namespace mb;
using namespace mb::testing;
using namespace std::chrono_literals;

namespace {

/// Marks that can be lost.
class losable_marks final : public ports::change_marks {
public:
    outcome<seen> look(identity::user_id user) override
    {
        if (lost) return error{errc::unavailable, "test", ""};
        return behind.look(user);
    }
    void changed(changes const& what) override
    {
        if (!deaf) behind.changed(what);
    }
    memory::memory_change_marks behind;
    std::atomic<bool> lost = false;
    std::atomic<bool> deaf = false;
};

struct cached_world : world {
    losable_marks marks;
    usecases::marking_store marked{store, marks, tokens_policy, 2s};
    usecases::access_cache cache{store, marks, clock, {}};

    tokens::token_id jti_of(tokens::family_id id) { return family(id)->access_jti; }
    std::shared_ptr<ports::live_access const> find(usecases::token_pair const& pair)
    {
        auto found = cache.find(jti_of(pair.family), pair.user.id);
        REQUIRE(found);
        return *found;
    }
    /// A write through the marking store.
    void change(auto change)
    {
        REQUIRE(marked.transact([&](ports::transaction& tx) -> outcome<void> { return change(tx); }));
    }
};

}  // namespace

TEST_CASE_METHOD(cached_world, "a token that comes again is judged without the store")
{
    make_user("ana@example.org");
    auto const pair = enter("ana@example.org");
    auto const first = find(pair);
    REQUIRE(first != nullptr);
    CHECK(first->family.id == pair.family);
    CHECK(first->owner.id == pair.user.id);
    for (int i = 0; i < 10; ++i) CHECK(find(pair) == first);
    CHECK(cache.read() == 1);
    CHECK(cache.kept() == 10);
}

TEST_CASE_METHOD(cached_world, "what a transaction changed is found at the next request")
{
    auto ana = make_user("ana@example.org");
    auto const pair = enter("ana@example.org");
    find(pair);
    ana = user("ana@example.org");
    ana.display_name = "Ana";
    change([&](ports::transaction& tx) { return tx.users().update(ana); });
    CHECK(find(pair)->owner.display_name == "Ana");

    auto held = *family(pair.family);
    tokens::revoke(held, tokens::revocation_reason::logout, clock.now());
    change([&](ports::transaction& tx) { return tx.families().save(held); });
    CHECK(find(pair)->family.revoked_at);

    auto const before = find(pair)->catalogue_revision;
    change([&](ports::transaction& tx) { return tx.catalogue().advance(); });
    CHECK(find(pair)->catalogue_revision == before + 1);
}

TEST_CASE_METHOD(cached_world, "where the marks don't answer the store does, and nothing is kept")
{
    make_user("ana@example.org");
    auto const pair = enter("ana@example.org");
    find(pair);
    marks.lost = true;
    for (int i = 0; i < 3; ++i) CHECK(find(pair) != nullptr);
    CHECK(cache.read() == 4);
    auto held = *family(pair.family);
    tokens::revoke(held, tokens::revocation_reason::logout, clock.now());
    change([&](ports::transaction& tx) { return tx.families().save(held); });
    CHECK(find(pair)->family.revoked_at);
    marks.lost = false;
    CHECK(find(pair)->family.revoked_at);
}

TEST_CASE_METHOD(cached_world, "a reading is trusted until a microsecond before its time, though nobody tells of a change")
{
    make_user("ana@example.org");
    auto const pair = enter("ana@example.org");
    find(pair);
    marks.deaf = true;
    auto held = *family(pair.family);
    tokens::revoke(held, tokens::revocation_reason::logout, clock.now());
    change([&](ports::transaction& tx) { return tx.families().save(held); });
    clock.advance(2s - 1us);
    CHECK_FALSE(find(pair)->family.revoked_at);
    clock.advance(1us);
    CHECK(find(pair)->family.revoked_at);
}

TEST_CASE_METHOD(cached_world, "when both the marks and the store are lost nobody is let in or told that they are not")
{
    make_user("ana@example.org");
    auto const pair = enter("ana@example.org");
    auto const jti = jti_of(pair.family);
    find(pair);
    marks.lost = true;
    store.fail_next_read(errc::unavailable);
    auto const said = cache.find(jti, pair.user.id);
    REQUIRE_FALSE(said);
    CHECK(said.error().code == errc::unavailable);
}

TEST_CASE_METHOD(cached_world, "a token of nobody or of somebody else leads nowhere, and that is not kept")
{
    make_user("ana@example.org");
    auto const eva = make_user("eva@example.org");
    auto const pair = enter("ana@example.org");
    CHECK(cache.find({}, pair.user.id).value() == nullptr);
    CHECK(cache.find(jti_of(pair.family), eva.id).value() == nullptr);
    CHECK(find(pair) != nullptr);
    // nor from what is kept for its owner
    CHECK(cache.find(jti_of(pair.family), eva.id).value() == nullptr);
}

TEST_CASE_METHOD(cached_world, "the cache stays within its bound")
{
    make_user("ana@example.org");
    auto const pair = enter("ana@example.org");
    usecases::access_cache small{store, marks, clock, {2s, 32}};
    auto held = *family(pair.family);
    for (int i = 0; i < 1'000; ++i) {
        held.access_jti.bytes = make_uuid_v7(clock.now(), {static_cast<std::uint8_t>(i), static_cast<std::uint8_t>(i >> 8)});
        REQUIRE(memory.transact([&](ports::transaction& tx) { return tx.families().save(held); }));
        REQUIRE(small.find(held.access_jti, held.owner).value() != nullptr);
    }
    CHECK(small.size() <= 32);
}

TEST_CASE_METHOD(cached_world, "with a cache a caller is known without the store, and felt changes are those of the store")
{
    auto const ana = make_user("ana@example.org");
    auto const pair = enter("ana@example.org");
    usecases::authenticate const by_cache{store, catalogues, clock, codec, tokens_policy, &cache};
    CHECK(granted(by_cache(pair.access_token)).user.id == ana.id);
    store.fail_next_read(errc::unavailable);
    CHECK(granted(by_cache(pair.access_token)).user.id == ana.id);
    marks.lost = true;
    CHECK_FALSE(by_cache(pair.access_token));  // the failure that waited for a read
    marks.lost = false;

    change([&](ports::transaction& tx) -> outcome<void> {
        MB_TRY(auto found, tx.users().find(ana.id));
        found->roles = {"viewer"};
        return tx.users().update(*found);
    });
    CHECK(granted(by_cache(pair.access_token)).user.roles == std::vector<std::string>{"viewer"});
    change([&](ports::transaction& tx) -> outcome<void> {
        MB_CHECK(tx.roles().save({"auditor", "", {}, false, false}));
        return tx.catalogue().advance();
    });
    CHECK(granted(by_cache(pair.access_token)).known->roles.size() == 5);
    change([&](ports::transaction& tx) -> outcome<void> {
        MB_CHECK(tx.families().revoke_all(ana.id, std::nullopt, tokens::revocation_reason::admin, clock.now()));
        return {};
    });
    CHECK(why(by_cache(pair.access_token)) == problem::invalid_token);
}

TEST_CASE_METHOD(cached_world, "what is read with a caller of the cache has the catalogue that was the newest when the request came")
{
    make_user("ana@example.org");
    auto const pair = enter("ana@example.org");
    usecases::authenticate const by_cache{store, catalogues, clock, codec, tokens_policy, &cache};
    int also = 0;
    std::int64_t known = 0;
    auto const count = [&](ports::transaction&, usecases::caller const& who) -> outcome<void> {
        ++also;
        known = who.known->revision;
        return {};
    };
    granted(by_cache(pair.access_token, count));
    granted(by_cache(pair.access_token, count));
    CHECK(also == 2);
    auto const before = known;
    // changed, and not answered yet: the request was under way before
    REQUIRE(memory.transact([](ports::transaction& tx) { return tx.catalogue().advance(); }));
    granted(by_cache(pair.access_token, count));
    CHECK(known == before);
    marks.changed({{}, true, true});
    granted(by_cache(pair.access_token, count));
    CHECK(known == before + 1);
    CHECK(also == 4);
    change([&](ports::transaction& tx) -> outcome<void> {
        MB_CHECK(tx.families().revoke_all(pair.user.id, std::nullopt, tokens::revocation_reason::admin, clock.now()));
        return {};
    });
    CHECK(why(by_cache(pair.access_token, count)) == problem::invalid_token);
    CHECK(also == 4);
}

TEST_CASE_METHOD(cached_world, "a read that meets an altered table is tried once more where the catalogue is still the one that the caller knows")
{
    make_user("ana@example.org");
    auto const pair = enter("ana@example.org");
    usecases::authenticate const by_cache{store, catalogues, clock, codec, tokens_policy, &cache};
    granted(by_cache(pair.access_token));
    int tried = 0;
    auto why = errc::conflict;
    auto const fails_once = [&](ports::transaction&, usecases::caller const&) -> outcome<void> {
        if (++tried == 1) return error{why, "test", "no such column"};
        return {};
    };
    SECTION("unchanged")
    {
        granted(by_cache(pair.access_token, fails_once));
        CHECK(tried == 2);
    }
    SECTION("changed meanwhile")
    {
        REQUIRE(memory.transact([](ports::transaction& tx) { return tx.catalogue().advance(); }));
        granted(by_cache(pair.access_token, fails_once));
        CHECK(tried == 1);
    }
    SECTION("not where the store is away")
    {
        why = errc::unavailable;
        auto const said = by_cache(pair.access_token, fails_once);
        REQUIRE_FALSE(said);
        CHECK(said.error().code == errc::unavailable);
        CHECK(tried == 1);
    }
}

TEST_CASE_METHOD(cached_world, "a token that a rotation replaced is good for its overlap and no longer, from the cache too")
{
    make_user("ana@example.org");
    auto const pair = enter("ana@example.org");
    usecases::authenticate const by_cache{store, catalogues, clock, codec, tokens_policy, &cache};
    granted(by_cache(pair.access_token));
    usecases::refresh_session const refresh{marked, catalogues, clock, random, codec, tokens_policy, watch};
    auto const next = granted(refresh(pair.refresh_token.reveal(), clock.now(), request()));
    granted(by_cache(pair.access_token));
    granted(by_cache(next.access_token));
    clock.advance(tokens_policy.access_overlap - 1us);
    granted(by_cache(pair.access_token));
    clock.advance(1us);
    CHECK(why(by_cache(pair.access_token)) == problem::invalid_token);
    granted(by_cache(next.access_token));
}

TEST_CASE_METHOD(cached_world, "a session that was ended and answered is never let in again, whoever reads meanwhile", "[race]")
{
    // without the stores between that count and fail: they are for one thread
    usecases::marking_store marked_memory{memory, marks, tokens_policy, 2s};
    usecases::access_cache const shared{memory, marks, clock, {}};
    make_user("ana@example.org");
    for (int round = 0; round < 200; ++round) {
        auto const pair = enter("ana@example.org");
        auto const jti = jti_of(pair.family);
        std::atomic<bool> ended = false;
        std::atomic<bool> done = false;
        std::atomic<int> let_in = 0;
        {
            auto const knock = [&] {
                while (!done) {
                    bool const was_ended = ended;
                    auto const found = shared.find(jti, pair.user.id);
                    if (was_ended && found && *found != nullptr && !(*found)->family.revoked_at) ++let_in;
                }
            };
            std::jthread const one(knock);
            std::jthread const other(knock);
            auto held = *family(pair.family);
            tokens::revoke(held, tokens::revocation_reason::logout, clock.now());
            bool const wrote = marked_memory.transact([&](ports::transaction& tx) { return tx.families().save(held); }).has_value();
            ended = true;
            for (int i = 0; i < 50; ++i) (void)shared.find(jti, pair.user.id);
            done = true;
            REQUIRE(wrote);
        }
        REQUIRE(let_in == 0);
    }
}
