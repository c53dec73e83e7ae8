#include "adapters/memory/shared/memory_rolling_counters.hpp"
#include "core/usecases/operations/anomaly_watch.hpp"
#include "tests/contract/samples.hpp"
#include "tests/contract/steps.hpp"
#include "tests/contract/stores.hpp"
#include "tests/fakes/manual_clock.hpp"
#include "tests/fakes/randomness.hpp"

#include <algorithm>
#include <iterator>
#include <latch>
#include <string>
#include <thread>

using namespace mb;
using namespace mb::contract;
using anomaly::kind;

namespace {

identity::user const ana = full_user(1);
identity::user const eva = full_user(2);

void add_people(ports::store& store)
{
    write(store, [](ports::transaction& tx) -> outcome<void> {
        MB_CHECK(tx.users().insert(ana));
        return tx.users().insert(eva);
    });
}

void save(ports::store& store, anomaly::finding const& row)
{
    write(store, [&](ports::transaction& tx) { return tx.anomalies().save(row); });
}

std::optional<anomaly::finding> find(ports::store& store, audit::log_id id)
{
    return look(store, [&](ports::transaction& tx) { return tx.anomalies().find(id); });
}

std::optional<anomaly::finding> find_open(ports::store& store, kind what, std::string_view subject, instant at)
{
    auto const found = look(store, [&](ports::transaction& tx) { return tx.anomalies().find_open(what, subject, at); });
    auto const held = write_for(store, [&](ports::transaction& tx) { return tx.anomalies().find_open(what, subject, at); });
    CHECK(found.has_value() == held.has_value());
    if (found && held) check_same(*held, *found);
    return found;
}

std::size_t rows(ports::store& store)
{
    ports::anomaly_filter all;
    all.limit = 10'000;
    return look(store, [&](ports::transaction& tx) { return tx.anomalies().page(all); }).findings.size();
}

}  // namespace

TEST_CASE("an anomaly comes back with every column as it was", "[contract][anomalies]")
{
    MB_ON_EVERY_STORE(store);
    add_people(store);
    auto const full = full_anomaly(1, ana.id, eva.id);
    save(store, full);
    save(store, bare_anomaly(2));
    check_same(find(store, full.id).value(), full);
    check_same(find(store, bare_anomaly(2).id).value(), bare_anomaly(2));
    CHECK_FALSE(find(store, bare_anomaly(3).id));
}

TEST_CASE("of an anomaly that is there its subject, user, numbers and review change, and what it is does not", "[contract][anomalies]")
{
    MB_ON_EVERY_STORE(store);
    add_people(store);
    auto row = bare_anomaly(1);
    save(store, row);
    auto changed = full_anomaly(1, ana.id, eva.id);
    changed.numbers = {99, 10, 300s};
    changed.at += 1h;
    changed.from += 1h;
    changed.until += 1h;
    save(store, changed);
    row.subject = changed.subject;
    row.user = changed.user;
    row.numbers = changed.numbers;
    row.reviewed_at = changed.reviewed_at;
    row.reviewed_by = changed.reviewed_by;
    check_same(find(store, row.id).value(), row);
    CHECK(rows(store) == 1);
    row.reviewed_at.reset();
    row.reviewed_by.reset();
    save(store, row);
    check_same(find(store, row.id).value(), row);
}

TEST_CASE("an anomaly is open for its kind and subject until the end of its window, not AT it", "[contract][anomalies]")
{
    MB_ON_EVERY_STORE(store);
    auto row = bare_anomaly(1);
    row.subject = "one";
    save(store, row);
    auto const open = [&](kind what, std::string_view subject, instant at) { return find_open(store, what, subject, at).has_value(); };
    CHECK(open(row.what, "one", row.until - tick));
    CHECK_FALSE(open(row.what, "one", row.until));
    CHECK_FALSE(open(kind::brute_force, "one", row.at));
    CHECK_FALSE(open(row.what, "One", row.at));
    CHECK_FALSE(open(row.what, "", row.at));
    auto next = bare_anomaly(2);
    next.subject = "one";
    save(store, next);
    CHECK((find_open(store, row.what, "one", row.at)->id == next.id));
}

TEST_CASE("each filter of anomalies finds what fits it, in pages of any size", "[contract][anomalies]")
{
    MB_ON_EVERY_STORE(store);
    add_people(store);
    write(store, [](ports::transaction& tx) -> outcome<void> {
        for (std::uint32_t i = 0; i < 30; ++i) {
            auto row = bare_anomaly(i);
            row.at = start + std::chrono::seconds{i / 2};
            row.what = anomaly::kinds[i % 3];
            if (i % 5 == 0) {
                row.reviewed_at = row.at + 1s;
                row.reviewed_by = eva.id;
            }
            MB_CHECK(tx.anomalies().save(row));
        }
        return {};
    });
    auto const all = [&](ports::anomaly_filter filter) {
        std::vector<std::uint32_t> found;
        for (int pages = 0;; ++pages) {
            REQUIRE(pages < 100);
            auto const page = look(store, [&](ports::transaction& tx) { return tx.anomalies().page(filter); });
            REQUIRE(page.findings.size() <= filter.limit);
            for (auto const& row : page.findings)
                for (std::uint32_t i = 0; i < 30; ++i)
                    if (row.id == nth<audit::log_id>(i)) found.push_back(i);
            if (!page.next) return found;
            filter.before = page.next;
        }
    };
    auto const wanted = [](bool (*fits)(std::uint32_t)) {
        std::vector<std::uint32_t> found;
        for (std::uint32_t i = 30; i-- > 0;)
            if (fits(i)) found.push_back(i);
        return found;
    };
    for (auto const& [limit, examined] : {std::pair<std::size_t, std::size_t>{1, 100}, {4, 3}, {100, 100}, {100, 7}}) {
        ports::anomaly_filter filter;
        filter.limit = limit;
        filter.examined_max = examined;
        CHECK(all(filter) == wanted([](std::uint32_t) { return true; }));
        auto some = filter;
        some.what = kind::brute_force;
        CHECK(all(some) == wanted([](std::uint32_t i) { return i % 3 == 1; }));
        some.reviewed = true;
        CHECK(all(some) == wanted([](std::uint32_t i) { return i % 3 == 1 && i % 5 == 0; }));
        some = filter;
        some.reviewed = false;
        CHECK(all(some) == wanted([](std::uint32_t i) { return i % 5 != 0; }));
        some = filter;
        some.from = start + 3s;
        some.until = start + 5s;
        CHECK(all(some) == wanted([](std::uint32_t i) { return i >= 6 && i < 10; }));
    }
}

TEST_CASE("anomalies and their reviews are anonymised from their day on, in batches, each once", "[contract][anomalies]")
{
    MB_ON_EVERY_STORE(store);
    add_people(store);
    for (std::uint32_t i = 0; i < 4; ++i) save(store, full_anomaly(i, ana.id, eva.id));
    save(store, bare_anomaly(4));  // says nobody from the start
    auto const anonymise = [&](instant before, std::size_t batch) {
        return write_for(store, [&](ports::transaction& tx) { return tx.anomalies().anonymise(before, batch); });
    };
    auto const last = full_anomaly(3, ana.id, eva.id);
    CHECK(anonymise(full_anomaly(0, ana.id, eva.id).at - tick, 10) == 0);
    CHECK(anonymise(last.at, 3) == 3);  // reviews are later than what they review
    CHECK(anonymise(last.at, 3) == 1);
    CHECK(anonymise(last.at, 3) == 0);
    for (std::uint32_t i = 0; i < 4; ++i) {
        auto const row = find(store, nth<audit::log_id>(i)).value();
        CHECK_FALSE(row.user);
        CHECK(row.subject.empty());
        CHECK((row.reviewed_by == eva.id));
    }
    CHECK(anonymise(*last.reviewed_at - tick, 10) == 3);
    CHECK(anonymise(*last.reviewed_at, 10) == 1);
    CHECK(anonymise(start + 24h, 10) == 0);
    auto const row = find(store, last.id).value();
    CHECK_FALSE(row.reviewed_by);
    CHECK((row.reviewed_at == last.reviewed_at));
    CHECK((row.numbers == last.numbers));
}

TEST_CASE("of replicas that find one anomaly at once, one writes it and its event", "[contract][anomalies][race]")
{
    MB_ON_EVERY_STORE(store);
    fakes::manual_clock const clock;
    fakes::counting_randomness const random;
    memory::memory_rolling_counters counters(clock);
    constexpr std::size_t rounds = 200;
    for (std::size_t round = 0; round < rounds; ++round) {
        auto const identity = "identity " + std::to_string(round);
        usecases::anomaly_watch one(counters, random);
        usecases::anomaly_watch other(counters, random);
        for (int i = 0; i < 12; ++i) {
            usecases::failed_login const failed{std::nullopt, identity, ports::new_id<audit::log_id>(random, clock.now()),
                                                problem::invalid_credentials};
            (i % 2 == 0 ? one : other).login_failed(failed, {}, clock.now());
        }
        std::size_t told_here = 0;
        bool failed_there = true;
        std::size_t told_there = 0;
        std::latch ready(2);
        {
            std::jthread const beside([&] {
                ready.arrive_and_wait();
                if (auto const told = other.flush(store)) {
                    told_there = told->size();
                    failed_there = false;
                }
            });
            ready.arrive_and_wait();
            told_here = must(one.flush(store)).size();
        }
        REQUIRE_FALSE(failed_there);
        REQUIRE(told_here + told_there == 1);
    }
    CHECK(rows(store) == rounds);
    CHECK(look(store, [](ports::transaction& tx) { return tx.audit().newest(10'000); }).size() == rounds);
}
