#include "core/usecases/operations/list_events.hpp"
#include "core/usecases/operations/seal_audit.hpp"
#include "core/usecases/operations/verify_audit.hpp"
#include "tests/unit/access/together.hpp"
#include "tests/unit/access/world.hpp"

#include <algorithm>

using namespace mb;
using namespace mb::testing;
using namespace std::chrono_literals;

namespace {

struct sealing_world : world {
    usecases::sealing_policy policy = [] {
        usecases::sealing_policy small;
        small.batch = 4;
        return small;
    }();
    usecases::seal_audit seal{store, clock, random, digests, policy};
    usecases::verify_audit verify{store, digests};

    usecases::sealed_audit sealed()
    {
        auto const done = seal();
        REQUIRE(done);
        return *done;
    }
    usecases::audit_verdict verdict()
    {
        auto said = verify(std::nullopt, 100);
        REQUIRE(said);
        return *std::move(said);
    }
    /// One more row, which happened at that time.
    void add(instant at)
    {
        auto row = audit::make_event(ports::new_id<audit::log_id>(random, at), audit::event_type::logout, request(), at);
        row.user = user("root@example.org").id;
        REQUIRE(memory.transact([&](ports::transaction& tx) { return tx.audit().append(row); }));
    }
    std::vector<audit::seal> seals()
    {
        auto found = ports::read(memory, [](ports::transaction& tx) { return tx.audit_seals().after(0, 1000); });
        REQUIRE(found);
        return *std::move(found);
    }
    std::size_t rows() { return events().size(); }
};

}  // namespace

TEST_CASE_METHOD(sealing_world, "rows are sealed once they are settled, not one tick before, in batches that follow each other")
{
    auto const written = rows();
    REQUIRE(written >= 3);
    clock.advance(policy.settled - 1us);
    CHECK(sealed().rows == 0);
    clock.advance(1us);
    for (int i = 0; i < 9; ++i) {
        clock.advance(1s);
        add(clock.now());
    }
    clock.advance(policy.settled);
    auto const done = sealed();
    CHECK(done.rows == written + 9);
    CHECK(done.late == 0);
    CHECK(done.seals == (written + 9 + 3) / 4);
    CHECK(sealed().rows == 0);
    auto const found = verdict();
    CHECK(found.findings_total == 0);
    CHECK(found.rows == written + 9);
    CHECK(found.unsealed == 0);
    CHECK(found.seals == done.seals);
    CHECK(found.last->number == static_cast<std::int64_t>(done.seals));
}

TEST_CASE_METHOD(sealing_world, "a row that comes late is sealed with the next, and one that comes too late was put there")
{
    clock.advance(10min);
    sealed();
    clock.advance(10min);
    add(clock.now() - 1min);
    sealed();
    auto const end = seals().back().through.at;
    add(end - policy.late + 1us);
    auto const done = sealed();
    CHECK(done.late == 1);
    CHECK(done.rows == 1);
    CHECK(sealed().rows == 0);
    CHECK(verdict().findings_total == 0);

    add(end - 5min);
    CHECK(sealed().rows == 0);
    auto const found = verdict();
    REQUIRE(found.findings_total == 1);
    CHECK(found.findings[0].what == usecases::tampering::row_inserted);
}

TEST_CASE_METHOD(sealing_world, "rows of one moment that fall into several batches are sealed once each")
{
    clock.advance(1min);
    sealed();
    auto const moment = clock.now() + 1min;
    for (int i = 0; i < 10; ++i) add(moment);
    clock.advance(5min);
    CHECK(sealed().rows == 10);
    CHECK(verdict().findings_total == 0);
}

TEST_CASE_METHOD(sealing_world, "of two servers that seal at once each row is sealed once")
{
    constexpr int rounds = 200;
    for (int round = 0; round < rounds; ++round) {
        clock.advance(5min);
        for (int i = 0; i < 5; ++i) add(clock.now() - 1min - std::chrono::microseconds{i});
        std::optional<outcome<usecases::sealed_audit>> done[2];
        together(2, [&](int which) { done[which] = usecases::seal_audit(memory, clock, random, digests, policy)(); });
        for (auto const& each : done) REQUIRE(each->has_value());
        sealed();
    }
    auto const found = verdict();
    CHECK(found.findings_total == 0);
    CHECK(found.rows >= 5 * rounds);
    CHECK(found.unsealed == 0);
}

TEST_CASE_METHOD(sealing_world, "an erased account and an anonymised time leave the chain whole")
{
    auto const ana = make_user("ana@example.org");
    enter("ana@example.org");
    clock.advance(1min);
    sealed();
    granted(erase_account(ana.id, admin(), request()));
    auto found = verdict();
    CHECK(found.findings_total == 0);
    CHECK(found.forgotten > 0);

    clock.advance(std::chrono::days{91});
    sealed();
    REQUIRE(purge());
    for (auto const& each : seals()) CHECK(each.salt.has_value() == (each.through.at > clock.now() - std::chrono::days{90}));
    found = verdict();
    CHECK(found.findings_total == 0);
    CHECK(found.forgotten == found.rows);
}

TEST_CASE_METHOD(sealing_world, "a seal that was noted outside has to be there, as it was noted")
{
    clock.advance(1min);
    sealed();
    auto const last = *verdict().last;
    CHECK(verify(last, 10)->findings_total == 0);
    auto other = last;
    other.digest[0] ^= 1;
    REQUIRE(verify(other, 10)->findings_total == 1);
    CHECK(verify(other, 10)->findings[0].what == usecases::tampering::seal_changed);
    other = last;
    ++other.number;
    REQUIRE(verify(other, 10)->findings_total == 1);
    CHECK(verify(other, 10)->findings[0].what == usecases::tampering::seal_missing);
}

TEST_CASE_METHOD(sealing_world, "whichever call of the storage fails while sealing, nothing is sealed twice or left out")
{
    for (int i = 0; i < 6; ++i) {
        clock.advance(1s);
        add(clock.now());
    }
    clock.advance(1min);
    for (int calls = 0;; ++calls) {
        REQUIRE(calls < 100);
        brittle.calls_left = calls;
        auto const done = seal();
        brittle.calls_left.reset();
        CHECK(verdict().findings_total == 0);
        if (done) break;
        CHECK(done.error().code == errc::busy);
    }
    CHECK(verdict().unsealed == 0);
}

TEST_CASE_METHOD(sealing_world, "only who administers reads the audit log, and taking it as a file is written down")
{
    usecases::list_events const list(store, store, clock, random);
    auto const ana = make_user("ana@example.org");
    usecases::caller const who{ana, std::nullopt, catalogues.current()};
    auto const before = rows();
    CHECK(why(list({}, who, request())) == problem::forbidden);
    CHECK(why(list.to_file({}, "", who, request())) == problem::forbidden);
    CHECK(event_names(before) == std::vector<std::string>{"PERMISSION_DENIED", "PERMISSION_DENIED"});
    CHECK(granted(list({}, admin(), request())).events.size() == std::min<std::size_t>(before + 2, 20));
    CHECK(rows() == before + 2);
    auto const file = granted(list.to_file({}, "event=LOGOUT", admin(), request()));
    CHECK(events(1).front().type == audit::event_type::bulk_exported);
    CHECK(value_of(events(1).front(), "rows") == std::to_string(file.events.size()));
    CHECK(value_of(events(1).front(), "filter") == "event=LOGOUT");
}
