#pragma once

#include "adapters/memory/shared/memory_rolling_counters.hpp"
#include "adapters/openssl/openssl_digester.hpp"
#include "adapters/openssl/openssl_token_codec.hpp"
#include "core/usecases/access/authenticate.hpp"
#include "core/usecases/access/authenticate_key.hpp"
#include "core/usecases/identity/change_password.hpp"
#include "core/usecases/identity/erase_account.hpp"
#include "core/usecases/identity/log_in.hpp"
#include "core/usecases/identity/log_in_by_link.hpp"
#include "core/usecases/identity/prove_password.hpp"
#include "core/usecases/identity/register_user.hpp"
#include "core/usecases/identity/request_reset.hpp"
#include "core/usecases/identity/reset_password.hpp"
#include "core/usecases/identity/send_magic_link.hpp"
#include "core/usecases/identity/unlock_user.hpp"
#include "core/usecases/identity/verify_email.hpp"
#include "core/usecases/mfa/count_recovery_codes.hpp"
#include "core/usecases/mfa/enable_factor.hpp"
#include "core/usecases/mfa/set_up_factor.hpp"
#include "core/usecases/mfa/step_up.hpp"
#include "core/usecases/mfa/verify_factor.hpp"
#include "core/usecases/operations/create_user.hpp"
#include "core/usecases/operations/prepare_store.hpp"
#include "core/usecases/tokens/check_session.hpp"
#include "core/usecases/tokens/make_api_key.hpp"
#include "core/usecases/tokens/open_session.hpp"
#include "core/usecases/tokens/refresh_session.hpp"
#include "tests/contract/steps.hpp"
#include "tests/fakes/literal_patterns.hpp"
#include "tests/fakes/manual_clock.hpp"
#include "tests/fakes/plain_cryptography.hpp"
#include "tests/fakes/randomness.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mb::contract {

inline constexpr std::string_view right_password = "right password";
inline constexpr std::string_view fresh_password = "another password";

/// Hashes quickly, and once, where it is told to, lets something happen while it does.
class interrupted_hasher final : public ports::password_hasher {
public:
    outcome<std::string> hash(secret const& password) const override { return behind_.hash(password); }
    outcome<verdict> verify(secret const& password, std::string_view stored) const override
    {
        if (auto const happens = std::exchange(meanwhile, nullptr)) happens();
        return behind_.verify(password, stored);
    }
    bool admits(std::string_view foreign) const noexcept override { return behind_.admits(foreign); }
    std::string_view decoy() const noexcept override { return behind_.decoy(); }

    mutable std::function<void()> meanwhile;  ///< for one thread

private:
    fakes::quick_hasher behind_;
};

/// A whole server without its edge, on a store of the test's: prepared, on a clock that stands still, with the admin root@example.org. Tokens,
/// digests, cookies and links are the real ones; passwords hash quickly.
struct house {
    explicit house(ports::store& where, identity::lockout_policy const& failures = {});

    ports::store& store;
    fakes::manual_clock clock;
    fakes::counting_randomness random;
    interrupted_hasher hasher;
    fakes::lenient_judge judge;
    fakes::literal_patterns patterns;
    openssl::openssl_digester digests;
    openssl::openssl_token_codec codec{"https://id.example", "metabuilder"};
    tokens::token_policy token_rules;
    tokens::session_policy session_rules;
    tokens::proof_policy proof_rules;
    identity::lockout_policy lockout;
    identity::password_policy passwords;
    identity::link_policy links;
    identity::totp_policy totp;
    usecases::catalogue_cache catalogues{store, patterns, clock};
    usecases::recent_uses seen;

    usecases::prepare_store prepare_store{store, clock, random, hasher, judge, passwords};
    usecases::create_user create_user{store, clock, random, hasher, judge, passwords};
    usecases::register_user register_user{store, clock, random, hasher, judge, digests, passwords, links};
    usecases::verify_email verify_email{store, clock, random, digests, links};
    memory::memory_rolling_counters counters{clock};
    usecases::anomaly_watch watch{counters, random};
    usecases::password_gate gate{store, clock, random, hasher, digests, lockout, watch};
    usecases::proofs proofs{catalogues, clock, random, digests, codec, proof_rules};
    usecases::factor_check factors{digests, {totp, lockout, links}};
    usecases::log_in log_in{gate, proofs, catalogues, clock, random, codec, token_rules};
    usecases::prove_password prove_password{gate, clock};
    usecases::open_session open_session{gate, proofs, clock, random, digests, session_rules};
    usecases::check_session check_session{store, clock, random, digests, seen, session_rules, watch};
    usecases::request_reset request_reset{{store, clock, random, digests, links}};
    usecases::reset_password reset_password{store, clock, random, hasher, judge, digests, passwords, links};
    usecases::change_password change_password{gate, proofs, clock, random, hasher, judge, passwords, links};
    usecases::send_magic_link send_magic_link{{store, clock, random, digests, links}};
    usecases::log_in_by_link log_in_by_link{store, proofs, catalogues, clock, random, digests, codec, links, token_rules};
    usecases::refresh_session refresh_session{store, catalogues, clock, random, codec, token_rules, watch};
    usecases::authenticate authenticate{store, catalogues, clock, codec, token_rules};
    usecases::make_api_key make_api_key{store, clock, random, digests, {}};
    usecases::authenticate_key authenticate_key{store, catalogues, clock, digests, seen};
    usecases::set_up_factor set_up_factor{store, clock, random, totp};
    usecases::enable_factor enable_factor{store, proofs, clock, random, digests, {totp, lockout, links}};
    usecases::verify_factor verify_factor{store, catalogues, proofs, factors, clock, random, digests, codec, token_rules, session_rules};
    usecases::step_up step_up{store, gate, proofs, factors, clock, random};
    usecases::count_recovery_codes count_recovery_codes{store, proofs};
    usecases::unlock_user unlock_user{store, clock, random, digests};
    usecases::erase_account erase_account{store, proofs, clock, random, digests};

    /// A request that arrives now.
    audit::origin request() const;
    /// The address of a new account, which is verified and has the right password.
    std::string someone();
    usecases::credentials right(std::string const& email) const { return {email, secret{right_password}}; }
    /// Five wrong passwords, from a browser that nobody knows.
    void lock(std::string const& email);
    /// A login that has to work.
    usecases::token_pair enter(std::string const& email);
    usecases::caller caller_of(usecases::token_pair const& pair);
    usecases::caller admin();
    identity::user user(std::string const& email);
    void save(identity::user const& changed);
    /// The link of the newest mail to the address; "" where it carries none.
    std::string mailed(std::string const& email);

    /// Turns the second factor on. @return its recovery codes.
    std::vector<std::string> enrol(std::string const& email);
    /// What the owner's app shows, so many steps off from now.
    std::string code(std::string const& email, std::int64_t steps = 0);
    /// The first step of a login of who has a second factor.
    std::string first_step(std::string const& email);

private:
    int accounts_ = 0;
};

/// What an answer granted. The test fails where the answer is another one.
template <class T>
T granted(outcome<answer<T>>&& said)
{
    auto got = must(std::move(said));
    if (auto const* refused = got.denied()) FAIL("refused: " << entry_of(refused->why).code);
    REQUIRE(got.granted() != nullptr);
    return std::move(*got.granted());
}

/// What a way in that was open at once led to.
template <class T>
T entered(outcome<answer<usecases::entrance<T>>>&& said)
{
    auto got = granted(std::move(said));
    REQUIRE(got.inside() != nullptr);
    return std::move(*got.inside());
}

/// Why an answer refused; nothing where it granted.
template <class T>
std::optional<problem> refusal(outcome<answer<T>> const& said)
{
    REQUIRE(said);
    REQUIRE(said->broken() == nullptr);
    if (auto const* refused = said->denied()) return refused->why;
    return std::nullopt;
}

/// Runs `act(i)` for 0 … count - 1 at the same time. @return how many said yes.
int yes_of(int count, std::function<bool(int)> const& act);

}  // namespace mb::contract
