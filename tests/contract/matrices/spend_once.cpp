#include "tests/contract/matrices/house.hpp"
#include "tests/contract/stores.hpp"

#include <array>

// Everything that is good once, used fifty times at the same moment: one use is accepted, on every store (security.md section 4, M4).
// What runs on two servers at once is in tests/e2e/test_replicas.py.

using namespace mb;
using namespace mb::contract;
using namespace std::chrono_literals;

namespace {

constexpr int uses = 50;
constexpr int rounds = 4;  // of fifty: as many meetings as 200 of two

enum class artefact { verify_link, reset_link, magic_link, refresh_token, code, recovery_code, mfa_session };
constexpr auto artefacts =
    std::to_array<char const*>({"verify link", "reset link", "magic link", "refresh token", "code", "recovery code", "mfa_session_token and code"});

template <class T>
bool yes(outcome<answer<T>> const& said)
{
    return said && said->granted() != nullptr;
}

struct contest : house {
    /// Nobody is locked out for losing.
    explicit contest(ports::store& where) : house(where, {.failures_max = 1'000'000, .in_a_row_max = 1'000'000}) {}

    int race(artefact what, int round)
    {
        switch (what) {
            case artefact::verify_link: {
                auto const email = "new" + std::to_string(round) + "@example.org";
                granted(register_user({email, secret{right_password}, {}, {}, notify::language::es}, request()));
                auto const link = mailed(email);
                return yes_of(uses, [&](int) { return yes(verify_email(link, request())); });
            }
            case artefact::reset_link: {
                auto const email = someone();
                granted(request_reset(email, notify::language::es, request()));
                auto const link = mailed(email);
                return yes_of(uses, [&](int i) {
                    return yes(reset_password({link, secret{"password number " + std::to_string(i)}, {}}, request()));
                });
            }
            case artefact::magic_link: {
                auto const email = someone();
                granted(send_magic_link(email, notify::language::es, request()));
                auto const link = mailed(email);
                return yes_of(uses, [&](int) { return yes(log_in_by_link(link, "", request())); });
            }
            case artefact::refresh_token: {
                auto const pair = enter(someone());
                auto const arrived = clock.now();
                clock.advance(1s);  // all of them were there before the first is answered
                auto const won = yes_of(uses, [&](int) { return yes(refresh_session(pair.refresh_token.reveal(), arrived, request())); });
                auto const held = look(store, [&](ports::transaction& tx) { return tx.families().find(pair.family); });
                CHECK_FALSE(held->revoked_at);
                return won;
            }
            case artefact::code:
            case artefact::recovery_code: {
                auto const email = someone();
                auto const codes = enrol(email);
                auto const shown = what == artefact::code ? usecases::shown_factor{code(email), {}, {}} : usecases::shown_factor{{}, codes.at(0), {}};
                std::vector<std::string> begun;
                for (int i = 0; i < uses; ++i) begun.push_back(first_step(email));
                return yes_of(uses, [&](int i) { return yes(verify_factor(begun.at(static_cast<std::size_t>(i)), shown, request())); });
            }
            // Not stored, so good for five minutes: what it opens is spent with the code that is shown beside it.
            case artefact::mfa_session: {
                auto const email = someone();
                (void)enrol(email);
                auto const begun = first_step(email);
                usecases::shown_factor const shown{code(email), {}, {}};
                return yes_of(uses, [&](int) { return yes(verify_factor(begun, shown, request())); });
            }
        }
        return -1;
    }
};

}  // namespace

TEST_CASE("of fifty uses at once of what is good once, one is accepted", "[contract][matrix][race]")
{
    MB_ON_EVERY_STORE(store);
    contest about(store);
    for (std::size_t what = 0; what < artefacts.size(); ++what)
        for (int round = 0; round < rounds; ++round) {
            INFO(artefacts.at(what) << ", round " << round);
            CHECK(about.race(static_cast<artefact>(what), round) == 1);
        }
}
