#include "core/usecases/mfa/recovery_set.hpp"
#include "tests/unit/access/world.hpp"

#include <array>
#include <functional>
#include <optional>
#include <string>

// Account states × ways in × moments, from one table: rules that hold at one door have to hold at every other.

using namespace mb;
using namespace mb::testing;
using namespace std::chrono_literals;

namespace {

enum class state { active, locked, disabled, unverified, second_factor };
enum class way {
    password,
    basic,
    session_login,
    access_token,
    refresh,
    session_cookie,
    api_key,
    magic_link,
    reset,
    password_change,
    code,
    recovery_code
};
enum class moment {
    before,  ///< the state is there when the way is begun
    between  ///< it comes after the first step: a link that was mailed, a session that was begun
};

struct row {
    way through;
    state in;
    std::optional<problem> before;   ///< none: it opens
    std::optional<problem> between;  ///< none: it opens
};

constexpr std::optional<problem> opens = std::nullopt;
constexpr auto no_link = problem::link_invalid;
constexpr auto locked_out = problem::account_locked;
constexpr auto asks = problem::second_factor_required;  ///< leads to a second step, or is refused for want of one

/// A way of one step has no moment between: both columns are the same.
constexpr auto cells = std::to_array<row>({
    {way::password, state::active, opens, opens},
    {way::password, state::locked, locked_out, locked_out},
    {way::password, state::disabled, problem::account_disabled, problem::account_disabled},
    {way::password, state::unverified, problem::email_not_verified, problem::email_not_verified},
    {way::password, state::second_factor, asks, asks},
    {way::basic, state::active, opens, opens},
    {way::basic, state::locked, locked_out, locked_out},
    {way::basic, state::disabled, problem::account_disabled, problem::account_disabled},
    {way::basic, state::unverified, problem::email_not_verified, problem::email_not_verified},
    {way::basic, state::second_factor, problem::second_factor_required, problem::second_factor_required},
    {way::session_login, state::active, opens, opens},
    {way::session_login, state::locked, locked_out, locked_out},
    {way::session_login, state::disabled, problem::account_disabled, problem::account_disabled},
    {way::session_login, state::unverified, problem::email_not_verified, problem::email_not_verified},
    {way::session_login, state::second_factor, asks, asks},
    // who is inside stays inside while the door is locked
    {way::access_token, state::active, opens, opens},
    {way::access_token, state::locked, locked_out, opens},
    {way::access_token, state::disabled, problem::account_disabled, problem::invalid_token},
    {way::access_token, state::unverified, problem::email_not_verified, opens},
    {way::access_token, state::second_factor, asks, opens},
    {way::refresh, state::active, opens, opens},
    {way::refresh, state::locked, locked_out, opens},
    {way::refresh, state::disabled, problem::account_disabled, problem::invalid_token},
    {way::refresh, state::unverified, problem::email_not_verified, opens},
    {way::refresh, state::second_factor, asks, opens},
    {way::session_cookie, state::active, opens, opens},
    {way::session_cookie, state::locked, locked_out, opens},
    {way::session_cookie, state::disabled, problem::account_disabled, problem::invalid_token},
    {way::session_cookie, state::unverified, problem::email_not_verified, opens},
    {way::session_cookie, state::second_factor, asks, opens},
    {way::api_key, state::active, opens, opens},
    {way::api_key, state::locked, locked_out, opens},
    {way::api_key, state::disabled, problem::account_disabled, problem::invalid_token},
    {way::api_key, state::unverified, problem::email_not_verified, opens},
    {way::api_key, state::second_factor, asks, opens},
    // a link proves the address, so it opens for who has not verified it
    {way::magic_link, state::active, opens, opens},
    {way::magic_link, state::locked, locked_out, locked_out},
    {way::magic_link, state::disabled, no_link, no_link},
    {way::magic_link, state::unverified, opens, opens},
    {way::magic_link, state::second_factor, asks, asks},
    // the owner's way back in, whatever is locked
    {way::reset, state::active, opens, opens},
    {way::reset, state::locked, opens, opens},
    {way::reset, state::disabled, no_link, no_link},
    {way::reset, state::unverified, opens, opens},
    {way::reset, state::second_factor, opens, opens},
    {way::password_change, state::active, opens, opens},
    {way::password_change, state::locked, locked_out, locked_out},
    {way::password_change, state::disabled, problem::account_disabled, problem::account_disabled},
    {way::password_change, state::unverified, problem::email_not_verified, problem::email_not_verified},
    {way::password_change, state::second_factor, problem::step_up_required, problem::second_factor_required},
    // the second step of a login; "before" is before the first step, "between" between the two
    {way::code, state::active, opens, opens},
    {way::code, state::locked, locked_out, locked_out},
    {way::code, state::disabled, problem::account_disabled, problem::account_disabled},
    {way::code, state::unverified, problem::email_not_verified, problem::email_not_verified},
    {way::code, state::second_factor, opens, opens},
    {way::recovery_code, state::active, opens, opens},
    {way::recovery_code, state::locked, locked_out, locked_out},
    {way::recovery_code, state::disabled, problem::account_disabled, problem::account_disabled},
    {way::recovery_code, state::unverified, problem::email_not_verified, problem::email_not_verified},
    {way::recovery_code, state::second_factor, opens, opens},
});

struct doors : world {
    doors() { make_user("ana@example.org"); }

    void put(state wanted)
    {
        if (wanted == state::locked)
            for (int i = 0; i < 5; ++i) REQUIRE(attempt("ana@example.org", "wrong password"));
        auto ana = user("ana@example.org");
        if (wanted == state::disabled) ana.status = identity::user_status::disabled;
        if (wanted == state::unverified) ana.email_verified = false;
        if (wanted == state::second_factor) ana.second_factor = true;
        REQUIRE(memory.transact([&](ports::transaction& tx) -> outcome<void> {
            if (wanted == state::second_factor) MB_CHECK(tx.second_factors().save({ana.id, secret{std::string(20, 'k')}}));
            return tx.users().update(ana);
        }));
    }

    template <class T>
    static std::optional<problem> verdict(outcome<answer<usecases::entrance<T>>> const& said)
    {
        REQUIRE(said);
        if (said->granted() != nullptr && said->granted()->waits() != nullptr) return asks;
        if (said->denied() != nullptr) return said->denied()->why;
        return std::nullopt;
    }

    template <class T>
    static std::optional<problem> verdict(outcome<answer<T>> const& said)
    {
        REQUIRE(said);
        if (said->denied() != nullptr) return said->denied()->why;
        REQUIRE(said->granted() != nullptr);
        return std::nullopt;
    }

    usecases::credentials right() { return {"ana@example.org", secret{std::string_view{"right password"}}}; }

    std::string mailed(notify::message_kind kind)
    {
        auto const all = mails();
        return all.empty() || all[0].message.kind != kind ? "" : std::string(all[0].message.link_token.reveal());
    }

    /// Goes one way; `then` comes between its steps, or before its only one.
    std::optional<problem> go(way through, std::function<void()> const& then)
    {
        switch (through) {
            case way::password: then(); return verdict(log_in(right(), request()));
            case way::basic: then(); return verdict(prove_password(right(), request()));
            case way::session_login: then(); return verdict(open_session(right(), request()));
            case way::access_token:
            case way::refresh:
            case way::api_key: return go_logged_in(through, then);
            case way::session_cookie: {
                auto const opened = open_session(right(), request());
                if (auto const refused = verdict(opened)) return refused;
                then();
                return verdict(check_session(opened->granted()->inside()->cookie.reveal(), request()));
            }
            case way::magic_link: {
                granted(send_magic_link("ana@example.org", notify::language::es, request()));
                auto const link = mailed(notify::message_kind::magic_link);
                then();
                return verdict(log_in_by_link(link, "", request()));
            }
            case way::reset: {
                granted(request_reset("ana@example.org", notify::language::es, request()));
                auto const link = mailed(notify::message_kind::reset_password);
                then();
                return verdict(reset_password({link, secret{std::string_view{"another password"}}, {}}, request()));
            }
            case way::password_change: {
                usecases::caller const who{user("ana@example.org"), std::nullopt, catalogues.current(), {}};
                then();
                return verdict(change_password({right().password, secret{std::string_view{"another password"}}, {}}, who, request()));
            }
            case way::code:
            case way::recovery_code: return go_in_two_steps(through, then);
        }
        return problem::internal_error;
    }

    /// The account has a second factor, whatever else is true of it.
    std::optional<problem> go_in_two_steps(way through, std::function<void()> const& then)
    {
        auto ana = user("ana@example.org");
        ana.second_factor = true;
        auto const drawn = usecases::draw_recovery_set(ana.id, random, digests, clock.now());
        REQUIRE(memory.transact([&](ports::transaction& tx) -> outcome<void> {
            MB_CHECK(tx.second_factors().save({ana.id, secret{std::string(20, 'k')}}));
            MB_CHECK(tx.second_factors().replace_recovery_codes(ana.id, drawn.rows));
            return tx.users().update(ana);
        }));
        auto const begun = log_in(right(), request());
        if (auto const refused = verdict(begun); refused != asks) return refused;
        then();
        usecases::shown_factor shown;
        if (through == way::code)
            shown.code = usecases::codes_around(clock.now(), secret{std::string(20, 'k')}, digests, totp).at(1).code;
        else
            shown.recovery_code = drawn.texts[0].reveal();
        return verdict(verify_factor(begun->granted()->waits()->token.reveal(), shown, request()));
    }

    std::optional<problem> go_logged_in(way through, std::function<void()> const& then)
    {
        auto const login = log_in(right(), request());
        if (auto const refused = verdict(login)) return refused;
        auto const& pair = *login->granted()->inside();
        if (through == way::access_token) {
            then();
            return verdict(authenticate(pair.access_token));
        }
        if (through == way::refresh) {
            then();
            return verdict(refresh_session(pair.refresh_token.reveal(), clock.now(), request()));
        }
        auto const made = make_api_key({"robot", {"get"}, {}}, caller_of(pair), request());
        if (auto const refused = verdict(made)) return refused;
        then();
        return verdict(authenticate_key(made->granted()->text.reveal()));
    }
};

}  // namespace

TEST_CASE("every way in is open or closed as the table says, whenever the account came into its state")
{
    auto const at = GENERATE(range(std::size_t{0}, cells.size()));
    auto const when = GENERATE(moment::before, moment::between);
    auto const& cell = cells[at];
    INFO("way " << static_cast<int>(cell.through) << ", state " << static_cast<int>(cell.in) << ", moment " << static_cast<int>(when));
    doors world;
    if (when == moment::before) {
        world.put(cell.in);
        CHECK((world.go(cell.through, [] {}) == cell.before));
    } else {
        CHECK((world.go(cell.through, [&] { world.put(cell.in); }) == cell.between));
    }
}

TEST_CASE("the table has every cell")
{
    std::size_t found = 0;
    for (int through = 0; through <= static_cast<int>(way::recovery_code); ++through)
        for (int in = 0; in <= static_cast<int>(state::second_factor); ++in)
            for (auto const& each : cells)
                if (static_cast<int>(each.through) == through && static_cast<int>(each.in) == in) ++found;
    CHECK(found == 12 * 5);
    CHECK(cells.size() == found);
}

TEST_CASE_METHOD(doors, "all spellings of one identifier share one account and one count")
{
    auto ana = user("ana@example.org");
    ana.name = identity::username::parse("ana.b");
    REQUIRE(memory.transact([&](ports::transaction& tx) { return tx.users().update(ana); }));
    for (auto const* each : {"ana@example.org", "ANA@example.org", "Ana@Example.ORG", "ana.b"})
        CHECK(why(attempt(each, "wrong password")) == problem::invalid_credentials);
    CHECK(why(attempt("ANA.B", "wrong password")) == problem::account_locked);
    for (auto const* each : {"ana@example.org", "ANA@EXAMPLE.ORG", "ana.b", "Ana.B"})
        CHECK(why(attempt(each, "right password")) == problem::account_locked);
}

TEST_CASE_METHOD(doors, "what only looks like an identifier is another one")
{
    // spaces, full width, a dot or a plus more, a host with its root, a soft hyphen, a Cyrillic letter
    auto const lookalike =
        GENERATE(as<std::string>{}, " ana@example.org", "ana@example.org ", "ana @example.org", "ａna@example.org", "a.na@example.org",
                 "ana+x@example.org", "ana@example.org.", "ana@exa\u00admple.org", "аna@example.org", "ana@example.org\n", "ana");
    for (int i = 0; i < 6; ++i) {
        auto const said = attempt(lookalike, "right password");
        CHECK(why(said) == (i < 4 ? problem::invalid_credentials : problem::account_locked));
    }
    granted(attempt("ana@example.org", "right password"));
}
