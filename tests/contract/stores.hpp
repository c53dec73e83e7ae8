#pragma once

#include "ports/store.hpp"

#include <memory>
#include <span>
#include <utility>

namespace mb::contract {

/// Where one kind of store lives for the length of a test; outlives the store.
class place {
public:
    virtual ~place() = default;
    virtual std::unique_ptr<ports::store> make() = 0;
};

struct store_kind {
    char const* name;
    std::unique_ptr<place> (*open)();
};

/// Every store that is built in. To run the suite on one more, add its place and its line to stores.cpp.
std::span<store_kind const> store_kinds();

/// An empty store of one kind.
class opened_store {
public:
    explicit opened_store(store_kind const& kind) : name_(kind.name), place_(kind.open()), store_(place_->make()) {}
    char const* name() const noexcept { return name_; }
    ports::store& store() const noexcept { return *store_; }

private:
    char const* name_;
    std::unique_ptr<place> place_;
    std::unique_ptr<ports::store> store_;
};

}  // namespace mb::contract

/// Runs what follows in a test case once for each kind of store, and names the kind where a claim fails.
#define MB_ON_EVERY_STORE(variable)                                                                                           \
    auto const opened = std::make_unique<mb::contract::opened_store>(                                                         \
        mb::contract::store_kinds()[GENERATE(Catch::Generators::range(std::size_t{0}, mb::contract::store_kinds().size()))]); \
    INFO("on the store: " << opened->name());                                                                                 \
    [[maybe_unused]] mb::ports::store& variable = opened->store()
