#include "tests/contract/samples.hpp"
#include "tests/contract/steps.hpp"
#include "tests/contract/stores.hpp"

#include <algorithm>

using namespace mb;
using namespace mb::contract;

namespace {

identity::user_id person(std::uint32_t number) { return nth<identity::user_id>(number); }

/// Forty rows, two in each moment; the even ones about the first person, each fifth done by the second.
void fill(ports::store& store)
{
    write(store, [](ports::transaction& tx) -> outcome<void> {
        for (std::uint32_t i = 0; i < 40; ++i) {
            auto row = bare_event(i);
            row.id = nth<audit::log_id>(i);
            row.at = start + std::chrono::seconds{i / 2};
            row.type = i % 4 == 0 ? audit::event_type::login_failed : audit::event_type::logout;
            row.level = i % 10 == 0 ? audit::severity::high : audit::severity::low;
            if (i % 2 == 0) row.user = person(1);
            if (i % 5 == 0) row.actor = person(2);
            if (i % 3 == 0) row.ip = identity::ip_hash{"address"};
            row.correlation = nth<audit::correlation_id>(i / 8);
            MB_CHECK(tx.audit().append(row));
        }
        return {};
    });
}

std::vector<std::uint32_t> numbers(std::vector<audit::event> const& rows)
{
    std::vector<std::uint32_t> found;
    for (auto const& row : rows)
        for (std::uint32_t i = 0; i < 40; ++i)
            if (row.id == nth<audit::log_id>(i)) found.push_back(i);
    return found;
}

/// All rows that fit, newest first, page by page.
std::vector<std::uint32_t> walk(ports::store& store, ports::event_filter filter)
{
    std::vector<std::uint32_t> found;
    for (int pages = 0;; ++pages) {
        REQUIRE(pages < 100);
        auto const page = look(store, [&](ports::transaction& tx) { return tx.audit().page(filter); });
        REQUIRE(page.events.size() <= filter.limit);
        std::ranges::copy(numbers(page.events), std::back_inserter(found));
        if (!page.next) return found;
        filter.before = page.next;
    }
}

std::vector<std::uint32_t> those(bool (*fits)(std::uint32_t))
{
    std::vector<std::uint32_t> wanted;
    for (std::uint32_t i = 40; i-- > 0;)
        if (fits(i)) wanted.push_back(i);
    return wanted;
}

audit::seal seal_of(std::int64_t number, std::uint32_t rows)
{
    audit::seal made;
    made.number = number;
    made.through = {start + std::chrono::seconds{number}, nth<audit::log_id>(static_cast<std::uint32_t>(number))};
    made.sealed_at = start + 1h + tick;
    for (std::uint32_t i = 0; i < rows; ++i) {
        audit::sealed_row row;
        row.where = {start + tick * i, nth<audit::log_id>(i)};
        row.content.fill(static_cast<std::uint8_t>(i));
        row.persons[1].fill(0xff);
        made.rows.push_back(row);
    }
    made.previous.fill(static_cast<std::uint8_t>(number - 1));
    made.digest.fill(static_cast<std::uint8_t>(number));
    made.signature.fill(0x80);
    made.salt = secret{std::string("salt \0 salt", 11)};
    return made;
}

void check_same(audit::seal const& got, audit::seal const& wanted)
{
    CHECK(got.number == wanted.number);
    CHECK((got.through == wanted.through));
    CHECK((got.sealed_at == wanted.sealed_at));
    CHECK((got.rows == wanted.rows));
    CHECK((got.previous == wanted.previous));
    CHECK((got.digest == wanted.digest));
    CHECK((got.signature == wanted.signature));
    REQUIRE(got.salt.has_value() == wanted.salt.has_value());
    if (got.salt) CHECK((got.salt->reveal() == wanted.salt->reveal()));
}

}  // namespace

TEST_CASE("each filter of the audit log finds what fits it, in pages of any size", "[contract][audit]")
{
    MB_ON_EVERY_STORE(store);
    fill(store);
    for (auto const limit : {std::size_t{1}, std::size_t{3}, std::size_t{40}, std::size_t{100}}) {
        ports::event_filter all;
        all.limit = limit;
        CHECK(walk(store, all) == those([](std::uint32_t) { return true; }));
        auto some = all;
        some.type = audit::event_type::login_failed;
        CHECK(walk(store, some) == those([](std::uint32_t i) { return i % 4 == 0; }));
        some = all;
        some.level = audit::severity::high;
        CHECK(walk(store, some) == those([](std::uint32_t i) { return i % 10 == 0; }));
        some = all;
        some.user = person(1);
        CHECK(walk(store, some) == those([](std::uint32_t i) { return i % 2 == 0; }));
        some.user = person(2);
        CHECK(walk(store, some) == those([](std::uint32_t i) { return i % 5 == 0; }));
        some = all;
        some.ip = identity::ip_hash{"address"};
        CHECK(walk(store, some) == those([](std::uint32_t i) { return i % 3 == 0; }));
        some = all;
        some.correlation = nth<audit::correlation_id>(2);
        CHECK(walk(store, some) == those([](std::uint32_t i) { return i / 8 == 2; }));
        some = all;
        some.from = start + 5s;
        some.until = start + 9s;
        CHECK(walk(store, some) == those([](std::uint32_t i) { return i >= 10 && i < 18; }));
        some.ip = identity::ip_hash{"address"};
        some.type = audit::event_type::logout;
        CHECK(walk(store, some) == those([](std::uint32_t i) { return i >= 10 && i < 18 && i % 3 == 0 && i % 4 != 0; }));
    }
}

TEST_CASE("a page looks at so many rows at most, and says where to go on", "[contract][audit]")
{
    MB_ON_EVERY_STORE(store);
    fill(store);
    ports::event_filter filter;
    filter.type = audit::event_type::login_failed;
    filter.limit = 100;
    filter.examined_max = 3;
    auto const page = look(store, [&](ports::transaction& tx) { return tx.audit().page(filter); });
    CHECK(numbers(page.events).empty());
    REQUIRE(page.next);
    CHECK((page.next->id == nth<audit::log_id>(37)));
    for (auto const examined : {std::size_t{1}, std::size_t{2}, std::size_t{3}, std::size_t{7}, std::size_t{40}, std::size_t{41}}) {
        filter.examined_max = examined;
        CHECK(walk(store, filter) == those([](std::uint32_t i) { return i % 4 == 0; }));
    }
}

TEST_CASE("rows between two places come oldest first and are counted, without the lower and with the upper", "[contract][audit]")
{
    MB_ON_EVERY_STORE(store);
    fill(store);
    auto const place = [](std::uint32_t i) { return audit::position{start + std::chrono::seconds{i / 2}, nth<audit::log_id>(i)}; };
    auto const after = [&](audit::position above, audit::position through, std::size_t limit) {
        return numbers(look(store, [&](ports::transaction& tx) { return tx.audit().after(above, through, limit); }));
    };
    auto const count = [&](audit::position above, audit::position through) {
        return look(store, [&](ports::transaction& tx) { return tx.audit().count(above, through); });
    };
    CHECK(after(place(3), place(6), 10) == std::vector<std::uint32_t>{4, 5, 6});
    CHECK(after(place(3), place(6), 2) == std::vector<std::uint32_t>{4, 5});
    CHECK(after(place(6), place(6), 2).empty());
    CHECK(after(audit::log_begin, place(1), 10) == std::vector<std::uint32_t>{0, 1});
    CHECK(after(place(38), audit::log_end, 10) == std::vector<std::uint32_t>{39});
    CHECK(count(place(3), place(6)) == 3);
    CHECK(count(audit::log_begin, audit::log_end) == 40);
    CHECK(count(place(6), place(3)) == 0);
}

TEST_CASE("each filter of login attempts finds what fits it, in pages of any size", "[contract][audit]")
{
    MB_ON_EVERY_STORE(store);
    write(store, [](ports::transaction& tx) -> outcome<void> {
        for (std::uint32_t i = 0; i < 30; ++i) {
            auto row = bare_attempt(i);
            row.at = start + std::chrono::seconds{i / 2};
            row.successful = i % 3 == 0;
            if (i % 2 == 0) row.user = person(1);
            if (i % 5 == 0) row.ip = identity::ip_hash{"address"};
            MB_CHECK(tx.login_attempts().append(row));
        }
        return {};
    });
    auto const all = [&](ports::attempt_filter filter) {
        std::vector<std::uint32_t> found;
        for (int pages = 0;; ++pages) {
            REQUIRE(pages < 100);
            auto const page = look(store, [&](ports::transaction& tx) { return tx.login_attempts().page(filter); });
            for (auto const& row : page.attempts)
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
        ports::attempt_filter filter;
        filter.limit = limit;
        filter.examined_max = examined;
        CHECK(all(filter) == wanted([](std::uint32_t) { return true; }));
        auto some = filter;
        some.successful = true;
        CHECK(all(some) == wanted([](std::uint32_t i) { return i % 3 == 0; }));
        some.successful = false;
        CHECK(all(some) == wanted([](std::uint32_t i) { return i % 3 != 0; }));
        some = filter;
        some.user = person(1);
        CHECK(all(some) == wanted([](std::uint32_t i) { return i % 2 == 0; }));
        some = filter;
        some.ip = identity::ip_hash{"address"};
        CHECK(all(some) == wanted([](std::uint32_t i) { return i % 5 == 0; }));
        some = filter;
        some.from = start + 3s;
        some.until = start + 5s;
        CHECK(all(some) == wanted([](std::uint32_t i) { return i >= 6 && i < 10; }));
    }
    audit::position const middle{start + 2s, nth<audit::log_id>(4)};
    CHECK(look(store, [&](ports::transaction& tx) { return tx.login_attempts().count(middle, audit::log_end); }) == 25);
    auto const after = look(store, [&](ports::transaction& tx) { return tx.login_attempts().after(middle, audit::log_end, 2); });
    REQUIRE(after.size() == 2);
    CHECK((after[0].id == nth<audit::log_id>(5)));
    CHECK((after[1].id == nth<audit::log_id>(6)));
}

TEST_CASE("a seal comes back with every column as it was, once for a number", "[contract][seals]")
{
    MB_ON_EVERY_STORE(store);
    auto const newest = [&] { return look(store, [](ports::transaction& tx) { return tx.audit_seals().newest(); }); };
    CHECK_FALSE(newest());
    auto bare = seal_of(2, 0);
    bare.salt.reset();
    auto const first = seal_of(1, 3);
    write(store, [&](ports::transaction& tx) { return tx.audit_seals().append(first); });
    check_same(newest().value(), first);
    write(store, [&](ports::transaction& tx) { return tx.audit_seals().append(bare); });
    check_same(newest().value(), bare);
    CHECK(failure(store.transact([&](ports::transaction& tx) { return tx.audit_seals().append(seal_of(2, 1)); })) == errc::duplicate);
    check_same(newest().value(), bare);
}

TEST_CASE("seals are read in their order, from a number or from a place on", "[contract][seals]")
{
    MB_ON_EVERY_STORE(store);
    for (std::int64_t number = 1; number <= 5; ++number)
        write(store, [&](ports::transaction& tx) { return tx.audit_seals().append(seal_of(number, 1)); });
    auto const numbers_of = [](std::vector<audit::seal> const& seals) {
        std::vector<std::int64_t> found;
        for (auto const& each : seals) found.push_back(each.number);
        return found;
    };
    auto const after = [&](std::int64_t number, std::size_t limit) {
        return numbers_of(look(store, [&](ports::transaction& tx) { return tx.audit_seals().after(number, limit); }));
    };
    auto const reaching = [&](audit::position above) {
        return numbers_of(look(store, [&](ports::transaction& tx) { return tx.audit_seals().reaching(above); }));
    };
    CHECK(after(0, 10) == std::vector<std::int64_t>{1, 2, 3, 4, 5});
    CHECK(after(2, 2) == std::vector<std::int64_t>{3, 4});
    CHECK(after(5, 2).empty());
    CHECK(reaching(seal_of(3, 0).through) == std::vector<std::int64_t>{4, 5});
    CHECK(reaching(audit::log_begin).size() == 5);
    CHECK(reaching({start + 5s, audit::highest_log_id}).empty());
}

TEST_CASE("salts are forgotten at their seal's end and not before, and nothing else is", "[contract][seals]")
{
    MB_ON_EVERY_STORE(store);
    for (std::int64_t number = 1; number <= 3; ++number)
        write(store, [&](ports::transaction& tx) { return tx.audit_seals().append(seal_of(number, 2)); });
    auto const forget = [&](instant until) { write(store, [&](ports::transaction& tx) { return tx.audit_seals().forget(until); }); };
    auto const salted = [&] {
        std::vector<std::int64_t> found;
        for (auto const& each : look(store, [](ports::transaction& tx) { return tx.audit_seals().after(0, 10); }))
            if (each.salt) found.push_back(each.number);
        return found;
    };
    forget(start + 1s - tick);
    CHECK(salted() == std::vector<std::int64_t>{1, 2, 3});
    forget(start + 2s);
    CHECK(salted() == std::vector<std::int64_t>{3});
    auto const kept = look(store, [](ports::transaction& tx) { return tx.audit_seals().after(0, 1); });
    auto wanted = seal_of(1, 2);
    wanted.salt.reset();
    check_same(kept.at(0), wanted);
}
