#include "tests/contract/entity_samples.hpp"
#include "tests/contract/steps.hpp"
#include "tests/contract/stores.hpp"

#include <algorithm>
#include <atomic>
#include <functional>
#include <thread>

using namespace mb;
using namespace mb::contract;
using mb::entities::cell;
using mb::entities::record_id;

namespace {

identity::user const owner = full_user(1);
entities::entity_definition const things = entity(100, "things", {field(101, "x", shape::kind::integer)});

/// One row of everything.
void seed(ports::store& store)
{
    define(store, things);
    write(store, [](ports::transaction& tx) -> outcome<void> {
        MB_CHECK(tx.users().insert(owner));
        MB_CHECK(tx.families().save(bare_family(1, owner.id)));
        MB_CHECK(tx.email_tokens().save(bare_email_token(1, owner.id)));
        MB_CHECK(tx.lockouts().save({"pseudonym", "", 1, {}, start}));
        MB_CHECK(tx.signing_keys().save(full_key(1)));
        MB_CHECK(tx.roles().save({"guest", "first", {}, false, false}));
        MB_CHECK(tx.outbox().append(mail(1)));
        MB_CHECK(tx.records().insert(things, record_of(1, {cell{std::int64_t{1}}})));
        return {};
    });
}

/// A repository's method that writes, by name.
struct writing_call {
    char const* name;
    std::function<outcome<void>(ports::transaction&)> call;
};

template <class T>
outcome<void> dropped(outcome<T> got)
{
    MB_CHECK(std::move(got));
    return {};
}

std::vector<writing_call> writing_calls()
{
    using tx = ports::transaction;
    auto renamed = owner;
    renamed.display_name = "renamed";
    auto moved = bare_family(1, owner.id);
    moved.access_jti = nth<tokens::token_id>(900);
    auto spent = bare_email_token(1, owner.id);
    spent.used_at = start;
    auto changed = record_of(1, {cell{std::int64_t{2}}});
    changed.version = 2;
    auto retitled = things;
    retitled.display_name = "retitled";
    return {
        {"users.insert", [](tx& t) { return t.users().insert(full_user(2)); }},
        {"users.update", [=](tx& t) { return t.users().update(renamed); }},
        {"families.save", [=](tx& t) { return t.families().save(moved); }},
        {"families.revoke_all",
         [](tx& t) { return dropped(t.families().revoke_all(owner.id, std::nullopt, tokens::revocation_reason::admin, start)); }},
        {"families.purge", [](tx& t) { return dropped(t.families().purge(start + 10'000h, 10)); }},
        {"email_tokens.save", [=](tx& t) { return t.email_tokens().save(spent); }},
        {"email_tokens.purge", [](tx& t) { return dropped(t.email_tokens().purge(start + 10'000h, 10)); }},
        {"lockouts.save",
         [](tx& t) {
             return t.lockouts().save({"pseudonym", "", 2, {}, start});
         }},
        {"lockouts.clear", [](tx& t) { return t.lockouts().clear("pseudonym", std::nullopt); }},
        {"lockouts.purge", [](tx& t) { return dropped(t.lockouts().purge(start, 10)); }},
        {"signing_keys.save", [](tx& t) { return t.signing_keys().save(bare_key(1)); }},
        {"signing_keys.purge", [](tx& t) { return dropped(t.signing_keys().purge(start + 10'000h, 10)); }},
        {"roles.save",
         [](tx& t) {
             return t.roles().save({"guest", "second", {}, false, false});
         }},
        {"catalogue.advance", [](tx& t) { return t.catalogue().advance(); }},
        {"catalogue.count_restore", [](tx& t) { return dropped(t.catalogue().count_restore()); }},
        {"audit.append", [](tx& t) { return t.audit().append(bare_event(1)); }},
        {"login_attempts.append", [](tx& t) { return t.login_attempts().append(bare_attempt(1)); }},
        {"outbox.append", [](tx& t) { return t.outbox().append(mail(2)); }},
        {"outbox.take", [](tx& t) { return dropped(t.outbox().take(mail(1).id, start + 1s, start + 1min)); }},
        {"outbox.mark_sent", [](tx& t) { return t.outbox().mark_sent(mail(1).id, start); }},
        {"outbox.mark_failed", [](tx& t) { return t.outbox().mark_failed(mail(1).id, "why", start, std::nullopt); }},
        {"outbox.purge", [](tx& t) { return dropped(t.outbox().purge(start + 10'000h, 10)); }},
        {"records.insert", [](tx& t) { return dropped(t.records().insert(things, record_of(2, {{}}))); }},
        {"records.update", [=](tx& t) { return dropped(t.records().update(things, changed, 1)); }},
        {"records.remove", [](tx& t) { return dropped(t.records().remove(things, nth<record_id>(1), std::nullopt)); }},
        {"entities.save", [=](tx& t) { return t.entities().save(retitled); }},
        {"entities.alter", [](tx& t) { return t.entities().alter(things, {entities::drop_column{things.fields[0]}}); }},
        {"entities.remove", [](tx& t) { return t.entities().remove(things.id); }},
        {"entities.next_number", [](tx& t) { return dropped(t.entities().next_number()); }},
    };
}

/// Claims that the store holds what seed() wrote and nothing else.
void check_untouched(ports::store& store, std::int64_t revision)
{
    must(store.read([&](ports::transaction& tx) -> outcome<void> {
        MB_TRY(auto const users, tx.users().list({}));
        REQUIRE(users.size() == 1);
        check_same(users[0], owner);
        MB_TRY(auto const family, tx.families().find(bare_family(1, owner.id).id));
        check_same(family.value(), bare_family(1, owner.id));
        MB_TRY(auto const token, tx.email_tokens().find(bare_email_token(1, owner.id).id));
        check_same(token.value(), bare_email_token(1, owner.id));
        MB_TRY(auto const counter, tx.lockouts().find("pseudonym", ""));
        check_same(counter.value(), {"pseudonym", "", 1, {}, start});
        MB_TRY(auto const keys, tx.signing_keys().list());
        REQUIRE(keys.size() == 1);
        check_same(keys[0], full_key(1));
        MB_TRY(auto const roles, tx.roles().list());
        auto const guest = std::ranges::find(roles, "guest", &access::role::name);
        REQUIRE(guest != roles.end());
        CHECK(guest->description == "first");
        MB_TRY(auto const now_at, tx.catalogue().current());
        CHECK(now_at == revision);
        MB_TRY(auto const events, tx.audit().newest(5));
        CHECK(events.empty());
        MB_TRY(auto const attempts, tx.login_attempts().newest(5));
        CHECK(attempts.empty());
        MB_TRY(auto const mails, tx.outbox().newest(5));
        REQUIRE(mails.size() == 1);
        check_same(mails[0].message, mail(1));
        CHECK(mails[0].attempts == 0);
        CHECK_FALSE(mails[0].sent_at);
        MB_TRY(auto const definition, tx.entities().find(things.id));
        check_same(definition.value(), things);
        MB_TRY(auto const records, tx.records().page(things, {}));
        REQUIRE(records.records.size() == 1);
        check_same(records.records[0], record_of(1, {cell{std::int64_t{1}}}));
        return {};
    }));
}

std::int64_t revision_of(ports::store& store)
{
    return look(store, [](ports::transaction& tx) { return tx.catalogue().current(); });
}

}  // namespace

TEST_CASE("an error rolls back everything, in every repository", "[contract][transactions]")
{
    MB_ON_EVERY_STORE(store);
    seed(store);
    auto const revision = revision_of(store);

    SECTION("after each single write")
    {
        for (auto const& each : writing_calls()) {
            INFO(each.name);
            auto const ended = store.transact([&](ports::transaction& tx) -> outcome<void> {
                MB_CHECK(each.call(tx));
                return error{errc::corrupt, "test", "on purpose"};
            });
            CHECK(failure(ended) == errc::corrupt);
            check_untouched(store, revision);
        }
    }
    SECTION("after many writes in one transaction")
    {
        auto const ended = store.transact([&](ports::transaction& tx) -> outcome<void> {
            for (auto const& each : writing_calls()) {
                if (std::string_view(each.name) == "entities.alter") break;  // what follows needs no column that is gone
                MB_CHECK(each.call(tx));
            }
            return error{errc::busy, "test", "on purpose"};
        });
        CHECK(failure(ended) == errc::busy);
        check_untouched(store, revision);
    }
    SECTION("and the store goes on working")
    {
        (void)store.transact([](ports::transaction&) -> outcome<void> { return error{errc::unavailable, "test", ""}; });
        write(store, [](ports::transaction& tx) { return tx.users().insert(full_user(2)); });
        CHECK(look(store, [](ports::transaction& tx) { return tx.users().find(full_user(2).id); }));
    }
}

TEST_CASE("writing through read() is refused as unexpected, in every repository", "[contract][transactions]")
{
    MB_ON_EVERY_STORE(store);
    seed(store);
    auto const revision = revision_of(store);
    for (auto const& each : writing_calls()) {
        INFO(each.name);
        CHECK(failure(store.read([&](ports::transaction& tx) { return each.call(tx); })) == errc::unexpected);
        // not even where the work passes over it
        must(store.read([&](ports::transaction& tx) -> outcome<void> {
            (void)each.call(tx);
            return {};
        }));
    }
    check_untouched(store, revision);
}

TEST_CASE("a denial is a value: what was written on its way is committed", "[contract][transactions]")
{
    MB_ON_EVERY_STORE(store);
    seed(store);
    auto const refused = write_for(store, [](ports::transaction& tx) -> outcome<tokens::refresh_refusal> {
        MB_TRY(auto held, tx.families().find(bare_family(1, owner.id).id));
        auto const decision =
            tokens::decide_refresh(*held, {nth<tokens::token_id>(77), start, start}, nth<tokens::token_id>(78), nth<tokens::token_id>(79), "kid", {});
        auto const refusal = std::get<tokens::refresh_refusal>(decision);
        tokens::revoke(*held, tokens::revocation_reason::stolen, start);
        MB_CHECK(tx.families().save(*held));
        return refusal;
    });
    CHECK((refused == tokens::refresh_refusal::stolen));
    auto const held = look(store, [](ports::transaction& tx) { return tx.families().find(bare_family(1, owner.id).id); });
    CHECK((held->revoked_reason == tokens::revocation_reason::stolen));
}

TEST_CASE("a transaction sees what it wrote itself", "[contract][transactions]")
{
    MB_ON_EVERY_STORE(store);
    seed(store);
    write(store, [](ports::transaction& tx) -> outcome<void> {
        MB_CHECK(tx.users().insert(full_user(2)));
        MB_TRY(auto const found, tx.users().find(full_user(2).address));
        check_same(found.value(), full_user(2));
        MB_CHECK(tx.records().insert(things, record_of(2, {{}})));
        MB_TRY(auto const count, tx.records().count(things, {}, 10));
        CHECK(count == 2);
        MB_CHECK(tx.records().remove(things, nth<record_id>(1), 1));
        MB_TRY(auto const page, tx.records().page(things, {}));
        CHECK(page.records.size() == 1);
        return {};
    });
}

TEST_CASE("a transaction that reads only, and one that does nothing, succeed", "[contract][transactions]")
{
    MB_ON_EVERY_STORE(store);
    must(store.transact([](ports::transaction& tx) -> outcome<void> {
        MB_CHECK(tx.users().list({}));
        return {};
    }));
    must(store.transact([](ports::transaction&) -> outcome<void> { return {}; }));
    must(store.read([](ports::transaction&) -> outcome<void> { return {}; }));
    CHECK(failure(store.read([](ports::transaction&) -> outcome<void> { return error{errc::corrupt, "test", ""}; })) == errc::corrupt);
}

TEST_CASE("a reader sees one snapshot while a writer commits", "[contract][transactions][race]")
{
    MB_ON_EVERY_STORE(store);
    define(store, things);
    write(store, [](ports::transaction& tx) -> outcome<void> {
        MB_CHECK(tx.records().insert(things, record_of(1, {cell{std::int64_t{0}}})));
        MB_CHECK(tx.records().insert(things, record_of(2, {cell{std::int64_t{0}}})));
        return {};
    });

    constexpr std::int64_t rounds = 300;
    std::atomic<bool> done = false;
    std::atomic<bool> wrote_all = true;
    std::thread writer([&] {
        for (std::int64_t round = 1; round <= rounds; ++round) {
            auto const written = store.transact([&](ports::transaction& tx) -> outcome<void> {
                for (std::uint32_t number : {1u, 2u}) {
                    auto each = record_of(number, {cell{round}});
                    each.version = round + 1;
                    MB_CHECK(tx.records().update(things, each, round));
                }
                return {};
            });
            if (!written) wrote_all = false;
        }
        done = true;
    });

    int torn = 0;
    int backwards = 0;
    int failed = 0;
    cell last = std::int64_t{0};
    do {
        cell first;
        cell second;
        cell first_again;
        auto const got = store.read([&](ports::transaction& tx) -> outcome<void> {
            MB_TRY(auto const a, tx.records().find(things, nth<record_id>(1)));
            std::this_thread::yield();
            MB_TRY(auto const b, tx.records().find(things, nth<record_id>(2)));
            MB_TRY(auto const c, tx.records().find(things, nth<record_id>(1)));
            first = a->cells[0];
            second = b->cells[0];
            first_again = c->cells[0];
            return {};
        });
        failed += !got;
        torn += first != second || first != first_again;
        backwards += first < last;
        last = first;
    } while (!done);
    writer.join();
    CHECK(wrote_all);
    CHECK(failed == 0);
    CHECK(torn == 0);
    CHECK(backwards == 0);
    CHECK((find(store, things, nth<record_id>(1))->cells[0] == cell{rounds}));
}
