#pragma once

#include "core/domain/base/text.hpp"
#include "tests/unit/access/world.hpp"

#include <new>
#include <string>

namespace mb::testing {

/// A world whose storage fails where it is told to.
struct brittle_world : world {
    brittle_world()
    {
        granted(create_user({"ana@example.org", secret{std::string_view{"right password"}}, "ana", {}, {"user"}}, request()));
        granted(register_user({"new@example.org", secret{std::string_view{"right password"}}, {}, {}, notify::language::es}, request()));
        link = mails().at(0).message.link_token.reveal();
    }

    /// Does it again and again, each time with a later call of the storage failing, until none is left to fail; and for each of these with
    /// memory running short at each allocation that leads to it.
    template <class Act>
    void survives_every_failure(Act act, bool leaves_nothing = true)
    {
        for (int calls = 0;; ++calls) {
            REQUIRE(calls < 100);
            auto const before = dump();
            brittle.calls_left = calls;
            auto const made = act();
            brittle.calls_left.reset();
            if (made.has_value()) {
                REQUIRE(calls > 0);
                return;
            }
            INFO("call " << calls);
            REQUIRE(made.error().code == errc::busy);
            if (leaves_nothing) REQUIRE(dump() == before);
            bool const thrown = throws_at(calls, act);
            if (leaves_nothing) {
                REQUIRE(thrown);
                REQUIRE(dump() == before);
            }
            run_short_before(brittle, calls, act);
            if (leaves_nothing) REQUIRE(dump() == before);
        }
    }

    /// The same call of the storage finds memory short. @return whether that was felt
    template <class Act>
    bool throws_at(int calls, Act act)
    {
        bool thrown = false;
        brittle.calls_left = calls;
        brittle.throws = true;
        try {
            (void)act();
        } catch (std::bad_alloc const&) {
            thrown = true;
        }
        brittle.throws = false;
        brittle.calls_left.reset();
        return thrown;
    }

    std::string reset_link()
    {
        granted(request_reset("ana@example.org", notify::language::es, request()));
        return std::string(mails().at(0).message.link_token.reveal());
    }
    static std::string forged(std::string const& token)
    {
        auto bytes = *parse_base64url(token);
        bytes.back() = static_cast<char>(bytes.back() ^ 1);
        return base64url(bytes);
    }

    usecases::caller ana() { return {user("ana@example.org"), std::nullopt, catalogues.current(), {}, clock.now(), {}}; }

    std::string link;
};

}  // namespace mb::testing
