#include "tests/contract/samples.hpp"
#include "tests/contract/steps.hpp"
#include "tests/contract/stores.hpp"

#include <atomic>
#include <thread>
#include <vector>

using namespace mb;
using namespace mb::contract;
using ports::taking;

namespace {

void append(ports::store& store, notify::message const& added)
{
    write(store, [&](ports::transaction& tx) { return tx.outbox().append(added); });
}

std::vector<notify::message_id> due(ports::store& store, instant now, std::size_t limit = 10)
{
    std::vector<notify::message_id> ids;
    for (auto const& each : look(store, [&](ports::transaction& tx) { return tx.outbox().due(now, limit); })) ids.push_back(each.message.id);
    return ids;
}

std::vector<ports::outbox_entry> newest(ports::store& store, std::size_t limit = 10)
{
    return look(store, [&](ports::transaction& tx) { return tx.outbox().newest(limit); });
}

notify::message_id mail_id(std::uint32_t number) { return nth<notify::message_id>(number); }
using ids = std::vector<notify::message_id>;

}  // namespace

TEST_CASE("a mail comes back as it was written, unsent", "[contract][outbox]")
{
    MB_ON_EVERY_STORE(store);
    append(store, mail(1));
    auto plain = mail(2);
    plain.kind = notify::message_kind::already_registered;
    plain.tongue = notify::language::es;
    plain.link_token = secret{};
    append(store, plain);

    auto const held = newest(store);
    REQUIRE(held.size() == 2);
    check_same(held[0].message, plain);
    check_same(held[1].message, mail(1));
    for (auto const& each : held) {
        CHECK(each.attempts == 0);
        CHECK_FALSE(each.sent_at);
        CHECK_FALSE(each.failed_at);
        CHECK_FALSE(each.last_error);
    }
    auto const waiting = look(store, [](ports::transaction& tx) { return tx.outbox().due(start + 1s, 1); });
    REQUIRE(waiting.size() == 1);
    check_same(waiting[0].message, mail(1));
}

TEST_CASE("mails are due oldest first, up to the limit, and shown newest first", "[contract][outbox]")
{
    MB_ON_EVERY_STORE(store);
    for (auto const number : {2u, 1u, 3u}) append(store, mail(number));
    CHECK((due(store, start + 1s) == ids{mail_id(1), mail_id(2), mail_id(3)}));
    CHECK((due(store, start + 1s, 2) == ids{mail_id(1), mail_id(2)}));
    CHECK(due(store, start + 1s, 0).empty());
    CHECK((newest(store, 2).at(0).message.id == mail_id(3)));
    CHECK(newest(store, 2).size() == 2);
    CHECK(newest(store, 0).empty());
}

TEST_CASE("a mail is due until it expires and not at that moment", "[contract][outbox]")
{
    MB_ON_EVERY_STORE(store);
    append(store, mail(1));
    auto const end = mail(1).expires_at;
    CHECK(due(store, end - tick).size() == 1);
    CHECK(due(store, end).empty());
}

TEST_CASE("a mail that was sent is not due again, and is still shown", "[contract][outbox]")
{
    MB_ON_EVERY_STORE(store);
    append(store, mail(1));
    append(store, mail(2));
    write(store, [](ports::transaction& tx) { return tx.outbox().mark_sent(mail_id(1), start + 2s + tick); });
    CHECK((due(store, start + 3s) == ids{mail_id(2)}));
    auto const held = newest(store);
    REQUIRE(held.size() == 2);
    CHECK((held[1].sent_at == start + 2s + tick));
    CHECK_FALSE(held[0].sent_at);
}

TEST_CASE("a mail that failed is due again at its next time, counted, with its reason", "[contract][outbox]")
{
    MB_ON_EVERY_STORE(store);
    append(store, mail(1));
    auto const next = start + 10min;
    write(store, [&](ports::transaction& tx) { return tx.outbox().mark_failed(mail_id(1), "no route", start + 1s, next); });
    CHECK(due(store, next - tick).empty());
    CHECK((due(store, next) == ids{mail_id(1)}));
    {
        auto const entry = std::move(newest(store).at(0));
        CHECK(entry.attempts == 1);
        CHECK(entry.last_error == "no route");
        CHECK_FALSE(entry.failed_at);
    }
    write(store, [&](ports::transaction& tx) { return tx.outbox().mark_failed(mail_id(1), "refused", next + tick, std::nullopt); });
    CHECK(due(store, next + 1min).empty());
    auto const entry = std::move(newest(store).at(0));
    CHECK(entry.attempts == 2);
    CHECK(entry.last_error == "refused");
    CHECK((entry.failed_at == next + tick));
    CHECK_FALSE(entry.sent_at);
}

TEST_CASE("a mail that was taken is due again at the end of its time and not before", "[contract][outbox]")
{
    MB_ON_EVERY_STORE(store);
    append(store, mail(1));
    auto const take = [&](notify::message_id id, instant now) {
        return write_for(store, [&](ports::transaction& tx) { return tx.outbox().take(id, now, now + 1min); });
    };
    CHECK(take(mail_id(1), mail(1).created_at - tick) == taking::not_due);
    CHECK(take(mail_id(1), start + 1s) == taking::taken);
    CHECK(due(store, start + 1s).empty());
    CHECK(take(mail_id(1), start + 1s) == taking::not_due);
    CHECK(take(mail_id(1), start + 1s + 1min - tick) == taking::not_due);
    CHECK(take(mail_id(1), start + 1s + 1min) == taking::taken);
    CHECK(newest(store).at(0).attempts == 0);
    CHECK(take(mail_id(2), start + 1s) == taking::not_due);
}

TEST_CASE("a mail that was sent, given up or has expired can't be taken", "[contract][outbox]")
{
    MB_ON_EVERY_STORE(store);
    for (auto const number : {1u, 2u, 3u}) append(store, mail(number));
    auto const take = [&](std::uint32_t number, instant now) {
        return write_for(store, [&](ports::transaction& tx) { return tx.outbox().take(mail_id(number), now, now + 1min); });
    };
    write(store, [](ports::transaction& tx) { return tx.outbox().mark_sent(mail_id(1), start); });
    write(store, [](ports::transaction& tx) { return tx.outbox().mark_failed(mail_id(2), "refused", start, std::nullopt); });
    CHECK(take(1, start + 1s) == taking::not_due);
    CHECK(take(2, start + 1s) == taking::not_due);
    CHECK(take(3, mail(3).expires_at) == taking::not_due);
    CHECK(take(3, mail(3).expires_at - tick) == taking::taken);
}

TEST_CASE("of several who take a mail at once one gets it", "[contract][outbox][race]")
{
    MB_ON_EVERY_STORE(store);
    append(store, mail(1));
    for (int round = 0; round < 200; ++round) {
        auto const now = start + 1s + round * 1s;
        std::atomic<int> got = 0;
        std::atomic<int> failed = 0;
        {
            std::vector<std::jthread> servers;
            for (int i = 0; i < 3; ++i)
                servers.emplace_back([&] {
                    auto const how = ports::transact(store, [&](ports::transaction& tx) { return tx.outbox().take(mail_id(1), now, now + 1s); });
                    if (!how)
                        ++failed;
                    else if (*how == taking::taken)
                        ++got;
                });
        }
        REQUIRE(failed == 0);
        REQUIRE(got == 1);
    }
}

TEST_CASE("marking a mail that isn't there makes none", "[contract][outbox]")
{
    MB_ON_EVERY_STORE(store);
    (void)store.transact([](ports::transaction& tx) { return tx.outbox().mark_sent(mail_id(1), start); });
    (void)store.transact([](ports::transaction& tx) { return tx.outbox().mark_failed(mail_id(1), "gone", start, start); });
    CHECK(newest(store).empty());
}

TEST_CASE("mails are purged at their end and not before, sent or not, in batches", "[contract][outbox]")
{
    MB_ON_EVERY_STORE(store);
    for (auto const number : {1u, 2u, 3u, 4u}) append(store, mail(number));
    write(store, [](ports::transaction& tx) { return tx.outbox().mark_sent(mail_id(1), start); });
    auto const purge = [&](std::size_t batch) {
        return write_for(store, [&](ports::transaction& tx) { return tx.outbox().purge(mail(3).expires_at, batch); });
    };
    CHECK(purge(2) == 2);
    CHECK(purge(2) == 1);
    CHECK(purge(2) == 0);
    auto const left = newest(store);
    REQUIRE(left.size() == 1);
    CHECK((left[0].message.id == mail_id(4)));
}

TEST_CASE("the backlog is what is neither sent, nor failed, nor expired, and as old as the first of it", "[contract][outbox]")
{
    MB_ON_EVERY_STORE(store);
    auto const backlog = [&](instant now) { return look(store, [&](ports::transaction& tx) { return tx.outbox().backlog(now); }); };
    CHECK(backlog(start).messages == 0);
    CHECK_FALSE(backlog(start).oldest);
    for (auto const number : {4u, 3u, 2u, 1u}) append(store, mail(number));
    write(store, [](ports::transaction& tx) -> outcome<void> {
        MB_CHECK(tx.outbox().mark_sent(mail_id(1), start));
        MB_CHECK(tx.outbox().mark_failed(mail_id(2), "no route", start, mail(2).expires_at));
        return tx.outbox().mark_failed(mail_id(3), "refused", start, std::nullopt);
    });
    CHECK(backlog(start + 1s).messages == 2);
    CHECK((backlog(start + 1s).oldest == mail(2).created_at));
    CHECK(backlog(mail(2).expires_at - tick).messages == 2);
    CHECK(backlog(mail(2).expires_at).messages == 1);
    CHECK((backlog(mail(2).expires_at).oldest == mail(4).created_at));
    CHECK(backlog(mail(4).expires_at).messages == 0);
}
