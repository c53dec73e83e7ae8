#pragma once

#include "ports/store.hpp"
#include "tests/unit/access/short_memory.hpp"

#include <new>
#include <optional>
#include <type_traits>
#include <vector>

// The layers of brittle_store, and those over what is written down of what happened.

namespace mb::testing {

/// Which call fails.
struct breaking {
    std::optional<int> calls_left;          ///< none: nothing fails
    bool throws = false;                    ///< as where memory is short, instead of an error
    std::optional<int> allocations_before;  ///< so many allocations after the call before that one memory runs short; the storage's own don't count
    int lost_updates = 0;                   ///< so many updates of records find another version

    /// The failing call is the next thing that happens.
    void is_next() const
    {
        if (calls_left == 0 && allocations_before) short_memory::after(*allocations_before);
    }
    /// @return whether this call is the one
    bool fails()
    {
        if (!calls_left || (*calls_left)-- != 0) return false;
        short_memory::never();
        if (throws) throw std::bad_alloc{};
        return true;
    }
    static error failure() { return {errc::busy, "brittle_store", {}}; }
};

/// One repository behind another.
template <class Repository>
struct layer : Repository {
    layer(breaking& its_owner, Repository& what_is_behind) : owner(its_owner), behind(what_is_behind) {}

    template <class Call>
    auto attempt(Call call) -> std::invoke_result_t<Call&, Repository&>
    {
        if (owner.fails()) return breaking::failure();
        auto said = [&] {
            short_memory::counting const paused(false);
            return call(behind);
        }();
        owner.is_next();
        return said;
    }

    breaking& owner;
    Repository& behind;
};

struct brittle_audit final : layer<ports::audit_log> {
    using layer::layer;
    outcome<void> append(audit::event const& row) override
    {
        return attempt([&](auto& to) { return to.append(row); });
    }
    outcome<std::vector<audit::event>> newest(std::size_t limit) override
    {
        return attempt([&](auto& to) { return to.newest(limit); });
    }
    outcome<ports::event_page> page(ports::event_filter const& filter) override
    {
        return attempt([&](auto& to) { return to.page(filter); });
    }
    outcome<std::vector<audit::event>> after(audit::position above, audit::position through, std::size_t limit) override
    {
        return attempt([&](auto& to) { return to.after(above, through, limit); });
    }
    outcome<std::size_t> count(audit::position above, audit::position through) override
    {
        return attempt([&](auto& to) { return to.count(above, through); });
    }
};

struct brittle_seals final : layer<ports::audit_seals> {
    using layer::layer;
    outcome<std::optional<audit::seal>> newest() override
    {
        return attempt([](auto& to) { return to.newest(); });
    }
    outcome<void> append(audit::seal const& row) override
    {
        return attempt([&](auto& to) { return to.append(row); });
    }
    outcome<std::vector<audit::seal>> after(std::int64_t number, std::size_t limit) override
    {
        return attempt([&](auto& to) { return to.after(number, limit); });
    }
    outcome<std::vector<audit::seal>> reaching(audit::position above) override
    {
        return attempt([&](auto& to) { return to.reaching(above); });
    }
    outcome<void> forget(instant until) override
    {
        return attempt([&](auto& to) { return to.forget(until); });
    }
};

struct brittle_attempts final : layer<ports::login_attempts> {
    using layer::layer;
    outcome<void> append(ports::login_attempt const& row) override
    {
        return attempt([&](auto& to) { return to.append(row); });
    }
    outcome<std::vector<ports::login_attempt>> newest(std::size_t limit) override
    {
        return attempt([&](auto& to) { return to.newest(limit); });
    }
    outcome<ports::attempt_page> page(ports::attempt_filter const& filter) override
    {
        return attempt([&](auto& to) { return to.page(filter); });
    }
    outcome<std::vector<ports::login_attempt>> after(audit::position above, audit::position through, std::size_t limit) override
    {
        return attempt([&](auto& to) { return to.after(above, through, limit); });
    }
    outcome<std::size_t> count(audit::position above, audit::position through) override
    {
        return attempt([&](auto& to) { return to.count(above, through); });
    }
};

struct brittle_anomalies final : layer<ports::anomalies> {
    using layer::layer;
    outcome<std::optional<anomaly::finding>> find(audit::log_id id) override
    {
        return attempt([&](auto& to) { return to.find(id); });
    }
    outcome<std::optional<anomaly::finding>> find_open(anomaly::kind what, std::string_view subject, instant at) override
    {
        return attempt([&](auto& to) { return to.find_open(what, subject, at); });
    }
    outcome<void> save(anomaly::finding const& row) override
    {
        return attempt([&](auto& to) { return to.save(row); });
    }
    outcome<ports::anomaly_page> page(ports::anomaly_filter const& filter) override
    {
        return attempt([&](auto& to) { return to.page(filter); });
    }
    outcome<std::size_t> anonymise(instant before, std::size_t batch) override
    {
        return attempt([&](auto& to) { return to.anonymise(before, batch); });
    }
};

}  // namespace mb::testing
