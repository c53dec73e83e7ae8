#pragma once

#include "core/domain/base/text.hpp"
#include "tests/unit/access/world.hpp"

#include <algorithm>

namespace mb::testing {

using namespace std::chrono_literals;

/// Two people, and what turns on and uses a second factor.
struct with_factor : world {
    with_factor()
    {
        make_user("ana@example.org");
        make_user("eva@example.org");
    }

    /// What an app shows now, or some steps off.
    std::string code(std::string const& whose, std::int64_t steps = 0)
    {
        auto const id = user(whose).id;
        auto factor = ports::read(memory, [&](ports::transaction& tx) { return tx.second_factors().find(id); });
        REQUIRE(factor);
        REQUIRE(*factor);
        auto const step = identity::step_of(clock.now(), totp) + steps;
        return identity::code_of(digests.shared_mac(totp.hash, (**factor).key, identity::moving_factor(step)).reveal(), totp.digits);
    }
    /// A code that is none of those that are good now.
    std::string wrong_code(std::string const& whose)
    {
        for (int number = 0;; ++number) {
            auto const text = std::to_string(100'000 + number);
            bool good = false;
            for (std::int64_t steps = -1; steps <= 1; ++steps) good = good || text == code(whose, steps);
            if (!good) return text;
        }
    }
    /// Turns the factor on and moves to the next step, so that the app has a code that is not spent.
    std::vector<std::string> enrol(std::string const& whose = "ana@example.org")
    {
        auto const who = caller_of(enter(whose));
        granted(set_up_factor(who, request()));
        auto const codes = granted(enable_factor(code(whose), notify::language::es, who, request()));
        std::vector<std::string> texts;
        for (auto const& each : codes.texts) texts.emplace_back(each.reveal());
        clock.advance(30s);
        return texts;
    }
    std::string first_step(std::string const& whose = "ana@example.org")
    {
        auto const said = granted(log_in({whose, secret{std::string_view{"right password"}}}, request()));
        REQUIRE(said.waits() != nullptr);
        return std::string(said.waits()->token.reveal());
    }
    outcome<answer<usecases::inside>> second_step(std::string_view token, std::string const& typed, std::string const& device = {})
    {
        return verify_factor(token, {typed, {}, device}, request());
    }
    outcome<answer<usecases::inside>> recover(std::string_view token, std::string const& typed)
    {
        return verify_factor(token, {{}, typed, {}}, request());
    }
    usecases::token_pair in(outcome<answer<usecases::inside>>&& said) { return std::get<usecases::token_pair>(granted(std::move(said))); }
    usecases::token_pair enter_with_code(std::string const& whose = "ana@example.org") { return in(second_step(first_step(whose), code(whose))); }

    /// The caller with a step-up token.
    usecases::caller stepped_up(usecases::token_pair const& pair, usecases::step_up_proof const& shown)
    {
        auto who = caller_of(pair);
        auto const made = granted(step_up(shown, who, request()));
        auto const read = proofs.read_step_up(made.text.reveal(), who);
        REQUIRE(read);
        REQUIRE(*read);
        who.proof = **read;
        return who;
    }
    usecases::caller with_code(usecases::token_pair const& pair, std::string const& whose = "ana@example.org")
    {
        clock.advance(30s);
        return stepped_up(pair, {{code(whose), {}, {}}, {}});
    }
    std::vector<std::string> mail_kinds(std::string const& whose)
    {
        std::vector<std::string> kinds;
        for (auto const& each : mails())
            if (each.message.recipient.text() == whose) kinds.emplace_back(notify::name_of(each.message.kind));
        return kinds;
    }
    audit::event last(audit::event_type type)
    {
        auto const all = events();
        auto const found = std::ranges::find(all, type, &audit::event::type);
        REQUIRE(found != all.end());
        return *found;
    }
};

inline usecases::step_up_proof password_of(std::string_view text)
{
    usecases::step_up_proof shown;
    shown.password.emplace(text);
    return shown;
}

}  // namespace mb::testing
