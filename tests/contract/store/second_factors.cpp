#include "core/usecases/mfa/factor_check.hpp"
#include "tests/contract/samples.hpp"
#include "tests/contract/steps.hpp"
#include "tests/contract/stores.hpp"
#include "tests/fakes/plain_cryptography.hpp"
#include "tests/fakes/randomness.hpp"

#include <atomic>
#include <latch>
#include <thread>

using namespace mb;
using namespace mb::contract;

namespace {

identity::user active_user(std::uint32_t number)
{
    auto made = full_user(number);
    made.status = identity::user_status::active;
    return made;
}

identity::user const owner = active_user(1);
identity::user const neighbour = active_user(2);

void seed_owners(ports::store& store)
{
    write(store, [](ports::transaction& tx) -> outcome<void> {
        MB_CHECK(tx.users().insert(owner));
        return tx.users().insert(neighbour);
    });
}

secret key(char first)
{
    std::string bytes(20, '\0');
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(first + static_cast<char>(i));
    return secret{std::move(bytes)};
}

void save(ports::store& store, identity::totp_factor const& saved)
{
    write(store, [&](ports::transaction& tx) { return tx.second_factors().save(saved); });
}

std::optional<identity::totp_factor> find(ports::store& store, identity::user_id whose)
{
    return look(store, [&](ports::transaction& tx) { return tx.second_factors().find(whose); });
}

identity::recovery_code code(std::uint32_t number, identity::user_id whose, std::optional<instant> used = {})
{
    identity::recovery_code made;
    made.id = nth<identity::recovery_code_id>(number);
    made.owner = whose;
    for (std::size_t i = 0; i < made.digest.size(); ++i) made.digest[i] = static_cast<std::uint8_t>(i * 37 + number);
    made.created_at = start + tick;
    made.used_at = used;
    return made;
}

void replace(ports::store& store, identity::user_id whose, std::vector<identity::recovery_code> const& codes)
{
    write(store, [&](ports::transaction& tx) { return tx.second_factors().replace_recovery_codes(whose, codes); });
}

std::vector<identity::recovery_code> codes(ports::store& store, identity::user_id whose)
{
    return look(store, [&](ports::transaction& tx) { return tx.second_factors().recovery_codes(whose); });
}

void check_same_codes(std::vector<identity::recovery_code> const& got, std::vector<identity::recovery_code> const& wanted)
{
    REQUIRE(got.size() == wanted.size());
    for (std::size_t i = 0; i < got.size(); ++i) {
        CHECK((got[i].id == wanted[i].id));
        CHECK((got[i].owner == wanted[i].owner));
        CHECK((got[i].digest == wanted[i].digest));
        CHECK((got[i].created_at == wanted[i].created_at));
        CHECK((got[i].used_at == wanted[i].used_at));
    }
}

/// An account with a key, whose codes are used many times at once.
struct contest {
    explicit contest(ports::store& where) : store(where)
    {
        rules.lockout.failures_max = 1'000'000;
        rules.lockout.in_a_row_max = 1'000'000;
        seed_owners(store);
        save(store, {owner.id, key('a'), {}});
    }

    std::string code_at(instant now) const { return usecases::codes_around(now, key('a'), digests, rules.totp).at(1).code; }

    /// Uses one thing so many times at once. @return how often it was accepted and how often refused.
    std::pair<int, int> race(int uses, usecases::shown_factor const& shown, instant now) const
    {
        usecases::factor_check const check{digests, rules};
        std::atomic<int> accepted = 0;
        std::atomic<int> refused = 0;
        std::latch ready(uses);
        std::vector<std::thread> using_it;
        for (int i = 0; i < uses; ++i)
            using_it.emplace_back([&] {
                auto const ids = check.draw(random, now);
                ready.arrive_and_wait();
                auto const judged = ports::transact(store, [&](ports::transaction& tx) -> outcome<std::variant<tokens::shown_by, denial>> {
                    MB_TRY(auto const held, tx.users().find(owner.id));
                    return check.judge(tx, *held, shown, "login", ids, {}, now);
                });
                if (!judged) return;
                ++(std::holds_alternative<tokens::shown_by>(*judged) ? accepted : refused);
            });
        for (auto& each : using_it) each.join();
        return {accepted, refused};
    }

    ports::store& store;
    fakes::plain_digester digests;
    fakes::counting_randomness random;
    usecases::factor_rules rules;
};

}  // namespace

TEST_CASE("a second factor comes back as it was, is replaced whole, and leaves the rest of its owner alone", "[contract][second_factors]")
{
    MB_ON_EVERY_STORE(store);
    seed_owners(store);
    CHECK_FALSE(find(store, owner.id));
    save(store, {owner.id, key('a'), (std::int64_t{1} << 53) + 1});
    save(store, {neighbour.id, key('A'), {}});
    auto found = find(store, owner.id).value();
    CHECK((found.owner == owner.id));
    CHECK(found.key.same(key('a')));
    CHECK(found.last_step == (std::int64_t{1} << 53) + 1);
    save(store, {owner.id, key('b'), {}});
    found = find(store, owner.id).value();
    CHECK(found.key.same(key('b')));
    CHECK_FALSE(found.last_step);
    CHECK(find(store, neighbour.id).value().key.same(key('A')));
    check_same(look(store, [](ports::transaction& tx) { return tx.users().find(owner.id); }).value(), owner);

    // and the owner's own changes leave the factor alone
    auto changed = owner;
    changed.display_name = "Another";
    write(store, [&](ports::transaction& tx) { return tx.users().update(changed); });
    CHECK(find(store, owner.id).value().key.same(key('b')));
    CHECK_FALSE(find(store, nth<identity::user_id>(99)));
}

TEST_CASE("that logging in takes a second step is a column of the user like the others", "[contract][second_factors]")
{
    MB_ON_EVERY_STORE(store);
    seed_owners(store);
    auto changed = owner;
    for (bool const on : {false, true}) {
        changed.second_factor = on;
        write(store, [&](ports::transaction& tx) { return tx.users().update(changed); });
        CHECK(look(store, [](ports::transaction& tx) { return tx.users().find(owner.id); }).value().second_factor == on);
    }
}

TEST_CASE("recovery codes are replaced as a set, spent one by one, and kept apart by owner", "[contract][second_factors]")
{
    MB_ON_EVERY_STORE(store);
    seed_owners(store);
    CHECK(codes(store, owner.id).empty());
    replace(store, owner.id, {code(2, owner.id), code(1, owner.id), code(3, owner.id, start + 2s + tick)});
    replace(store, neighbour.id, {code(4, neighbour.id)});
    check_same_codes(codes(store, owner.id), {code(1, owner.id), code(2, owner.id), code(3, owner.id, start + 2s + tick)});
    write(store, [](ports::transaction& tx) -> outcome<void> {
        MB_CHECK(tx.second_factors().spend_recovery_code(nth<identity::recovery_code_id>(2), start + 5s + tick));
        return tx.second_factors().spend_recovery_code(nth<identity::recovery_code_id>(77), start);
    });
    check_same_codes(codes(store, owner.id), {code(1, owner.id), code(2, owner.id, start + 5s + tick), code(3, owner.id, start + 2s + tick)});
    check_same_codes(codes(store, neighbour.id), {code(4, neighbour.id)});
    replace(store, owner.id, {code(9, owner.id)});
    check_same_codes(codes(store, owner.id), {code(9, owner.id)});
    replace(store, owner.id, {});
    CHECK(codes(store, owner.id).empty());
}

TEST_CASE("removing a second factor removes the key, the step and the codes, of one owner", "[contract][second_factors]")
{
    MB_ON_EVERY_STORE(store);
    seed_owners(store);
    for (auto const& who : {owner, neighbour}) {
        save(store, {who.id, key('a'), 5});
        replace(store, who.id, {code(who.id == owner.id ? 1 : 2, who.id)});
    }
    write(store, [](ports::transaction& tx) { return tx.second_factors().remove(owner.id); });
    CHECK_FALSE(find(store, owner.id));
    CHECK(codes(store, owner.id).empty());
    CHECK(find(store, neighbour.id));
    CHECK(codes(store, neighbour.id).size() == 1);
    save(store, {owner.id, key('b'), {}});
    CHECK_FALSE(find(store, owner.id).value().last_step);
}

TEST_CASE("what a transaction that fails did to a second factor never happened", "[contract][second_factors]")
{
    MB_ON_EVERY_STORE(store);
    seed_owners(store);
    save(store, {owner.id, key('a'), 5});
    replace(store, owner.id, {code(1, owner.id)});
    auto const failed = store.transact([](ports::transaction& tx) -> outcome<void> {
        MB_CHECK(tx.second_factors().spend_recovery_code(nth<identity::recovery_code_id>(1), start));
        MB_CHECK(tx.second_factors().remove(owner.id));
        return error{errc::unavailable, "test", ""};
    });
    CHECK(failure(failed) == errc::unavailable);
    CHECK(find(store, owner.id).value().last_step == 5);
    check_same_codes(codes(store, owner.id), {code(1, owner.id)});
}

TEST_CASE("of fifty uses of one code at once one is accepted, and of fifty of one recovery code too", "[contract][race]")
{
    MB_ON_EVERY_STORE(store);
    contest const about(store);
    for (int round = 0; round < 10; ++round) {
        auto const now = start + round * 30s;
        INFO("round " << round);
        CHECK(about.race(50, {about.code_at(now), {}, {}}, now) == std::pair{1, 49});

        auto fresh = code(static_cast<std::uint32_t>(100 + round), owner.id);
        auto const text = identity::write_recovery_code(secret{std::string(15, static_cast<char>('a' + round))});
        auto const read = identity::read_recovery_code(text.reveal());
        fresh.digest = about.digests.mac(identity::recovery_code_purpose, identity::recovery_code_content(owner.id, *read).reveal());
        replace(store, owner.id, {fresh});
        CHECK(about.race(50, {{}, std::string(text.reveal()), {}}, now) == std::pair{1, 49});
    }
}

TEST_CASE("of two uses of one code at once one is accepted, round after round", "[contract][race]")
{
    MB_ON_EVERY_STORE(store);
    contest const about(store);
    for (int round = 0; round < 200; ++round) {
        auto const now = start + round * 30s;
        INFO("round " << round);
        REQUIRE(about.race(2, {about.code_at(now), {}, {}}, now) == std::pair{1, 1});
    }
}
