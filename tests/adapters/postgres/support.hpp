#pragma once

#include "adapters/postgres/connection.hpp"
#include "adapters/postgres/postgres_store.hpp"
#include "tests/contract/steps.hpp"
#include "tests/postgres/database.hpp"

#include <memory>
#include <string>
#include <thread>

namespace mb::postgres::testing {

using contract::failure;
using contract::must;
using postgres_testing::database;

ports::sealer const& seals();
options options_for(std::string const& url, std::size_t connections = 4);
std::unique_ptr<postgres_store> store_at(std::string const& url, std::size_t connections = 4);

/// One connection by itself.
std::unique_ptr<connection> connect(database const& to);

/// A user with the number in its identity, its address and its name.
identity::user user_of(std::uint32_t number);
outcome<void> insert(ports::store& store, std::uint32_t number);
std::size_t users_of(ports::store& store);

/// Passes bytes between one client at a time and the server, on a unix socket of its own, until it is told to cut: it does so when it
/// has passed on what the client says next that holds the given bytes, and before the server's answer comes back.
class cutting_proxy {
public:
    explicit cutting_proxy(database const& before);
    ~cutting_proxy();
    /// The URL of the same database by way of the proxy.
    std::string const& url() const noexcept { return url_; }
    void cut_after(std::string bytes);
    bool has_cut() const noexcept;

private:
    struct state;
    std::unique_ptr<state> state_;
    std::string url_;
    std::thread thread_;
};

}  // namespace mb::postgres::testing
