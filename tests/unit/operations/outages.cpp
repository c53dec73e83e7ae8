#include "core/domain/base/text.hpp"
#include "core/usecases/mfa/remove_factor.hpp"
#include "core/usecases/operations/end_restored_sessions.hpp"
#include "core/usecases/operations/list_anomalies.hpp"
#include "core/usecases/operations/record_backup.hpp"
#include "core/usecases/operations/review_anomaly.hpp"
#include "tests/unit/operations/brittle_world.hpp"

using namespace mb;
using namespace mb::testing;
using namespace std::chrono_literals;

TEST_CASE_METHOD(brittle_world, "whichever call of the storage fails, work on accounts says so and leaves nothing behind")
{
    auto const target = user("ana@example.org").id;
    SECTION("registering")
    {
        survives_every_failure([&] {
            return register_user({"more@example.org", secret{std::string_view{"right password"}}, "more", {}, notify::language::es}, request());
        });
    }
    SECTION("registering a known address")
    {
        survives_every_failure([&] {
            return register_user({"ana@example.org", secret{std::string_view{"right password"}}, {}, {}, notify::language::es}, request());
        });
    }
    SECTION("verifying")
    {
        survives_every_failure([&] { return verify_email(link, request()); });
    }
    SECTION("verifying with the link of another kind of mail")
    {
        survives_every_failure([&] { return verify_email(std::string(64, 'A'), request()); });
    }
    SECTION("asking for another link")
    {
        clock.advance(1h);
        survives_every_failure([&] { return resend_verification("new@example.org", notify::language::es, request()); });
    }
    SECTION("asking for a new password")
    {
        survives_every_failure([&] { return request_reset("ana@example.org", notify::language::es, request()); });
    }
    SECTION("looking at a reset link")
    {
        auto const reset = reset_link();
        survives_every_failure([&] { return check_reset(reset, request()); });
    }
    SECTION("setting a new password")
    {
        auto const reset = reset_link();
        enter("ana@example.org");
        survives_every_failure([&] { return reset_password({reset, secret{std::string_view{"another password"}}, {}}, request()); });
    }
    SECTION("blocking a link")
    {
        auto const reset = reset_link();
        for (int i = 0; i < 2; ++i) {
            REQUIRE(reset_password({forged(reset), secret{std::string_view{"another password"}}, {}}, request()));
            clock.advance(5min);
        }
        survives_every_failure([&] { return reset_password({forged(reset), secret{std::string_view{"another password"}}, {}}, request()); });
        survives_every_failure([&] { return check_reset(reset, request()); });
    }
    SECTION("changing a profile")
    {
        survives_every_failure([&] { return change_profile({{{"Ana"}}, {{"anita"}}}, ana(), request()); });
    }
    SECTION("disabling an admin")
    {
        auto const second = make_user("second@example.org", {"admin"});
        enter("second@example.org");
        survives_every_failure([&] { return change_user(second.id, {{}, identity::user_status::disabled}, admin(), request()); });
    }
    SECTION("changing roles")
    {
        survives_every_failure([&] { return change_user(target, {std::vector<std::string>{"viewer"}, {}}, admin(), request()); });
    }
    SECTION("changing nothing")
    {
        survives_every_failure([&] { return change_user(target, {}, admin(), request()); });
    }
    SECTION("unlocking")
    {
        survives_every_failure([&] { return unlock_user(target, admin(), request()); });
    }
    SECTION("showing one")
    {
        survives_every_failure([&] { return get_user(target, admin(), request()); });
    }
    SECTION("listing")
    {
        survives_every_failure([&] { return list_users({}, admin(), request()); });
    }
    SECTION("making one as the operator")
    {
        survives_every_failure([&] {
            return create_user({"more@example.org", secret{std::string_view{"right password"}}, "more", {}, {"admin"}}, request());
        });
    }
    SECTION("refusing")
    {
        survives_every_failure([&] { return list_users({}, ana(), request()); });
        survives_every_failure([&] { return get_user(target, ana(), request()); });
        survives_every_failure([&] { return change_user(target, {}, ana(), request()); });
        survives_every_failure([&] { return unlock_user(target, ana(), request()); });
        survives_every_failure([&] { return create_role({"agente", "", {"get"}, false}, ana(), request()); });
        survives_every_failure([&] { return rotate_signing_key(ana(), request()); });
        survives_every_failure([&] { return list_signing_keys(ana(), request()); });
        survives_every_failure([&] { return record_denial(nullptr, {}, request()); });
    }
}

TEST_CASE_METHOD(brittle_world, "whichever call of the storage fails, work on sessions says so and leaves nothing behind")
{
    auto const pair = enter("ana@example.org");
    auto const refresh = [&] { return refresh_session(pair.refresh_token.reveal(), clock.now(), request()); };
    SECTION("roles")
    {
        survives_every_failure([&] { return create_role({"agente", "", {"get"}, false}, admin(), request()); });
        survives_every_failure([&] { return create_role({"agente", "", {"get"}, false}, admin(), request()); });
        survives_every_failure([&] { return get_role("agente", admin(), request()); });
        survives_every_failure([&] { return list_roles(admin(), request()); });
        survives_every_failure([&] { return change_role({"agente", "", {"list"}, false}, 1, admin(), request()); });
        survives_every_failure([&] { return change_user(user("ana@example.org").id, {std::vector<std::string>{"agente"}, {}}, admin(), request()); });
        survives_every_failure([&] { return delete_role("agente", {}, {}, admin(), request()); });
        survives_every_failure([&] { return delete_role("agente", {}, "agente", admin(), request()); });
    }
    SECTION("refreshing") { survives_every_failure(refresh); }
    SECTION("finding a theft")
    {
        granted(refresh());
        clock.advance(1s);
        survives_every_failure(refresh);
        CHECK(family(pair.family)->revoked_reason == tokens::revocation_reason::stolen);
    }
    SECTION("finding an account disabled")
    {
        auto off = user("ana@example.org");
        off.status = identity::user_status::disabled;
        REQUIRE(memory.transact([&](ports::transaction& tx) { return tx.users().update(off); }));
        survives_every_failure(refresh);
    }
    SECTION("finding a session ended")
    {
        auto held = *family(pair.family);
        held.expires_at = clock.now();
        REQUIRE(memory.transact([&](ports::transaction& tx) { return tx.families().save(held); }));
        survives_every_failure(refresh);
    }
    SECTION("logging out")
    {
        survives_every_failure([&] { return log_out(pair.refresh_token.reveal(), request()); });
    }
    SECTION("logging out everywhere")
    {
        survives_every_failure([&] { return log_out_everywhere(ana(), request()); });
    }
    SECTION("listing sessions")
    {
        survives_every_failure([&] { return list_sessions(ana(), std::nullopt, 20); });
    }
    SECTION("ending one session")
    {
        survives_every_failure([&] { return revoke_session(ana(), pair.family, request()); });
    }
    SECTION("authenticating")
    {
        survives_every_failure([&] { return authenticate(pair.access_token); });
    }
    SECTION("authenticating with an old catalogue")
    {
        REQUIRE(memory.transact([](ports::transaction& tx) { return tx.catalogue().advance(); }));
        survives_every_failure([&] { return authenticate(pair.access_token); });
    }
    SECTION("rotating the key")
    {
        survives_every_failure([&] { return rotate_signing_key(admin(), request()); });
    }
    SECTION("ending all of them after a restore")
    {
        usecases::end_restored_sessions const end_restored{store, clock, random};
        survives_every_failure([&] { return end_restored(request()); });
    }
    SECTION("writing down a backup")
    {
        usecases::record_backup const record{store, clock, random};
        survives_every_failure([&] { return record({1, "e3", true}, request()); });
    }
    SECTION("listing keys")
    {
        survives_every_failure([&] { return list_signing_keys(admin(), request()); });
    }
    SECTION("loading the catalogue")
    {
        survives_every_failure([&] { return catalogues.refresh(); });
    }
}

TEST_CASE_METHOD(brittle_world, "whichever call of the storage fails, every other way in says so and leaves nothing behind")
{
    SECTION("working with API keys")
    {
        usecases::new_api_key const wanted{"robot", {"account"}, {}};
        std::string text;
        tokens::api_key_id id;
        survives_every_failure([&] {
            auto said = make_api_key(wanted, ana(), request());
            if (said && said->granted() != nullptr) {
                text = said->granted()->text.reveal();
                id = said->granted()->key.id;
            }
            return said;
        });
        survives_every_failure([&] { return list_api_keys(ana(), std::nullopt, 20); });
        survives_every_failure([&] { return authenticate_key(text); });
        survives_every_failure([&] { return recent_uses.flush(store); });
        survives_every_failure([&] { return revoke_api_key(id, ana(), request()); });
    }
    SECTION("working with classic sessions")
    {
        std::string const cookie(entered(open_session({"ana", secret{std::string_view{"right password"}}, {}}, request())).cookie.reveal());
        survives_every_failure([&] { return check_session(cookie, request()); });
        survives_every_failure([&] { return recent_uses.flush(store); });
        survives_every_failure([&] { return close_session(cookie, request()); });
    }
    SECTION("finding a classic session expired")
    {
        std::string const cookie(entered(open_session({"ana", secret{std::string_view{"right password"}}, {}}, request())).cookie.reveal());
        clock.advance(12h);
        survives_every_failure([&] { return check_session(cookie, request()); });
    }
    SECTION("finding a classic session elsewhere")
    {
        std::string const cookie(entered(open_session({"ana", secret{std::string_view{"right password"}}, {}}, request())).cookie.reveal());
        auto elsewhere = request();
        elsewhere.ip = identity::ip_hash{"elsewhere"};
        using tokens::address_binding;
        usecases::check_session const lenient{store, clock, random, digests, recent_uses, {.binding = address_binding::log}, watch};
        usecases::check_session const strict{store, clock, random, digests, recent_uses, {.binding = address_binding::strict}, watch};
        survives_every_failure([&] { return lenient(cookie, elsewhere); });
        survives_every_failure([&] { return strict(cookie, request()); });
        CHECK(why(check_session(cookie, elsewhere)) == problem::invalid_token);
    }
    SECTION("changing a password, and proving one")
    {
        usecases::password_change const wanted{secret{std::string_view{"right password"}}, secret{std::string_view{"another password"}}};
        // a guess is counted before it is looked at, and stays counted
        constexpr bool leaves_nothing = false;
        lockout.failures_max = 100;
        usecases::password_gate const patient{store, clock, random, hasher, digests, lockout, watch};
        usecases::prove_password const prove{patient, clock};
        usecases::change_password const change{patient, proofs, clock, random, hasher, judge, passwords, links};
        survives_every_failure([&] { return prove({"ana", secret{std::string_view{"right password"}}, {}}, request()); }, leaves_nothing);
        survives_every_failure([&] { return prove({"ana", secret{std::string_view{"wrong password"}}, {}}, request()); }, leaves_nothing);
        survives_every_failure([&] { return change(wanted, ana(), request()); }, leaves_nothing);
        survives_every_failure([&] { return change(wanted, ana(), request()); }, leaves_nothing);
    }
    SECTION("working with magic links")
    {
        survives_every_failure([&] { return send_magic_link("ana@example.org", notify::language::es, request()); });
        std::string const magic(mails().at(0).message.link_token.reveal());
        survives_every_failure([&] { return log_in_by_link(magic, "", request()); });
        survives_every_failure([&] { return log_in_by_link(magic, "", request()); });
    }
    SECTION("reading one's data, and erasing an account")
    {
        survives_every_failure([&] { return collect_data(ana(), request()); }, false);  // who asked is written down first
        survives_every_failure([&] { return erase_account(user("new@example.org").id, ana(), request()); });
        survives_every_failure([&] { return erase_account(user("new@example.org").id, admin(), request()); });
        survives_every_failure([&] { return erase_account(user("ana@example.org").id, ana(), request()); });
    }
}

TEST_CASE_METHOD(brittle_world, "whichever call of the storage fails, work on second factors says so and leaves nothing behind")
{
    auto const code = [&] {
        auto const id = user("ana@example.org").id;
        auto const factor = ports::read(memory, [&](ports::transaction& tx) { return tx.second_factors().find(id); });
        return usecases::codes_around(clock.now(), (**factor).key, digests, totp).at(1).code;
    };
    auto who = caller_of(enter("ana"));
    survives_every_failure([&] { return set_up_factor(who, request()); });
    std::vector<std::string> codes;
    auto const first = code();
    survives_every_failure([&] {
        auto said = enable_factor(first, {}, who, request());
        if (said && said->granted() != nullptr)
            for (auto const& each : said->granted()->texts) codes.emplace_back(each.reveal());
        return said;
    });
    clock.advance(30s);
    std::string const begun(granted(log_in({"ana", secret{std::string_view{"right password"}}}, request())).waits()->token.reveal());
    survives_every_failure([&] { return verify_factor(begun, {"000000 ", {}, {}}, request()); });
    auto const second = code();
    survives_every_failure([&] { return verify_factor(begun, {second, {}, {}}, request()); });
    survives_every_failure([&] { return verify_factor(begun, {{}, codes.at(0), {}}, request()); });
    clock.advance(30s);
    auto const third = code();
    survives_every_failure([&] {
        auto said = step_up({{third, {}, {}}, {}}, who, request());
        if (said && said->granted() != nullptr) who.proof = **proofs.read_step_up(said->granted()->text.reveal(), who);
        return said;
    });
    survives_every_failure([&] { return count_recovery_codes(who); });
    survives_every_failure([&] { return renew_recovery_codes({}, who, request()); });
    survives_every_failure([&] { return disable_factor({}, who, request()); });
    clock.advance(30s);
    survives_every_failure([&] { return set_up_factor(who, request()); });
    granted(enable_factor(code(), {}, who, request()));
    usecases::remove_factor const remove_factor{store, clock, random, digests, links};
    survives_every_failure([&] { return remove_factor(who.user.id, admin(), request()); });
}

TEST_CASE_METHOD(brittle_world, "an unknown key in the middle of an outage is an error, and no verdict on the token")
{
    tokens::signing_key const foreign{"ffffffffffffffff", secret{std::string(32, 'x')}, tokens::key_state::active, {}, {}, {}, {}};
    auto const now = to_seconds(clock.now());
    auto const access = codec.write(tokens::access_claims{{}, {}, foreign.kid, {}, now, now + 900}, foreign);
    auto const refresh = codec.write(tokens::refresh_claims{{}, {}, foreign.kid, {}, now, now + 900}, foreign);
    auto const fails = [&](auto act) {
        clock.advance(1s);
        brittle.calls_left = 0;
        auto const said = act();
        brittle.calls_left.reset();
        REQUIRE_FALSE(said.has_value());
        CHECK(said.error().code == errc::busy);
    };
    fails([&] { return authenticate(access); });
    fails([&] { return refresh_session(refresh, clock.now(), request()); });
    fails([&] { return log_out(refresh, request()); });

    tokens::proof_claims proof;
    proof.kid = foreign.kid;
    proof.issued_at = now;
    proof.expires_at = now + 900;
    auto const begun = codec.write(proof, foreign);
    proof.kind = tokens::proof_kind::step_up;
    auto const stepped_up = codec.write(proof, foreign);
    fails([&] { return proofs.read_begun(begun); });
    fails([&] { return proofs.read_step_up(stepped_up, ana()); });
    clock.advance(1s);
    CHECK(why(proofs.read_begun(begun)) == problem::invalid_token);
    CHECK_FALSE(*proofs.read_step_up(stepped_up, ana()));
}

TEST_CASE_METHOD(brittle_world, "whichever call of the storage fails, work on anomalies says so, and none is lost")
{
    usecases::list_anomalies const list{store, store, clock, random};
    usecases::review_anomaly const mark{store, clock, random};
    auto const fail = [&] {
        for (int i = 0; i < 6; ++i) REQUIRE(attempt("ana", "wrong password"));
    };
    fail();
    SECTION("writing what was found")
    {
        survives_every_failure([&] { return watch.flush(store); });
        REQUIRE(anomalies().size() == 1);
        CHECK(anomalies().front().user == user("ana@example.org").id);
    }
    SECTION("adding to what is there")
    {
        REQUIRE(watch.flush(store));
        fail();
        survives_every_failure([&] { return watch.flush(store); });
        REQUIRE(anomalies().size() == 1);
        CHECK(anomalies().front().numbers.counted == 12);
    }
    SECTION("looking at it")
    {
        REQUIRE(watch.flush(store));
        survives_every_failure([&] { return list({}, admin(), request()); });
        survives_every_failure([&] { return list({}, ana(), request()); });
    }
    SECTION("marking it")
    {
        REQUIRE(watch.flush(store));
        auto const id = anomalies().front().id;
        survives_every_failure([&] { return mark(id, usecases::review::done, ana(), request()); });
        survives_every_failure([&] { return mark(id, usecases::review::done, admin(), request()); });
        survives_every_failure([&] { return mark(id, usecases::review::open, admin(), request()); });
    }
}

TEST_CASE_METHOD(brittle_world, "whichever call of the storage fails, a login gives no session")
{
    auto const password = GENERATE(as<std::string>{}, "right password", "wrong password");
    auto const fifth = GENERATE(0, 4);
    int calls = 0;
    for (bool done_at_last = false; !done_at_last; ++calls) {
        REQUIRE(calls < 100);
        // from the second login on its owner is told, which is a call more: the one that came through is ended again
        if (throws_at(calls, [&] { return attempt("ana", password); }))
            CHECK(granted(list_sessions(ana(), std::nullopt, 20)).families.empty());
        else
            granted(log_out_everywhere(ana(), request()));
        granted(unlock_user(user("ana@example.org").id, admin(), request()));
        for (int i = 0; i < fifth; ++i) REQUIRE(attempt("ana", "wrong password"));
        auto const tries = attempts().size();
        brittle.calls_left = calls;
        auto const said = attempt("ana", password);
        brittle.calls_left.reset();
        done_at_last = said.has_value();
        if (done_at_last) break;
        CHECK(said.error().code == errc::busy);
        CHECK(attempts().size() == tries);
        CHECK(granted(list_sessions(ana(), std::nullopt, 20)).families.empty());
    }
    CHECK(calls > 4);
}

TEST_CASE_METHOD(brittle_world, "whichever call of the storage fails, a refused login is an error and not a verdict")
{
    for (int i = 0; i < 5; ++i) REQUIRE(attempt("ana", "wrong password"));
    survives_every_failure([&] { return attempt("ana", "right password"); });
}

TEST_CASE_METHOD(brittle_world, "a preparation that fails has made nothing, and works when it is tried again")
{
    memory::memory_store fresh;
    brittle_store failing{fresh};
    usecases::prepare_store const prepare{failing, clock, random, hasher, judge, passwords};
    for (int calls = 0;; ++calls) {
        REQUIRE(calls < 100);
        failing.calls_left = calls;
        auto const made =
            prepare({secret{std::string(32, 's')}, usecases::first_admin{"boss@example.org", secret{std::string_view{"a long password"}}}}, {});
        failing.calls_left.reset();
        if (made) {
            CHECK(granted(made).admin_made);
            break;
        }
        auto const rows = ports::read(fresh, [](ports::transaction& tx) { return tx.audit().newest(10); });
        REQUIRE(rows->empty());
    }
}

TEST_CASE_METHOD(brittle_world, "a job that fails goes on where it stopped")
{
    SECTION("delivering")
    {
        survives_every_failure([&] {
            clock.advance(notify::delivery_policy{}.hold);  // what the failed run had taken is due again
            return deliver_mail({});
        });
        CHECK(mailer.delivered().size() > 1);  // more than once, never not at all
    }
    SECTION("giving a mail up")
    {
        survives_every_failure([&] {
            clock.advance(notify::delivery_policy{}.hold);
            mailer.fail_next(errc::unexpected);
            return deliver_mail({});
        });
        CHECK(mails().at(0).failed_at);
    }
    SECTION("purging")
    {
        granted(rotate_signing_key(admin(), request()));
        clock.advance(30 * 24h);
        std::size_t left = 0;
        for (bool done_at_last = false; !done_at_last; ++left) {
            REQUIRE(left < 100);
            brittle.calls_left = static_cast<int>(left);
            done_at_last = purge().has_value();
            brittle.calls_left.reset();
        }
        CHECK(mails().empty());
        CHECK(granted(list_signing_keys(admin(), request())).size() == 1);
    }
}

TEST_CASE_METHOD(brittle_world, "a hasher that can't run is an error, and nothing is written but the count of the guess")
{
    class failing_hasher final : public ports::password_hasher {
    public:
        outcome<std::string> hash(secret const&) const override { return error{errc::unavailable, "failing_hasher", {}}; }
        outcome<verdict> verify(secret const&, std::string_view) const override { return error{errc::unavailable, "failing_hasher", {}}; }
        bool admits(std::string_view) const noexcept override { return false; }
        std::string_view decoy() const noexcept override { return "decoy"; }
    } const failing;
    auto const before = dump();
    usecases::register_user const register_now{store, clock, random, failing, judge, digests, passwords, links};
    CHECK_FALSE(register_now({"more@example.org", secret{std::string_view{"right password"}}, {}, {}, notify::language::es}, request()));
    usecases::create_user const create_now{store, clock, random, failing, judge, passwords};
    CHECK_FALSE(create_now({"more@example.org", secret{std::string_view{"right password"}}, {}, {}, {}}, request()));
    memory::memory_store fresh;
    usecases::prepare_store const prepare{fresh, clock, random, failing, judge, passwords};
    CHECK_FALSE(prepare({{}, usecases::first_admin{"boss@example.org", secret{std::string_view{"a long password"}}}}, {}));
    CHECK(dump() == before);

    usecases::password_gate const failing_gate{store, clock, random, failing, digests, lockout, watch};
    usecases::log_in const log_in_now{failing_gate, proofs, catalogues, clock, random, codec, tokens_policy};
    auto const said = log_in_now({"ana", secret{std::string_view{"right password"}}}, request());
    REQUIRE_FALSE(said);
    CHECK(said.error().code == errc::unavailable);
    CHECK(attempts().empty());
}
