#pragma once

#include "tests/unit/access/world.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace mb::testing {

/// A world with somebody to attack.
struct watched : world {
    watched() { make_user("ana@example.org"); }

    audit::origin from(std::string const& address) const
    {
        auto made = request();
        made.ip = identity::ip_hash{address};
        return made;
    }
    problem fail(std::string const& identifier, std::string const& address)
    {
        return why(log_in({identifier, secret{std::string_view{"wrong password"}}}, from(address)));
    }
    /// Failures of somebody else each time, from so many addresses.
    void fail_from(int addresses, std::string const& prefix = "address ")
    {
        for (int i = 0; i < addresses; ++i) fail("nobody" + std::to_string(++nobody_), prefix + std::to_string(i));
    }
    /// What is new since the last time.
    std::vector<std::string> found()
    {
        auto const told = watch.flush(store);
        REQUIRE(told);
        std::vector<std::string> names;
        for (auto const& each : *told) names.emplace_back(anomaly::name_of(each.what));
        return names;
    }
    /// The event that was written with the row.
    audit::event event_of(anomaly::finding const& row)
    {
        for (auto const& each : events())
            if (each.id == row.id) return each;
        FAIL("an anomaly without an event");
        return {};
    }
    std::size_t count(std::string_view name)
    {
        std::size_t rows = 0;
        for (auto const& each : event_names()) rows += each == name;
        return rows;
    }
    usecases::token_pair refresh(usecases::token_pair const& pair, std::string const& address)
    {
        return granted(refresh_session(pair.refresh_token.reveal(), clock.now(), from(address)));
    }
    usecases::token_pair enter_from(std::string const& address)
    {
        return entered(log_in({"ana@example.org", secret{std::string_view{"right password"}}}, from(address)));
    }

    using names = std::vector<std::string>;
    names const nothing;
    names const stuffing{"ANOMALIA_CREDENTIAL_STUFFING"};
    names const brute_force{"ANOMALIA_FUERZA_BRUTA"};
    names const unusual{"ANOMALIA_SESION_INUSUAL"};

private:
    int nobody_ = 0;
};

}  // namespace mb::testing
