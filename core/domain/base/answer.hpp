#pragma once

#include "core/domain/base/instant.hpp"
#include "core/domain/base/problem.hpp"
#include "core/domain/base/violation.hpp"

#include <optional>
#include <type_traits>
#include <utility>
#include <variant>

namespace mb {

/// A rule said no. A value, not a failure: what the rule wrote on its way (a count, a revocation) is committed.
struct denial {
    problem why;
    /// When asking again may be answered otherwise, counted from now.
    std::optional<std::chrono::seconds> retry_after{};
    /// What in the request the rule points at, where that helps: the parameter that can't be read, the field whose value is taken.
    violations details{};
    friend bool operator==(denial const&, denial const&) = default;
};

/// What a use case says: the granted thing, a denial, or everything that is wrong with the input.
/// Failures of the world are not here: a use case returns outcome<answer<T>>.
template <class T>
class [[nodiscard]] answer {
public:
    template <class U = T>
    requires(
        std::is_constructible_v<
            T,
            U&&> && !std::is_same_v<std::remove_cvref_t<U>, answer> && !std::is_same_v<std::remove_cvref_t<U>, denial> && !std::is_same_v<std::remove_cvref_t<U>, violations>)
        answer(U&& granted)
    noexcept(std::is_nothrow_constructible_v<T, U&&>) : held_(std::in_place_index<0>, std::forward<U>(granted)) {}
    answer(denial refused) noexcept : held_(std::in_place_index<1>, std::move(refused)) {}
    answer(problem why) noexcept : held_(std::in_place_index<1>, denial{why}) {}
    answer(violations broken) noexcept : held_(std::in_place_index<2>, std::move(broken)) {}

    T const* granted() const noexcept { return std::get_if<0>(&held_); }
    T* granted() noexcept { return std::get_if<0>(&held_); }
    denial const* denied() const noexcept { return std::get_if<1>(&held_); }
    violations const* broken() const noexcept { return std::get_if<2>(&held_); }

    /// The same refusal for a use case that grants something else. Only where nothing was granted.
    template <class Other>
    answer<Other> refusal() const
    {
        if (auto const* refused = denied()) return answer<Other>{*refused};
        return answer<Other>{std::get<2>(held_)};
    }

private:
    std::variant<T, denial, violations> held_;
};

/// Granted, with nothing to say beyond it.
struct done {
    friend bool operator==(done, done) = default;
};

}  // namespace mb
