#include "core/usecases/access/change_role.hpp"
#include "core/usecases/access/create_role.hpp"
#include "core/usecases/access/delete_role.hpp"
#include "core/usecases/identity/change_user.hpp"
#include "core/usecases/operations/create_user.hpp"
#include "tests/contract/samples.hpp"
#include "tests/contract/steps.hpp"
#include "tests/contract/stores.hpp"
#include "tests/fakes/manual_clock.hpp"
#include "tests/fakes/plain_cryptography.hpp"
#include "tests/fakes/randomness.hpp"

#include <algorithm>
#include <array>
#include <latch>
#include <mutex>
#include <thread>

using namespace mb;
using namespace mb::contract;

namespace {

constexpr int rounds = 200;

/// Random enough for ids, from several threads.
class locked_randomness final : public ports::randomness {
public:
    void fill(std::span<std::uint8_t> into) const noexcept override
    {
        std::scoped_lock const lock(mutex_);
        behind_.fill(into);
    }

private:
    mutable std::mutex mutex_;
    fakes::counting_randomness behind_;
};

struct bench {
    explicit bench(ports::store& its_store) : store(its_store)
    {
        write(store, [&](ports::transaction& tx) -> outcome<void> {
            for (auto const& each : access::built_in_roles()) MB_CHECK(tx.roles().save(each));
            return tx.users().insert(ana);
        });
        auto known = std::make_shared<usecases::catalogue>();
        known->roles.assign(access::built_in_roles().begin(), access::built_in_roles().end());
        auto self = full_user(1);
        self.roles = {"admin"};
        admin = usecases::caller{self, std::nullopt, known};
    }

    template <class First, class Second>
    static void race(First first, Second second)
    {
        std::latch ready(2);
        std::thread other([&] {
            ready.arrive_and_wait();
            second();
        });
        ready.arrive_and_wait();
        first();
        other.join();
    }

    outcome<answer<access::role>> make(std::string name)
    {
        return usecases::create_role(store, clock, random, {})({std::move(name), "", {"get"}, false}, *admin, from);
    }
    outcome<answer<access::role>> change(std::string name, std::vector<std::string> permissions, std::optional<std::int64_t> expected)
    {
        return usecases::change_role(store, clock, random, {})({std::move(name), "", std::move(permissions), false}, expected, *admin, from);
    }
    outcome<answer<done>> remove(std::string_view name, std::optional<std::int64_t> expected = {})
    {
        return usecases::delete_role(store, clock, random)(name, expected, name, *admin, from);
    }
    outcome<answer<usecases::account>> give(std::vector<std::string> roles)
    {
        return usecases::change_user(store, clock, random, digests)(ana.id, {std::move(roles), {}}, *admin, from);
    }
    std::vector<std::string> held()
    {
        return look(store, [&](ports::transaction& tx) { return tx.users().find(ana.id); })->roles;
    }
    std::size_t holders(std::string const& role)
    {
        ports::user_filter filter;
        filter.role = role;
        return look(store, [&](ports::transaction& tx) { return tx.users().list(filter); }).size();
    }
    bool exists(std::string_view role)
    {
        return look(store, [&](ports::transaction& tx) { return tx.roles().find(role); }).has_value();
    }

    ports::store& store;
    fakes::manual_clock clock;
    locked_randomness random;
    fakes::plain_digester digests;
    identity::user const ana = [] {
        auto made = full_user(2);
        made.roles = {"user"};
        return made;
    }();
    std::optional<usecases::caller> admin;
    audit::origin from;
};

template <class T>
std::optional<problem> why(outcome<answer<T>> const& said)
{
    auto const& answered = must(said);
    return answered.denied() == nullptr ? std::nullopt : std::optional(answered.denied()->why);
}

template <class T>
void do_it(outcome<answer<T>> const& said)
{
    REQUIRE(must(said).granted() != nullptr);
}

}  // namespace

TEST_CASE("of two who change one version of a role one is granted and the other is told", "[contract][race]")
{
    MB_ON_EVERY_STORE(store);
    bench here(store);
    do_it(here.make("agente"));
    for (std::int64_t version = 1; version <= rounds; ++version) {
        std::optional<outcome<answer<access::role>>> first;
        std::optional<outcome<answer<access::role>>> second;
        bench::race([&] { first = here.change("agente", {"list"}, version); }, [&] { second = here.change("agente", {"update"}, version); });
        INFO("version " << version);
        bool const first_won = !why(*first);
        REQUIRE(why(first_won ? *second : *first) == problem::precondition_failed);
        REQUIRE_FALSE(why(first_won ? *first : *second));
        auto const stored = look(store, [](ports::transaction& tx) { return tx.roles().find("agente"); }).value();
        REQUIRE(stored.version == version + 1);
        REQUIRE((stored.permissions.at(0).what == (first_won ? access::action::list : access::action::update)));
    }
}

TEST_CASE("of two who make one role one is granted", "[contract][race]")
{
    MB_ON_EVERY_STORE(store);
    bench here(store);
    for (int round = 0; round < rounds; ++round) {
        INFO("round " << round);
        std::optional<outcome<answer<access::role>>> first;
        std::optional<outcome<answer<access::role>>> second;
        bench::race([&] { first = here.make("agente"); }, [&] { second = here.make("agente"); });
        bool const first_won = !why(*first);
        REQUIRE(why(first_won ? *second : *first) == problem::role_exists);
        REQUIRE_FALSE(why(first_won ? *first : *second));
        do_it(here.remove("agente"));
    }
}

TEST_CASE("a role that is deleted while it is changed is gone, and is not brought back by the change", "[contract][race]")
{
    MB_ON_EVERY_STORE(store);
    bench here(store);
    for (int round = 0; round < rounds; ++round) {
        INFO("round " << round);
        do_it(here.make("agente"));
        std::optional<outcome<answer<access::role>>> changed;
        std::optional<outcome<answer<done>>> removed;
        bench::race([&] { changed = here.change("agente", {"list"}, {}); }, [&] { removed = here.remove("agente"); });
        REQUIRE_FALSE(why(*removed));
        auto const refused = why(*changed);
        REQUIRE((!refused || *refused == problem::role_not_found));
        REQUIRE_FALSE(here.exists("agente"));
    }
}

TEST_CASE("a role that is deleted while it is given is held by nobody afterwards", "[contract][race]")
{
    MB_ON_EVERY_STORE(store);
    bench here(store);
    for (int round = 0; round < rounds; ++round) {
        INFO("round " << round);
        do_it(here.make("agente"));
        do_it(here.give({"user"}));
        std::optional<outcome<answer<usecases::account>>> given;
        std::optional<outcome<answer<done>>> removed;
        bench::race([&] { given = here.give({"user", "agente"}); }, [&] { removed = here.remove("agente"); });
        REQUIRE_FALSE(why(*removed));
        (void)must(*given);  // granted, or told that there is no such role
        REQUIRE_FALSE(here.exists("agente"));
        REQUIRE(here.holders("agente") == 0);
        REQUIRE(here.held() == std::vector<std::string>{"user"});
    }
}

TEST_CASE("a role that is deleted while an account is opened with it is held by nobody afterwards", "[contract][race]")
{
    MB_ON_EVERY_STORE(store);
    bench here(store);
    fakes::quick_hasher hasher;
    fakes::lenient_judge judge;
    usecases::create_user const create(store, here.clock, here.random, hasher, judge, {});
    for (int round = 0; round < rounds; ++round) {
        INFO("round " << round);
        do_it(here.make("agente"));
        std::optional<outcome<answer<identity::user>>> opened;
        std::optional<outcome<answer<done>>> removed;
        auto const address = "person" + std::to_string(round) + "@example.org";
        bench::race(
            [&] {
                opened = create({address, secret{std::string_view{"a long password"}}, {}, {}, {"agente"}}, here.from);
            },
            [&] { removed = here.remove("agente"); });
        (void)must(*opened);
        REQUIRE_FALSE(why(*removed));
        REQUIRE(here.holders("agente") == 0);
        auto const found = look(store, [&](ports::transaction& tx) { return tx.users().find(identity::email::restore(address)); });
        if (found) REQUIRE(found->roles.empty());
    }
}
