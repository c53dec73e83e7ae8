#include "tests/adapters/sqlite/support.hpp"

#include <catch2/catch.hpp>
#include <sys/resource.h>

#include <atomic>
#include <barrier>
#include <csignal>
#include <stdexcept>
#include <thread>

using namespace mb;
using namespace mb::sqlite::testing;

namespace {

/// Keeps the writer busy with one work until it is let go, so that works gather behind it.
class held_writer {
public:
    explicit held_writer(ports::store& store)
        : thread_([&store, this] {
              (void)store.transact([this](ports::transaction&) -> outcome<void> {
                  entered_.store(true);
                  entered_.notify_all();
                  go_.wait(false);
                  return {};
              });
          })
    {
        entered_.wait(false);
    }
    void let_go()
    {
        go_.store(true);
        go_.notify_all();
        thread_.join();
    }

private:
    std::atomic<bool> entered_{false};
    std::atomic<bool> go_{false};
    std::thread thread_;
};

/// As long as it lives, no file of this process grows past the limit: a disk without room, for who is no root.
class file_size_limit {
public:
    explicit file_size_limit(rlim_t bytes) : signal_(std::signal(SIGXFSZ, SIG_IGN))
    {
        ::getrlimit(RLIMIT_FSIZE, &before_);
        rlimit const lowered{bytes, before_.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &lowered);
    }
    ~file_size_limit()
    {
        ::setrlimit(RLIMIT_FSIZE, &before_);
        std::signal(SIGXFSZ, signal_);
    }
    file_size_limit(file_size_limit const&) = delete;
    file_size_limit& operator=(file_size_limit const&) = delete;

private:
    rlimit before_{};
    void (*signal_)(int);
};

std::size_t users_of(sqlite::sqlite_store& store)
{
    ports::user_filter everybody;
    everybody.limit = 1'000;
    auto const listed = ports::read(store, [&](ports::transaction& tx) { return tx.users().list(everybody); });
    REQUIRE(listed);
    return listed->size();
}

outcome<void> insert(ports::store& into, std::uint64_t number, bool fail = false)
{
    return into.transact([&](ports::transaction& tx) -> outcome<void> {
        MB_CHECK(tx.users().insert(sample_user(number)));
        if (fail) return error{errc::unexpected, "test", "on purpose"};
        return {};
    });
}

}  // namespace

TEST_CASE("works that wait together share commits, and the ones that fail take nothing with them")
{
    folder const here;
    auto store = fresh_store(here.file("db"));
    auto const before = store->commits();
    constexpr std::size_t total = 32;
    held_writer held{*store};
    std::atomic<int> succeeded = 0;
    std::atomic<int> failed = 0;
    std::vector<std::thread> callers;
    for (std::size_t i = 0; i < total; ++i) callers.emplace_back([&, i] { (insert(*store, i, i % 4 == 0) ? succeeded : failed)++; });
    while (store->commits().waiting < total) std::this_thread::yield();
    held.let_go();
    for (auto& each : callers) each.join();
    CHECK(succeeded == 24);
    CHECK(failed == 8);
    CHECK(users_of(*store) == 24);
    auto const after = store->commits();
    CHECK(after.commits - before.commits == 2);  // the held work's, and one for all the others
    CHECK(after.works - before.works == 1 + 24);
    for (std::size_t i = 0; i < total; ++i) {
        auto const found = ports::read(*store, [&](ports::transaction& tx) { return tx.users().find(numbered<identity::user_id>(i)); });
        REQUIRE(found);
        CHECK(found->has_value() == (i % 4 != 0));
    }
}

TEST_CASE("a work that fails inside a batch undoes only itself, in 200 rounds")
{
    folder const here;
    auto store = fresh_store(here.file("db"), {.synchronous = sqlite::durability::normal});
    auto const before = store->commits();
    for (std::uint64_t round = 0; round < 200; ++round) {
        std::barrier together{3};
        auto const caller = [&](std::uint64_t which, bool fail) {
            together.arrive_and_wait();
            auto const ended = insert(*store, round * 3 + which, fail);
            if (ended.has_value() == fail) std::abort();
        };
        std::thread first(caller, 0, false);
        std::thread second(caller, 1, true);
        std::thread third(caller, 2, false);
        first.join();
        second.join();
        third.join();
    }
    CHECK(users_of(*store) == 400);
    auto const after = store->commits();
    INFO("commits: " << after.commits - before.commits);
    CHECK(after.commits - before.commits < 600);
}

TEST_CASE("a work that fails alone leaves nothing, and the next one works")
{
    folder const here;
    auto store = fresh_store(here.file("db"));
    auto const refused = insert(*store, 1, true);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().detail == "on purpose");
    CHECK(users_of(*store) == 0);
    CHECK(insert(*store, 1));
    CHECK(users_of(*store) == 1);
}

TEST_CASE("what a work throws reaches its caller, and nothing of the work stays")
{
    auto const in_file = GENERATE(true, false);
    folder const here;
    auto store = fresh_store(in_file ? here.file("db") : std::string(sqlite::memory_path));
    CHECK_THROWS_AS(store->transact([](ports::transaction& tx) -> outcome<void> {
        MB_CHECK(tx.users().insert(sample_user(1)));
        throw std::runtime_error("out of memory, say");
    }),
                    std::runtime_error);
    CHECK_THROWS_AS(store->read([](ports::transaction&) -> outcome<void> { throw std::runtime_error("again"); }), std::runtime_error);
    CHECK(users_of(*store) == 0);
    CHECK(insert(*store, 1));
}

TEST_CASE("a conflict is tried three times, and no more")
{
    folder const here;
    auto store = fresh_store(here.file("db"));
    int runs = 0;
    auto const lost = store->transact([&](ports::transaction&) -> outcome<void> {
        ++runs;
        return error{errc::conflict, "test", ""};
    });
    REQUIRE_FALSE(lost);
    CHECK(lost.error().code == errc::conflict);
    CHECK(runs == 3);

    runs = 0;
    CHECK(store->transact([&](ports::transaction& tx) -> outcome<void> {
        MB_CHECK(tx.users().insert(sample_user(1)));
        if (++runs < 3) return error{errc::conflict, "test", ""};
        return {};
    }));
    CHECK(users_of(*store) == 1);
}

TEST_CASE("writing through a read is refused and changes nothing")
{
    auto const in_file = GENERATE(true, false);
    folder const here;
    auto store = fresh_store(in_file ? here.file("db") : std::string(sqlite::memory_path));
    auto const refused = store->read([](ports::transaction& tx) { return tx.users().insert(sample_user(1)); });
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == errc::unexpected);
    CHECK(users_of(*store) == 0);
    CHECK(insert(*store, 1));
    CHECK(users_of(*store) == 1);
}

TEST_CASE("a read sees one snapshot, whatever is committed meanwhile")
{
    folder const here;
    auto store = fresh_store(here.file("db"));
    REQUIRE(insert(*store, 1));
    CHECK(store->read([&](ports::transaction& tx) -> outcome<void> {
        MB_TRY(auto const before, tx.users().find(numbered<identity::user_id>(1)));
        std::thread([&] { REQUIRE(insert(*store, 2)); }).join();
        MB_TRY(auto const meanwhile, tx.users().find(numbered<identity::user_id>(2)));
        CHECK(before.has_value());
        CHECK_FALSE(meanwhile.has_value());
        return {};
    }));
    CHECK(users_of(*store) == 2);
}

TEST_CASE("readers wait for a free connection and all get one")
{
    folder const here;
    auto store = fresh_store(here.file("db"), {.readers = 2});
    REQUIRE(insert(*store, 1));
    std::atomic<int> inside = 0;
    std::atomic<int> most = 0;
    std::atomic<int> answered = 0;
    std::vector<std::thread> callers;
    for (int i = 0; i < 8; ++i)
        callers.emplace_back([&] {
            for (int round = 0; round < 200; ++round) {
                auto const ended = store->read([&](ports::transaction& tx) -> outcome<void> {
                    int const now = ++inside;
                    for (int seen = most; seen < now && !most.compare_exchange_weak(seen, now);) {}
                    MB_CHECK(tx.users().find(numbered<identity::user_id>(1)));
                    --inside;
                    return {};
                });
                if (ended) ++answered;
            }
        });
    for (auto& each : callers) each.join();
    CHECK(answered == 1'600);
    CHECK(most <= 2);
}

TEST_CASE("a store in memory serves readers and writers of several threads")
{
    auto store = fresh_store(sqlite::memory_path);
    std::vector<std::thread> callers;
    std::atomic<int> failures = 0;
    for (std::uint64_t i = 0; i < 4; ++i)
        callers.emplace_back([&, i] {
            for (std::uint64_t round = 0; round < 50; ++round) {
                if (!insert(*store, i * 1'000 + round)) ++failures;
                if (!ports::read(*store, [](ports::transaction& tx) { return tx.catalogue().current(); })) ++failures;
            }
        });
    for (auto& each : callers) each.join();
    CHECK(failures == 0);
    CHECK(users_of(*store) == 200);
}

TEST_CASE("another process that holds the file too long makes a work busy, and it can be tried again")
{
    folder const here;
    auto ours = fresh_store(here.file("db"), {.busy_wait = std::chrono::milliseconds{1}});
    auto theirs = fresh_store(here.file("db"));
    held_writer held{*theirs};
    auto const refused = insert(*ours, 1);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == errc::busy);
    held.let_go();
    CHECK(insert(*ours, 1));
}

TEST_CASE("what was committed is there when the file is opened again, in one file without a log")
{
    folder const here;
    {
        auto store = fresh_store(here.file("db"));
        REQUIRE(insert(*store, 1));
        CHECK(std::filesystem::exists(here.file("db-wal")));
    }
    CHECK_FALSE(std::filesystem::exists(here.file("db-wal")));
    auto store = fresh_store(here.file("db"));
    CHECK(users_of(*store) == 1);
    CHECK(store->integrity_check());
}

TEST_CASE("a full disk makes works unavailable while readers go on, and room brings it back without a restart")
{
    folder const here;
    auto store = fresh_store(here.file("db"));
    REQUIRE(insert(*store, 1));
    {
        file_size_limit const full{4'096};  // the log is longer already: nothing can be appended
        for (std::uint64_t number = 2; number < 5; ++number) {
            auto const refused = insert(*store, number);
            REQUIRE_FALSE(refused);
            CHECK(refused.error().code == errc::unavailable);
        }
        CHECK(users_of(*store) == 1);
    }
    CHECK(insert(*store, 2));
    CHECK(users_of(*store) == 2);
    CHECK(store->integrity_check());
}

TEST_CASE("a disk that fills up in the middle of a batch leaves nothing of any work that was refused")
{
    folder const here;
    auto store = fresh_store(here.file("db"));
    held_writer held{*store};
    std::atomic<int> kept = 0;
    std::vector<std::thread> callers;
    for (std::uint64_t i = 0; i < 16; ++i)
        callers.emplace_back([&, i] {
            if (insert(*store, i)) ++kept;
        });
    while (store->commits().waiting < 16) std::this_thread::yield();
    {
        file_size_limit const full{4'096};
        held.let_go();
        for (auto& each : callers) each.join();
    }
    CHECK(kept == 0);
    CHECK(users_of(*store) == 0);
    CHECK(insert(*store, 1));
}
