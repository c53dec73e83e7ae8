#include "tests/contract/matrices/house.hpp"
#include "tests/contract/stores.hpp"

#include <algorithm>
#include <array>

// Account states × ways in × moments, from one table, on every store: a rule that holds at one door has to hold at every other
// (security.md section 4, M1).

using namespace mb;
using namespace mb::contract;

namespace {

// Ways that don't exist yet are not here: passkeys, OAuth with GitHub and Google, the device grant, clients without a user.
// tests/e2e/test_matrices.py fails on the day that one of them gets an endpoint.
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
    recovery_code,
    step_up
};
constexpr auto ways = std::to_array<char const*>({"password", "basic", "session login", "access token", "refresh", "session cookie", "api key",
                                                  "magic link", "reset", "password change", "code", "recovery code", "step-up"});

enum class state {
    active,
    locked,
    disabled,
    deleted,
    unverified,
    factor_on,
    factor_pending  ///< a key was drawn, and no code of it shown yet
};
constexpr auto states = std::to_array<char const*>({"active", "locked", "disabled", "deleted", "unverified", "factor on", "factor pending"});

enum class moment {
    before,  ///< the state is there when the way is begun
    between  ///< it comes after the first step: while the hash is computed, after the link was mailed, once the session has begun
};

struct expected {
    std::optional<problem> refused{};      ///< none: it opens
    char const* impossible_for = nullptr;  ///< why there is no such cell
};
constexpr expected opens{};
constexpr expected asks{problem::second_factor_required};  ///< leads to a second step, or is refused for want of one
constexpr expected locked_out{problem::account_locked};
constexpr expected off{problem::account_disabled};
constexpr expected unproven{problem::email_not_verified};
constexpr expected nobody{problem::invalid_credentials};
constexpr expected gone{problem::invalid_token};
constexpr expected no_link{problem::link_invalid};
constexpr expected impossible(char const* why) { return {std::nullopt, why}; }
constexpr expected has_one = impossible("this way begins with a second factor that is on");

struct row {
    way through;
    state in;
    expected before;
    expected between;
};

constexpr auto cells = std::to_array<row>({
    {way::password, state::active, opens, opens},
    {way::password, state::locked, locked_out, opens},  // counted before the failures of others: as if it had come before them
    {way::password, state::disabled, off, off},
    {way::password, state::deleted, nobody, nobody},
    {way::password, state::unverified, unproven, unproven},
    {way::password, state::factor_on, asks, asks},
    {way::password, state::factor_pending, opens, opens},

    {way::basic, state::active, opens, opens},
    {way::basic, state::locked, locked_out, opens},
    {way::basic, state::disabled, off, off},
    {way::basic, state::deleted, nobody, nobody},
    {way::basic, state::unverified, unproven, unproven},
    {way::basic, state::factor_on, asks, asks},
    {way::basic, state::factor_pending, opens, opens},

    {way::session_login, state::active, opens, opens},
    {way::session_login, state::locked, locked_out, opens},
    {way::session_login, state::disabled, off, off},
    {way::session_login, state::deleted, nobody, nobody},
    {way::session_login, state::unverified, unproven, unproven},
    {way::session_login, state::factor_on, asks, asks},
    {way::session_login, state::factor_pending, opens, opens},

    // who is inside stays inside while the door is locked
    {way::access_token, state::active, opens, opens},
    {way::access_token, state::locked, locked_out, opens},
    {way::access_token, state::disabled, off, gone},
    {way::access_token, state::deleted, nobody, gone},
    {way::access_token, state::unverified, unproven, opens},
    {way::access_token, state::factor_on, asks, opens},
    {way::access_token, state::factor_pending, opens, opens},

    {way::refresh, state::active, opens, opens},
    {way::refresh, state::locked, locked_out, opens},
    {way::refresh, state::disabled, off, gone},
    {way::refresh, state::deleted, nobody, gone},
    {way::refresh, state::unverified, unproven, opens},
    {way::refresh, state::factor_on, asks, opens},
    {way::refresh, state::factor_pending, opens, opens},

    {way::session_cookie, state::active, opens, opens},
    {way::session_cookie, state::locked, locked_out, opens},
    {way::session_cookie, state::disabled, off, gone},
    {way::session_cookie, state::deleted, nobody, gone},
    {way::session_cookie, state::unverified, unproven, opens},
    {way::session_cookie, state::factor_on, asks, opens},
    {way::session_cookie, state::factor_pending, opens, opens},

    {way::api_key, state::active, opens, opens},
    {way::api_key, state::locked, locked_out, opens},
    {way::api_key, state::disabled, off, gone},
    {way::api_key, state::deleted, nobody, gone},
    {way::api_key, state::unverified, unproven, opens},
    {way::api_key, state::factor_on, asks, opens},
    {way::api_key, state::factor_pending, opens, opens},

    // a link proves the address, so it opens for who has not verified it
    {way::magic_link, state::active, opens, opens},
    {way::magic_link, state::locked, locked_out, locked_out},
    {way::magic_link, state::disabled, no_link, no_link},
    {way::magic_link, state::deleted, no_link, no_link},
    {way::magic_link, state::unverified, opens, opens},
    {way::magic_link, state::factor_on, asks, asks},
    {way::magic_link, state::factor_pending, opens, opens},

    // the owner's way back in, whatever is locked
    {way::reset, state::active, opens, opens},
    {way::reset, state::locked, opens, opens},
    {way::reset, state::disabled, no_link, no_link},
    {way::reset, state::deleted, no_link, no_link},
    {way::reset, state::unverified, opens, opens},
    {way::reset, state::factor_on, opens, opens},
    {way::reset, state::factor_pending, opens, opens},

    // "before" is before the request of who is inside already, "between" while its hash is computed
    {way::password_change, state::active, opens, opens},
    {way::password_change, state::locked, locked_out, opens},
    {way::password_change, state::disabled, gone, off},
    {way::password_change, state::deleted, gone, nobody},
    {way::password_change, state::unverified, unproven, unproven},
    {way::password_change, state::factor_on, {problem::step_up_required}, asks},
    {way::password_change, state::factor_pending, opens, opens},

    // the second step of a login; "before" is before the first step, "between" between the two
    {way::code, state::active, opens, opens},
    {way::code, state::locked, locked_out, locked_out},
    {way::code, state::disabled, off, off},
    {way::code, state::deleted, nobody, gone},
    {way::code, state::unverified, unproven, unproven},
    {way::code, state::factor_on, has_one, has_one},
    {way::code, state::factor_pending, has_one, has_one},

    {way::recovery_code, state::active, opens, opens},
    {way::recovery_code, state::locked, locked_out, locked_out},
    {way::recovery_code, state::disabled, off, off},
    {way::recovery_code, state::deleted, nobody, gone},
    {way::recovery_code, state::unverified, unproven, unproven},
    {way::recovery_code, state::factor_on, has_one, has_one},
    {way::recovery_code, state::factor_pending, has_one, has_one},

    // who is inside shows the factor again; "before" is before the login, "between" once the session has begun
    {way::step_up, state::active, opens, opens},
    {way::step_up, state::locked, locked_out, opens},
    {way::step_up, state::disabled, off, gone},
    {way::step_up, state::deleted, nobody, gone},
    {way::step_up, state::unverified, unproven, opens},
    {way::step_up, state::factor_on, has_one, has_one},
    {way::step_up, state::factor_pending, has_one, has_one},
});

using action = std::function<void()>;

struct doors : house {
    using house::house;

    void put(state wanted, std::string const& email)
    {
        if (wanted == state::active) return;
        if (wanted == state::locked) return lock(email);
        auto who = user(email);
        if (wanted == state::deleted) {
            granted(erase_account(who.id, admin(), request()));
            return;
        }
        who.status = wanted == state::disabled ? identity::user_status::disabled : identity::user_status::active;
        who.email_verified = wanted != state::unverified;
        bool const keyed = wanted == state::factor_on || wanted == state::factor_pending;
        if (wanted == state::factor_on) who.second_factor = true;
        // past every use case: the door has to look for itself, and not count on what a change ends
        write(store, [&](ports::transaction& tx) -> outcome<void> {
            if (keyed) MB_CHECK(tx.second_factors().save({who.id, secret{std::string(20, 'k')}}));
            return tx.users().update(who);
        });
    }

    template <class T>
    static std::optional<problem> verdict(outcome<answer<usecases::entrance<T>>> const& said)
    {
        auto const refused = refusal(said);
        if (!refused && said->granted()->waits() != nullptr) return problem::second_factor_required;
        return refused;
    }

    /// Goes one way; `then` comes between its steps.
    std::optional<problem> go(way through, std::string const& email, action const& then)
    {
        switch (through) {
            case way::password: hasher.meanwhile = then; return verdict(log_in(right(email), request()));
            case way::basic: hasher.meanwhile = then; return refusal(prove_password(right(email), request()));
            case way::session_login: hasher.meanwhile = then; return verdict(open_session(right(email), request()));
            case way::access_token:
            case way::refresh:
            case way::api_key: return go_logged_in(through, email, then);
            case way::session_cookie: {
                auto const opened = open_session(right(email), request());
                if (auto const refused = verdict(opened)) return refused;
                then();
                return refusal(check_session(opened->granted()->inside()->cookie.reveal(), request()));
            }
            case way::magic_link: {
                granted(send_magic_link(email, notify::language::es, request()));
                auto const link = mailed(email);
                then();
                return verdict(log_in_by_link(link, "", request()));
            }
            case way::reset: {
                granted(request_reset(email, notify::language::es, request()));
                auto const link = mailed(email);
                then();
                return refusal(reset_password({link, secret{fresh_password}, {}}, request()));
            }
            case way::code:
            case way::recovery_code: return go_in_two_steps(through, email, then);
            case way::password_change:
            case way::step_up: break;  // begin inside: begin()
        }
        return problem::internal_error;
    }

    std::optional<problem> go_in_two_steps(way through, std::string const& email, action const& then)
    {
        auto const begun = log_in(right(email), request());
        if (auto const refused = verdict(begun); refused != problem::second_factor_required) return refused;
        auto const code_now = code(email);
        then();
        usecases::shown_factor shown;
        (through == way::code ? shown.code : shown.recovery_code) = through == way::code ? code_now : recovery.at(0);
        return refusal(verify_factor(begun->granted()->waits()->token.reveal(), shown, request()));
    }

    std::optional<problem> go_logged_in(way through, std::string const& email, action const& then)
    {
        auto const login = log_in(right(email), request());
        if (auto const refused = verdict(login)) return refused;
        auto const& pair = *login->granted()->inside();
        if (through == way::access_token) {
            then();
            return refusal(authenticate(pair.access_token));
        }
        if (through == way::refresh) {
            then();
            return refusal(refresh_session(pair.refresh_token.reveal(), clock.now(), request()));
        }
        auto const made = make_api_key({"robot", {"get"}, {}}, caller_of(pair), request());
        if (auto const refused = refusal(made)) return refused;
        then();
        return refusal(authenticate_key(made->granted()->text.reveal()));
    }

    std::optional<problem> change_own_password(std::string const& email, action const& before, action const& between)
    {
        auto const pair = enter(email);
        before();
        auto const who = authenticate(pair.access_token);
        if (auto const refused = refusal(who)) return refused;
        hasher.meanwhile = between;
        return refusal(change_password({secret{right_password}, secret{fresh_password}, {}}, *who->granted(), request()));
    }

    std::optional<problem> step_up_again(std::string const& email, action const& then)
    {
        auto const begun = log_in(right(email), request());
        if (auto const refused = verdict(begun); refused != problem::second_factor_required) return refused;
        auto inside = granted(verify_factor(begun->granted()->waits()->token.reveal(), {{}, recovery.at(0), {}}, request()));
        auto const who = caller_of(std::get<usecases::token_pair>(inside));
        then();
        return refusal(step_up({{{}, recovery.at(1), {}}, {}}, who, request()));
    }

    std::optional<problem> try_cell(row const& cell, moment when)
    {
        auto const email = someone();
        action const nothing = [] {};
        action const change = [&] { put(cell.in, email); };
        bool const first = when == moment::before;
        if (cell.through == way::code || cell.through == way::recovery_code || cell.through == way::step_up) recovery = enrol(email);
        if (cell.through == way::password_change) return change_own_password(email, first ? change : nothing, first ? nothing : change);
        if (first) change();
        auto const& then = first ? nothing : change;
        return cell.through == way::step_up ? step_up_again(email, then) : go(cell.through, email, then);
    }

    std::vector<std::string> recovery;
};

std::string said(std::optional<problem> what) { return what ? std::string(entry_of(*what).code) : "opens"; }

}  // namespace

TEST_CASE("every way in is open or closed as the table says, whenever the account came into its state", "[contract][matrix]")
{
    MB_ON_EVERY_STORE(store);
    doors world(store);
    std::size_t tried = 0;
    std::size_t left_out = 0;
    for (auto const& cell : cells)
        for (auto const when : {moment::before, moment::between}) {
            auto const& wanted = when == moment::before ? cell.before : cell.between;
            if (wanted.impossible_for != nullptr) {
                ++left_out;
                continue;
            }
            INFO(ways.at(static_cast<std::size_t>(cell.through))
                 << ", " << states.at(static_cast<std::size_t>(cell.in)) << (when == moment::before ? ", before" : ", between"));
            CHECK(said(world.try_cell(cell, when)) == said(wanted.refused));
            ++tried;
        }
    CHECK(tried == 170);
    CHECK(left_out == 12);
}

TEST_CASE("the table has every way in every state, once", "[contract][matrix]")
{
    for (std::size_t through = 0; through < ways.size(); ++through)
        for (std::size_t in = 0; in < states.size(); ++in) {
            INFO(ways.at(through) << ", " << states.at(in));
            CHECK(std::ranges::count_if(
                      cells, [&](row const& each) { return each.through == static_cast<way>(through) && each.in == static_cast<state>(in); })
                  == 1);
        }
    CHECK(cells.size() == ways.size() * states.size());
    CHECK(cells.size() == 91);
}
