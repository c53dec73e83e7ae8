#include "tests/contract/matrices/house.hpp"

#include <algorithm>
#include <atomic>
#include <latch>
#include <thread>

namespace mb::contract {
namespace {

openssl::master_key key()
{
    std::string material;
    for (int byte = 0; byte < 32; ++byte) material += static_cast<char>(byte * 11 + 3);
    return openssl::master_key::make(secret{std::move(material)}).value();
}

}  // namespace

house::house(ports::store& where, identity::lockout_policy const& failures) : store(where), digests(key()), lockout(failures)
{
    granted(prepare_store({secret{std::string(32, 'k')}, usecases::first_admin{"root@example.org", secret{right_password}}}, {}));
    (void)must(catalogues.refresh());
}

audit::origin house::request() const
{
    audit::origin from;
    from.correlation.bytes.fill(0xc0);
    from.endpoint = "/api/v1/test";
    from.http_method = "POST";
    from.ip = identity::ip_hash{"hashed-address"};
    from.user_agent = "agent";
    from.arrived = clock.now();
    return from;
}

std::string house::someone()
{
    auto const email = "someone" + std::to_string(++accounts_) + "@example.org";
    granted(create_user({email, secret{right_password}, std::nullopt, std::nullopt, {"user"}}, request()));
    return email;
}

void house::lock(std::string const& email)
{
    for (int i = 0; i < lockout.failures_max; ++i) (void)must(log_in({email, secret{std::string_view{"wrong password"}}}, request()));
}

usecases::token_pair house::enter(std::string const& email) { return entered(log_in(right(email), request())); }

usecases::caller house::caller_of(usecases::token_pair const& pair) { return granted(authenticate(pair.access_token)); }

usecases::caller house::admin() { return {user("root@example.org"), std::nullopt, catalogues.current(), {}, clock.now(), {}}; }

identity::user house::user(std::string const& email)
{
    auto found = look(store, [&](ports::transaction& tx) { return tx.users().find(identity::email::restore(email)); });
    REQUIRE(found);
    return *std::move(found);
}

void house::save(identity::user const& changed)
{
    write(store, [&](ports::transaction& tx) { return tx.users().update(changed); });
}

std::string house::mailed(std::string const& email)
{
    auto const all = look(store, [](ports::transaction& tx) { return tx.outbox().newest(50); });
    auto const found = std::ranges::find_if(all, [&](auto const& each) { return each.message.recipient.text() == email; });
    return found == all.end() ? "" : std::string(found->message.link_token.reveal());
}

std::vector<std::string> house::enrol(std::string const& email)
{
    auto const who = caller_of(enter(email));
    granted(set_up_factor(who, request()));
    auto const codes = granted(enable_factor(code(email, -1), notify::language::es, who, request()));
    std::vector<std::string> texts;
    for (auto const& each : codes.texts) texts.emplace_back(each.reveal());
    return texts;
}

std::string house::code(std::string const& email, std::int64_t steps)
{
    auto const id = user(email).id;
    auto const factor = look(store, [&](ports::transaction& tx) { return tx.second_factors().find(id); });
    REQUIRE(factor);
    auto const step = identity::step_of(clock.now(), totp) + steps;
    return identity::code_of(digests.shared_mac(totp.hash, factor->key, identity::moving_factor(step)).reveal(), totp.digits);
}

std::string house::first_step(std::string const& email)
{
    auto const said = granted(log_in(right(email), request()));
    REQUIRE(said.waits() != nullptr);
    return std::string(said.waits()->token.reveal());
}

int yes_of(int count, std::function<bool(int)> const& act)
{
    std::atomic<int> yes = 0;
    std::latch ready(count);
    std::vector<std::jthread> threads;
    for (int i = 0; i < count; ++i)
        threads.emplace_back([&, i] {
            ready.arrive_and_wait();
            if (act(i)) ++yes;
        });
    threads.clear();
    return yes;
}

}  // namespace mb::contract
