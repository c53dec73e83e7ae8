#pragma once

#include "ports/store.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <type_traits>
#include <utility>

// What every claim about a store is made of. For the thread of the test only: Catch2 counts no claims of other threads.

namespace mb::contract {

inline std::string words(error const& failure) { return std::string(name_of(failure.code)) + " at " + failure.where + ": " + failure.detail; }

template <class T>
T must(outcome<T> got)
{
    if (!got) FAIL(words(got.error()));
    return *std::move(got);
}
inline void must(outcome<void> got)
{
    if (!got) FAIL(words(got.error()));
}

/// How it failed; fails the test where it didn't.
template <class T>
errc failure(outcome<T> const& got)
{
    REQUIRE_FALSE(got.has_value());
    return got.error().code;
}

/// One transaction that must succeed.
inline void write(ports::store& store, ports::work_ref work) { must(store.transact(work)); }

/// One transaction that answers something.
template <class Work>
auto write_for(ports::store& store, Work work)
{
    return must(ports::transact(store, work));
}

/// What a read answers.
template <class Work>
auto look(ports::store& store, Work work)
{
    return must(ports::read(store, work));
}

}  // namespace mb::contract
