#include "core/usecases/operations/anomaly_watch.hpp"
#include "tests/unit/access/together.hpp"
#include "tests/unit/anomaly/watched.hpp"

#include <array>
#include <string>

using namespace mb;
using namespace mb::testing;
using anomaly::kind;
using fakes::outage_store;
using namespace std::chrono_literals;

namespace {

/// Counters that are lost where they are told to be.
class losable final : public ports::rolling_counters {
public:
    explicit losable(ports::rolling_counters& behind) : behind_(behind) {}
    outcome<std::vector<std::size_t>> note(std::span<ports::sighting const> seen) override
    {
        notes += seen.size();
        if (lost) return error{errc::unavailable, "test", ""};
        return behind_.note(seen);
    }
    bool lost = false;
    std::size_t notes = 0;

private:
    ports::rolling_counters& behind_;
};

}  // namespace

TEST_CASE_METHOD(watched, "Anomaly detection: simular 10 logins fallidos -> ninguna, 11 desde direcciones distintas -> evento de anomalía generado")
{
    fail_from(10);
    CHECK(found() == nothing);
    CHECK(anomalies().empty());
    fail("ana@example.org", "one more");
    CHECK(found() == stuffing);
    REQUIRE(anomalies().size() == 1);
    auto const row = anomalies().front();
    CHECK(row.what == kind::credential_stuffing);
    CHECK(row.level == audit::severity::high);
    CHECK(row.subject.empty());
    CHECK_FALSE(row.user);
    CHECK(row.numbers == anomaly::figures{11, 10, 300s});
    CHECK(row.from == clock.now() - 5min);
    CHECK(row.until == clock.now() + 5min);
    auto const event = events(1).front();
    CHECK(audit::entry_of(event.type).name == "ANOMALIA_CREDENTIAL_STUFFING");
    CHECK(event.id == row.id);
    CHECK_FALSE(event.user);
    CHECK(event.ip == identity::ip_hash{"one more"});
    CHECK(event.status_code == 401);
    CHECK(value_of(event, "counted") == "11");
    CHECK(value_of(event, "threshold") == "10");
    CHECK(value_of(event, "window_seconds") == "300");
    CHECK(found() == nothing);
}

TEST_CASE_METHOD(watched, "many failures from few addresses are no stuffing")
{
    for (int round = 0; round < 3; ++round) fail_from(10);
    CHECK(found() == nothing);
}

TEST_CASE_METHOD(watched, "a failure has left the window of stuffing after five minutes, not a tick earlier")
{
    bool const in_time = GENERATE(true, false);
    fail_from(10);
    clock.advance(in_time ? 5min - 1us : duration{5min});
    fail("nobody", "one more");
    CHECK(found() == (in_time ? stuffing : nothing));
}

TEST_CASE_METHOD(watched, "a sixth failure of one account is brute force, beside the lockout that the fifth brought")
{
    for (int i = 0; i < 4; ++i) CHECK(fail("ana@example.org", "a") == problem::invalid_credentials);
    CHECK(fail("ana@example.org", "a") == problem::account_locked);
    CHECK(found() == nothing);
    CHECK(count("CUENTA_BLOQUEADA") == 1);
    CHECK(fail("ana@example.org", "a") == problem::account_locked);
    CHECK(found() == brute_force);
    REQUIRE(anomalies().size() == 1);
    auto const row = anomalies().front();
    CHECK(row.user == user("ana@example.org").id);
    CHECK(row.subject == attempts().front().identity_pseudonym);
    CHECK(row.numbers == anomaly::figures{6, 5, 600s});
    CHECK(events(1).front().user == row.user);
    CHECK(events(1).front().status_code == 423);
    CHECK(count("CUENTA_BLOQUEADA") == 1);
}

TEST_CASE_METHOD(watched, "a failure has left the window of brute force after ten minutes, not a tick earlier")
{
    bool const in_time = GENERATE(true, false);
    for (int i = 0; i < 5; ++i) fail("ana@example.org", "a");
    clock.advance(in_time ? 10min - 1us : duration{10min});
    fail("ana@example.org", "a");
    CHECK(found() == (in_time ? brute_force : nothing));
}

TEST_CASE_METHOD(watched, "an account that nobody has is counted like one that somebody has, and its name stays unsaid")
{
    auto const name = GENERATE(as<std::string>{}, "ana@example.org", "nobody@example.org", "?!");
    losable counted{counters};
    usecases::anomaly_watch own{counted, random};
    usecases::password_gate const gate_here{store, clock, random, hasher, digests, lockout, own};
    usecases::log_in const log_in_here{gate_here, proofs, catalogues, clock, random, codec, tokens_policy};
    for (int i = 0; i < 6; ++i) {
        auto const refused = why(log_in_here({name, secret{std::string_view{"wrong password"}}}, from("a")));
        CHECK(refused == (i < 4 ? problem::invalid_credentials : problem::account_locked));
    }
    CHECK(counted.notes == 12);
    auto const told = own.flush(store);
    REQUIRE(told);
    REQUIRE(told->size() == 1);
    CHECK(told->front().what == kind::brute_force);
    CHECK(told->front().subject.size() == 43);
    CHECK(told->front().subject.find("nobody") == std::string::npos);
    CHECK(told->front().user.has_value() == (name == "ana@example.org"));
}

TEST_CASE_METHOD(watched, "a right password is no failure, and what it opens is none")
{
    for (int i = 0; i < 20; ++i) enter_from("address " + std::to_string(i));
    CHECK(found() == nothing);
}

TEST_CASE_METHOD(watched, "a session that is refreshed from a third address within the hour is unusual")
{
    auto pair = refresh(enter_from("home"), "home");
    pair = refresh(pair, "office");
    CHECK(found() == nothing);
    pair = refresh(pair, "elsewhere");
    CHECK(found() == unusual);
    REQUIRE(anomalies().size() == 1);
    auto const row = anomalies().front();
    CHECK(row.subject == pair.family.text());
    CHECK(row.user == pair.user.id);
    CHECK(row.numbers == anomaly::figures{3, 2, 3600s});
    CHECK(events(1).front().ip == identity::ip_hash{"elsewhere"});
    CHECK(events(1).front().status_code == 200);
    CHECK(family(pair.family)->revoked_at == std::nullopt);
}

TEST_CASE_METHOD(watched, "where a session was begun counts for an hour from then, not a tick longer")
{
    bool const in_time = GENERATE(true, false);
    auto pair = enter_from("home");
    clock.advance(in_time ? 1h - 1us : duration{1h});
    pair = refresh(pair, "office");
    pair = refresh(pair, "elsewhere");
    CHECK(found() == (in_time ? unusual : nothing));
}

TEST_CASE_METHOD(watched, "where a session was used counts for an hour, not a tick longer, and two sessions are two")
{
    bool const in_time = GENERATE(true, false);
    auto pair = enter_from("home");
    clock.advance(1h);  // home has left
    pair = refresh(pair, "office");
    pair = refresh(pair, "train");
    clock.advance(in_time ? 1h - 1us : duration{1h});
    refresh(enter_from("abroad"), "far away");
    pair = refresh(pair, "elsewhere");
    CHECK(found() == (in_time ? unusual : nothing));
}

TEST_CASE_METHOD(watched, "an attack that goes on is one row for each window, with numbers that grow")
{
    fail_from(11);
    CHECK(found() == stuffing);
    auto const before = events().size();
    fail_from(21);
    CHECK(found() == nothing);
    CHECK(anomalies().front().numbers.counted == 11);
    fail_from(60);
    CHECK(found() == nothing);
    REQUIRE(anomalies().size() == 1);
    CHECK(anomalies().front().numbers.counted == 44);
    CHECK(count("ANOMALIA_CREDENTIAL_STUFFING") == 1);
    CHECK(events().size() == before + 81);  // LOGIN_FALLIDO, and nothing else

    clock.advance(5min - 1us);
    fail_from(11, "other ");
    CHECK(found() == nothing);
    clock.advance(1us);
    fail_from(1, "third ");
    CHECK(found() == stuffing);
    CHECK(anomalies().size() == 2);
    CHECK(count("ANOMALIA_CREDENTIAL_STUFFING") == 2);
}

TEST_CASE_METHOD(watched, "what grows before it is written is written once, as it is then")
{
    fail_from(50);
    CHECK(found() == stuffing);
    REQUIRE(anomalies().size() == 1);
    CHECK(anomalies().front().numbers.counted == 44);
    CHECK(value_of(event_of(anomalies().front()), "counted") == "44");
}

TEST_CASE_METHOD(watched, "a server that begins anew writes no second row of the same window")
{
    fail_from(11);
    CHECK(found() == stuffing);
    usecases::anomaly_watch reborn{counters, random};
    reborn.login_failed({std::nullopt, "somebody", {}, problem::invalid_credentials}, from("one more"), clock.now());
    auto const told = reborn.flush(store);
    REQUIRE(told);
    CHECK(told->empty());
    REQUIRE(anomalies().size() == 1);
    CHECK(anomalies().front().numbers.counted == 12);
}

TEST_CASE_METHOD(watched, "what can't be written waits, and is written once")
{
    auto const stage = GENERATE(outage_store::stage::begin, outage_store::stage::commit, outage_store::stage::answer);
    auto const code = stage == outage_store::stage::answer ? errc::outcome_unknown : errc::unavailable;
    fail_from(11);
    store.fail_next(stage, code);
    auto const failed = watch.flush(store);
    REQUIRE_FALSE(failed);
    CHECK(failed.error().code == code);
    found();
    CHECK(anomalies().size() == 1);
    CHECK(count("ANOMALIA_CREDENTIAL_STUFFING") == 1);
    CHECK(found() == nothing);
}

TEST_CASE_METHOD(watched, "where nobody can count, every request has the answer that it would have")
{
    losable lost{counters};
    lost.lost = true;
    usecases::anomaly_watch blind{lost, random};
    usecases::password_gate const gate_here{store, clock, random, hasher, digests, lockout, blind};
    usecases::log_in const log_in_here{gate_here, proofs, catalogues, clock, random, codec, tokens_policy};
    usecases::refresh_session const refresh_here{store, catalogues, clock, random, codec, tokens_policy, blind};
    for (int i = 0; i < 4; ++i)
        CHECK(why(log_in_here({"ana@example.org", secret{std::string_view{"wrong password"}}}, from("a"))) == problem::invalid_credentials);
    CHECK(why(log_in_here({"ana@example.org", secret{std::string_view{"wrong password"}}}, from("a"))) == problem::account_locked);
    CHECK(why(log_in_here({"ana@example.org", secret{std::string_view{"wrong password"}}}, from("a"))) == problem::account_locked);
    granted(unlock_user(user("ana@example.org").id, admin(), request()));
    auto const pair = enter_from("home");
    granted(refresh_here(pair.refresh_token.reveal(), clock.now(), from("office")));
    CHECK(lost.notes == 14);
    auto const told = blind.flush(store);
    REQUIRE(told);
    CHECK(told->empty());
}

TEST_CASE_METHOD(watched, "finding something costs the request no statement")
{
    auto const statements = [&] {
        constexpr int plenty = 1'000;
        brittle.calls_left = plenty;
        fail("ana@example.org", "a");
        auto const left = brittle.calls_left.value();
        brittle.calls_left.reset();
        return plenty - left;
    };
    for (int i = 0; i < 5; ++i) fail("ana@example.org", "a");
    CHECK(found() == nothing);
    auto const finding = statements();
    CHECK(found() == brute_force);
    auto const usual = statements();
    CHECK(finding == usual);
    CHECK(usual > 0);
    CHECK(found() == nothing);
}

TEST_CASE_METHOD(watched, "a request without an address is counted for its account alone")
{
    auto nowhere = request();
    nowhere.ip.reset();
    for (int i = 0; i < 20; ++i)
        watch.login_failed({std::nullopt, "somebody", ports::new_id<audit::log_id>(random, clock.now()), problem::invalid_credentials}, nowhere,
                           clock.now());
    CHECK(found() == brute_force);
    auto const pair = enter_from("home");
    for (int i = 0; i < 5; ++i) watch.session_used(*family(pair.family), nowhere, clock.now());
    CHECK(found() == nothing);
}

TEST_CASE_METHOD(watched, "of who was erased before it was written the row says nothing")
{
    for (int i = 0; i < 6; ++i) fail("ana@example.org", "a");
    granted(erase_account(user("ana@example.org").id, admin(), request()));
    CHECK(found() == brute_force);
    auto const row = anomalies().front();
    CHECK_FALSE(row.user);
    CHECK(row.subject.empty());
    auto const event = event_of(row);
    CHECK_FALSE(event.user);
    CHECK_FALSE(event.ip);
    CHECK(event.user_agent.empty());
}

TEST_CASE_METHOD(watched, "as many findings wait as fit, and the next one is counted as lost")
{
    auto const force = [&](int number) {
        auto const identity = "identity " + std::to_string(number);
        for (int i = 0; i < 6; ++i)
            watch.login_failed({std::nullopt, identity, ports::new_id<audit::log_id>(random, clock.now()), problem::invalid_credentials}, from("a"),
                               clock.now());
    };
    constexpr auto most = static_cast<int>(usecases::anomaly_watch::findings_max);
    brittle.rehearses = false;
    for (int i = 0; i < most; ++i) force(i);
    CHECK(watch.counted().lost == 0);
    force(most);
    CHECK(watch.counted().lost == 1);
    CHECK(found().size() == usecases::anomaly_watch::findings_max);
    CHECK(watch.counted().written[static_cast<std::size_t>(kind::brute_force)] == usecases::anomaly_watch::findings_max);
    force(most + 1);
    CHECK(found() == brute_force);
}

TEST_CASE_METHOD(watched, "a classic session that moves is an anomaly of its window, told once, and each move is an event")
{
    auto const opened = entered(open_session({"ana@example.org", secret{std::string_view{"right password"}}, {}}, from("home")));
    usecases::check_session const lenient{store, clock, random, digests, recent_uses, {.binding = tokens::address_binding::log}, watch};
    granted(lenient(opened.cookie.reveal(), from("office")));
    CHECK(found() == unusual);
    REQUIRE(anomalies().size() == 1);
    auto const row = anomalies().front();
    CHECK(row.id == events(1).front().id);
    CHECK(row.user == user("ana@example.org").id);
    CHECK(row.numbers == anomaly::figures{2, 1, 3600s});
    granted(lenient(opened.cookie.reveal(), from("home")));
    CHECK(found() == nothing);
    CHECK(anomalies().size() == 1);
    CHECK(count("ANOMALIA_SESION_INUSUAL") == 2);
    clock.advance(1h);
    granted(lenient(opened.cookie.reveal(), from("office")));
    CHECK(found() == unusual);
    CHECK(anomalies().size() == 2);
}

TEST_CASE_METHOD(watched, "failures that come at once are counted each, and found once", "[race]")
{
    for (int round = 0; round < 200; ++round) {
        memory::memory_rolling_counters fresh{clock};
        usecases::anomaly_watch own{fresh, random};
        std::array<audit::log_id, 12> ids;
        for (auto& each : ids) each = ports::new_id<audit::log_id>(random, clock.now());
        together(4, [&](int t) {
            for (int i = 0; i < 3; ++i) {
                auto const at = static_cast<std::size_t>(3 * t + i);
                own.login_failed({std::nullopt, "somebody", ids[at], problem::invalid_credentials}, from("address " + std::to_string(at)),
                                 clock.now());
            }
        });
        auto const told = own.flush(store);
        REQUIRE(told);
        REQUIRE(told->size() == 2);
        CHECK(told->at(0).what == kind::credential_stuffing);
        CHECK(told->at(0).numbers.counted >= 11);
        CHECK(told->at(1).what == kind::brute_force);
        clock.advance(20min);
    }
}
