#pragma once

#include "core/domain/base/assert.hpp"
#include "core/domain/base/error.hpp"

#include <type_traits>
#include <utility>
#include <variant>

namespace mb {

/// A value, or how the world failed. Reading the wrong one ends the process.
template <class T>
class [[nodiscard]] outcome {
public:
    using value_type = T;

    template <class U = T>
    requires(
        std::is_constructible_v<T, U&&> && !std::is_same_v<std::remove_cvref_t<U>, outcome> && !std::is_same_v<std::remove_cvref_t<U>, mb::error>)
        outcome(U&& value)
    noexcept(std::is_nothrow_constructible_v<T, U&&>) : held_(std::in_place_index<0>, std::forward<U>(value)) {}
    outcome(mb::error failure) noexcept : held_(std::in_place_index<1>, std::move(failure)) {}

    bool has_value() const noexcept { return held_.index() == 0; }
    explicit operator bool() const noexcept { return has_value(); }

    T& value() & noexcept
    {
        MB_ASSERT(has_value());
        return *std::get_if<0>(&held_);
    }
    T const& value() const& noexcept
    {
        MB_ASSERT(has_value());
        return *std::get_if<0>(&held_);
    }
    T&& value() && noexcept
    {
        MB_ASSERT(has_value());
        return std::move(*std::get_if<0>(&held_));
    }
    T& operator*() & noexcept { return value(); }
    T const& operator*() const& noexcept { return value(); }
    T&& operator*() && noexcept { return std::move(*this).value(); }
    T* operator->() noexcept { return &value(); }
    T const* operator->() const noexcept { return &value(); }

    mb::error const& error() const& noexcept
    {
        MB_ASSERT(!has_value());
        return *std::get_if<1>(&held_);
    }
    mb::error&& error() && noexcept
    {
        MB_ASSERT(!has_value());
        return std::move(*std::get_if<1>(&held_));
    }

private:
    std::variant<T, mb::error> held_;
};

template <>
class [[nodiscard]] outcome<void> {
public:
    using value_type = void;

    outcome() noexcept = default;
    outcome(mb::error failure) noexcept : error_(std::move(failure)), failed_(true) {}

    bool has_value() const noexcept { return !failed_; }
    explicit operator bool() const noexcept { return !failed_; }

    mb::error const& error() const& noexcept
    {
        MB_ASSERT(failed_);
        return error_;
    }
    mb::error&& error() && noexcept
    {
        MB_ASSERT(failed_);
        return std::move(error_);
    }

private:
    mb::error error_;
    bool failed_ = false;
};

}  // namespace mb

#define MB_JOIN_(a, b) a##b
#define MB_JOIN(a, b) MB_JOIN_(a, b)

/// MB_TRY(auto x, expression): returns the error of an outcome, or declares x with its value.
#define MB_TRY(declaration, ...) MB_TRY_(MB_JOIN(mb_outcome_, __LINE__), declaration, __VA_ARGS__)
#define MB_TRY_(name, declaration, ...)                    \
    auto name = (__VA_ARGS__);                             \
    if (!name.has_value()) return std::move(name).error(); \
    declaration = *std::move(name)

/// MB_CHECK(expression): returns the error of an outcome whose value, if any, is not needed.
#define MB_CHECK(...)                                                                                       \
    do {                                                                                                    \
        if (auto mb_checked = (__VA_ARGS__); !mb_checked.has_value()) return std::move(mb_checked).error(); \
    } while (false)
