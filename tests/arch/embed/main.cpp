// Accounts and sessions inside somebody else's program: the core, a store in memory, and stand-ins for cryptography.
// A product would give real implementations of the ports; nothing else would change.

#include "adapters/memory/database/memory_store.hpp"
#include "adapters/memory/shared/memory_rolling_counters.hpp"
#include "core/usecases/access/authenticate.hpp"
#include "core/usecases/access/catalogue_cache.hpp"
#include "core/usecases/identity/log_in.hpp"
#include "core/usecases/operations/prepare_store.hpp"
#include "tests/fakes/literal_patterns.hpp"
#include "tests/fakes/manual_clock.hpp"
#include "tests/fakes/plain_cryptography.hpp"
#include "tests/fakes/randomness.hpp"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <utility>

using namespace std::chrono_literals;

/// Ends the program where a claim doesn't hold.
void expect(bool holds, char const* claim)
{
    std::printf("%s: %s\n", holds ? "ok" : "broken", claim);
    if (!holds) std::exit(1);
}

int main()
{
    mb::memory::memory_store store;
    mb::fakes::manual_clock clock;
    mb::fakes::counting_randomness random;
    mb::fakes::quick_hasher hasher;
    mb::fakes::lenient_judge judge;
    mb::fakes::plain_digester digests;
    mb::fakes::plain_token_codec codec;
    mb::fakes::literal_patterns patterns;
    mb::usecases::catalogue_cache catalogues(store, patterns, clock);
    mb::tokens::token_policy const sessions;

    mb::usecases::prepare_store const prepare_store(store, clock, random, hasher, judge, {});
    mb::memory::memory_rolling_counters counters(clock);
    mb::usecases::anomaly_watch watch(counters, random);
    mb::usecases::password_gate const gate(store, clock, random, hasher, digests, {}, watch);
    mb::usecases::proofs const proofs(catalogues, clock, random, digests, codec, {});
    mb::usecases::log_in const log_in(gate, proofs, catalogues, clock, random, codec, sessions);
    mb::usecases::authenticate const authenticate(store, catalogues, clock, codec, sessions);

    mb::usecases::preparation first;
    first.admin = mb::usecases::first_admin{"ada@example.org", mb::secret{std::string_view{"correct horse battery"}}};
    auto const prepared = prepare_store(first, {});
    expect(prepared && prepared->granted() && prepared->granted()->admin_made, "an empty store gets its first admin");

    auto const refused = log_in({"ada@example.org", mb::secret{std::string_view{"wrong horse battery"}}}, {});
    expect(refused && refused->denied() && refused->denied()->why == mb::problem::invalid_credentials, "a wrong password is refused");

    auto const granted = log_in({"ada@example.org", mb::secret{std::string_view{"correct horse battery"}}}, {});
    expect(granted && granted->granted() && granted->granted()->inside(), "the right password starts a session");

    auto const& access_token = granted->granted()->inside()->access_token;
    auto const caller = authenticate(access_token);
    expect(caller && caller->granted(), "its access token says who is calling");

    clock.advance(sessions.access_life);
    auto const late = authenticate(access_token);
    expect(late && late->denied() && late->denied()->why == mb::problem::expired_token, "and is refused once its time is over");
}
