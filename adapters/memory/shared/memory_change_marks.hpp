#pragma once

#include "ports/change_marks.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace mb::memory {

/// Marks of one process: counters that several users share, so that a change of one may give up the marks of others. Never fails.
class memory_change_marks final : public ports::change_marks {
public:
    outcome<seen> look(identity::user_id user) override { return seen{place_of(user).load(), catalogue_.load(), 1}; }
    void changed(changes const& what) override
    {
        for (auto const& each : what.users) place_of(each).fetch_add(1);
        if (what.catalogue) catalogue_.fetch_add(1);
    }

private:
    static constexpr std::size_t places = 1024;

    std::atomic<std::uint64_t>& place_of(identity::user_id user) noexcept { return users_[std::hash<identity::user_id>{}(user) % places]; }

    std::array<std::atomic<std::uint64_t>, places> users_{};
    std::atomic<std::uint64_t> catalogue_ = 0;
};

}  // namespace mb::memory
