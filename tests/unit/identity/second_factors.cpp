#include "core/usecases/mfa/remove_factor.hpp"
#include "tests/unit/access/together.hpp"
#include "tests/unit/identity/factor_world.hpp"

#include <atomic>

using namespace mb;
using namespace mb::testing;

TEST_CASE_METHOD(with_factor, "a factor is offered, turned on by its first code, and then asked for at each login")
{
    auto const who = caller_of(enter("ana@example.org"));
    auto const before = events().size();
    auto const offer = granted(set_up_factor(who, request()));
    CHECK(offer.key.size() == 32);
    CHECK(offer.uri.reveal().find("secret=" + std::string(offer.key.reveal()) + "&") != std::string::npos);
    CHECK_FALSE(user("ana@example.org").second_factor);
    entered(log_in({"ana@example.org", secret{std::string_view{"right password"}}}, request()));  // an offer changes nothing

    auto const codes = granted(enable_factor(code("ana@example.org"), notify::language::en, who, request()));
    CHECK(codes.texts.size() == identity::recovery_codes_count);
    CHECK(user("ana@example.org").second_factor);
    CHECK(mail_kinds("ana@example.org") == std::vector<std::string>{"factor_added", "new_device"});
    CHECK(mails().at(0).message.tongue == notify::language::en);

    clock.advance(30s);
    auto const token = first_step();
    CHECK(granted(list_sessions(who, std::nullopt, 20)).families.size() == 2);  // the first step began none
    auto const pair = in(second_step(token, code("ana@example.org")));
    CHECK(pair.user.address.text() == "ana@example.org");
    CHECK(pair.device);
    granted(authenticate(pair.access_token));
    CHECK(event_names(before)
          == std::vector<std::string>{"MFA_INICIADO", "LOGIN_EXITOSO", "MFA_ACTIVADO", "MFA_SOLICITADO", "MFA_VERIFICADO", "LOGIN_EXITOSO"});
    CHECK(value_of(last(audit::event_type::login_succeeded), "session") == pair.family.text());
    auto const attempt = attempts().front();
    CHECK(attempt.successful);
    CHECK(attempt.session == pair.family);
    CHECK((user("ana@example.org").last_login_at == clock.now()));
}

TEST_CASE_METHOD(with_factor, "turning on takes a code of the key that was offered last")
{
    auto const who = caller_of(enter("ana@example.org"));
    CHECK(why(enable_factor("123456", {}, who, request())) == problem::second_factor_missing);
    granted(set_up_factor(who, request()));
    auto const old = code("ana@example.org");
    granted(set_up_factor(who, request()));
    if (old != code("ana@example.org") && old != code("ana@example.org", 1) && old != code("ana@example.org", -1))
        CHECK(why(enable_factor(old, {}, who, request())) == problem::invalid_code);
    for (auto const& typed : {std::string{}, std::string{"abcdef"}, std::string{"12345"}, wrong_code("ana@example.org")})
        CHECK(why(enable_factor(typed, {}, who, request())) == problem::invalid_code);
    CHECK(value_of(last(audit::event_type::factor_failed), "purpose") == "enable");
    CHECK_FALSE(user("ana@example.org").second_factor);
    granted(enable_factor(code("ana@example.org"), {}, who, request()));
    CHECK(why(enable_factor(code("ana@example.org"), {}, who, request())) == problem::second_factor_exists);
    CHECK(why(set_up_factor(who, request())) == problem::second_factor_exists);
}

TEST_CASE_METHOD(with_factor, "turning on takes a login of less than ten minutes ago, or the password again")
{
    auto const pair = enter("ana@example.org");
    auto const who = caller_of(pair);
    granted(set_up_factor(who, request()));
    clock.advance(10min - 1us);
    CHECK(why(enable_factor(wrong_code("ana@example.org"), {}, who, request())) == problem::invalid_code);
    clock.advance(1us);
    CHECK(why(enable_factor(code("ana@example.org"), {}, who, request())) == problem::step_up_required);
    granted(enable_factor(code("ana@example.org"), {}, stepped_up(pair, password_of("right password")), request()));
}

TEST_CASE_METHOD(with_factor, "a code is good in its step and in one on either side, and in no other")
{
    enrol();
    clock.advance(5min);
    auto const steps = GENERATE(as<std::int64_t>{}, -2, -1, 0, 1, 2);
    auto const said = second_step(first_step(), code("ana@example.org", steps));
    if (steps == -2 || steps == 2)
        CHECK(why(said) == problem::invalid_code);
    else
        CHECK(said->granted() != nullptr);
}

TEST_CASE_METHOD(with_factor, "a code is accepted once, also with spaces, for another purpose, and after a later one")
{
    enrol();
    auto const early = code("ana@example.org", -1);
    auto const now_good = code("ana@example.org");
    auto const pair = in(second_step(first_step(), now_good));
    CHECK(why(second_step(first_step(), now_good)) == problem::invalid_code);
    CHECK(value_of(last(audit::event_type::factor_failed), "reason") == "replayed");
    CHECK(why(second_step(first_step(), now_good.substr(0, 3) + " " + now_good.substr(3))) == problem::invalid_code);
    CHECK(why(second_step(first_step(), early)) == problem::invalid_code);
    CHECK(why(step_up({{now_good, {}, {}}, {}}, caller_of(pair), request())) == problem::invalid_code);
    clock.advance(30s);
    in(second_step(first_step(), code("ana@example.org")));  // the code of the enrolment was spent too, and the count begins anew
}

TEST_CASE_METHOD(with_factor, "the code that turned the factor on doesn't log in")
{
    auto const who = caller_of(enter("ana@example.org"));
    granted(set_up_factor(who, request()));
    auto const first = code("ana@example.org");
    granted(enable_factor(first, {}, who, request()));
    CHECK(why(second_step(first_step(), first)) == problem::invalid_code);
}

TEST_CASE_METHOD(with_factor, "codes of another account are refused, and so are its recovery codes")
{
    auto const of_ana = enrol();
    enrol("eva@example.org");
    auto const evas = code("eva@example.org");
    bool collides = false;
    for (std::int64_t steps = -1; steps <= 1; ++steps) collides = collides || evas == code("ana@example.org", steps);
    if (!collides) CHECK(why(second_step(first_step(), evas)) == problem::invalid_code);
    CHECK(why(recover(first_step("eva@example.org"), of_ana[0])) == problem::invalid_code);
    in(recover(first_step(), of_ana[0]));
}

TEST_CASE_METHOD(with_factor, "the fifth wrong code locks the second step, not the first, and the owner is told")
{
    enrol();
    for (int i = 0; i < 4; ++i) CHECK(why(second_step(first_step(), wrong_code("ana@example.org"))) == problem::invalid_code);
    auto const fifth = denied(second_step(first_step(), wrong_code("ana@example.org")));
    CHECK(fifth.why == problem::account_locked);
    CHECK(fifth.retry_after == 30min);
    CHECK(mail_kinds("ana@example.org").front() == "factor_attempts");
    CHECK(value_of(last(audit::event_type::account_locked), "by") == "second_factor");

    // a right password comes as far as before, and clears nothing
    clock.advance(30min - 30s);
    CHECK(denied(second_step(first_step(), code("ana@example.org"))).why == problem::account_locked);
    granted(step_up(password_of("right password"), caller_of(enter("eva@example.org")), request()));  // others aren't touched
    clock.advance(30s);
    in(second_step(first_step(), code("ana@example.org")));
    CHECK(why(second_step(first_step(), wrong_code("ana@example.org"))) == problem::invalid_code);  // a new count
}

TEST_CASE_METHOD(with_factor, "codes, recovery codes and step-ups share one count, which a new password doesn't clear")
{
    enrol();
    auto const pair = enter_with_code();
    clock.advance(30s);
    std::string const nobodys = "AAAAAA-AAAAAA-AAAAAA-AAAAAA";
    CHECK(why(second_step(first_step(), "malformed")) == problem::invalid_code);
    CHECK(why(recover(first_step(), nobodys)) == problem::invalid_code);
    CHECK(why(step_up({{wrong_code("ana@example.org"), {}, {}}, {}}, caller_of(pair), request())) == problem::invalid_code);
    granted(request_reset("ana@example.org", notify::language::es, request()));
    std::string const link(mails().at(0).message.link_token.reveal());
    granted(reset_password({link, secret{std::string_view{"right password"}}, {}}, request()));
    CHECK(why(recover(first_step(), "short")) == problem::invalid_code);
    CHECK(why(recover(first_step(), nobodys)) == problem::account_locked);
    CHECK(why(second_step(first_step(), code("ana@example.org"))) == problem::account_locked);
    CHECK(granted(get_user(user("ana@example.org").id, admin(), request())).locked_until);

    granted(unlock_user(user("ana@example.org").id, admin(), request()));
    CHECK_FALSE(granted(get_user(user("ana@example.org").id, admin(), request())).locked_until);
    in(second_step(first_step(), code("ana@example.org")));
}

TEST_CASE_METHOD(with_factor, "a browser that logged in before has a count of its own")
{
    enrol();
    auto const device = std::string(enter_with_code().device->text.reveal());
    clock.advance(30s);
    for (int i = 0; i < 5; ++i) REQUIRE(second_step(first_step(), wrong_code("ana@example.org")));
    CHECK(why(second_step(first_step(), code("ana@example.org"))) == problem::account_locked);
    in(second_step(first_step(), code("ana@example.org"), device));
}

TEST_CASE_METHOD(with_factor, "each recovery code works once, in any spelling, and its owner is told")
{
    auto const codes = enrol();
    int used = 0;
    for (auto const& each : codes) {
        auto const pair = in(recover(first_step(), ascii_lower(each)));
        CHECK(std::ranges::count(mail_kinds("ana@example.org"), "recovery_code_used") == ++used);
        CHECK(why(recover(first_step(), each)) == problem::invalid_code);
        CHECK(value_of(last(audit::event_type::factor_failed), "reason") == "used");
        granted(unlock_user(user("ana@example.org").id, admin(), request()));
        granted(authenticate(pair.access_token));
    }
    CHECK(value_of(last(audit::event_type::recovery_code_used), "left") == "0");
    in(second_step(first_step(), code("ana@example.org")));
}

TEST_CASE_METHOD(with_factor, "what the first step gave lives five minutes, and opens nothing by itself")
{
    enrol();
    auto const token = first_step();
    CHECK(why(authenticate(token)) == problem::invalid_token);
    CHECK(why(refresh_session(token, clock.now(), request())) == problem::invalid_token);
    CHECK_FALSE(*proofs.read_step_up(token, caller_of(enter("eva@example.org"))));
    clock.advance(5min - 1us);
    CHECK(why(second_step(token, wrong_code("ana@example.org"))) == problem::invalid_code);
    clock.advance(1us);
    CHECK(why(second_step(token, code("ana@example.org"))) == problem::expired_token);
    for (auto const* other : {"", "x", "a.b.c"}) CHECK(why(second_step(other, code("ana@example.org"))) == problem::invalid_token);
    auto const pair = enter_with_code();
    CHECK(why(second_step(pair.access_token, code("ana@example.org"))) == problem::invalid_token);
    CHECK(why(second_step(pair.refresh_token.reveal(), code("ana@example.org"))) == problem::invalid_token);
    clock.advance(30s);
    auto const up = granted(step_up({{code("ana@example.org"), {}, {}}, {}}, caller_of(pair), request()));
    CHECK(why(second_step(up.text.reveal(), code("ana@example.org"))) == problem::invalid_token);
}

TEST_CASE_METHOD(with_factor, "what changes between the two steps is felt at the second")
{
    enrol();
    auto const pair = enter_with_code();
    clock.advance(30s);
    auto const token = first_step();
    auto ana = user("ana@example.org");
    auto const put = [&] { REQUIRE(memory.transact([&](ports::transaction& tx) { return tx.users().update(ana); })); };
    SECTION("another password")
    {
        ana.password_hash = *hasher.hash(secret{std::string_view{"another password"}});
        put();
        CHECK(why(second_step(token, code("ana@example.org"))) == problem::invalid_token);
    }
    SECTION("a disabled account")
    {
        ana.status = identity::user_status::disabled;
        put();
        CHECK(why(second_step(token, code("ana@example.org"))) == problem::account_disabled);
    }
    SECTION("no second factor any more")
    {
        granted(disable_factor({}, with_code(pair), request()));
        CHECK(why(second_step(token, "123456")) == problem::invalid_token);
    }
    SECTION("an erased account")
    {
        REQUIRE(memory.transact([&](ports::transaction& tx) { return tx.dossiers().erase(ana.id, clock.now()); }));
        CHECK(why(second_step(token, "123456")) == problem::invalid_token);
    }
    SECTION("a locked password")
    {
        for (int i = 0; i < 5; ++i) REQUIRE(attempt("ana@example.org", "wrong password"));
        CHECK(why(second_step(token, code("ana@example.org"))) == problem::account_locked);
    }
    CHECK_FALSE(user("root@example.org").second_factor);
}

TEST_CASE_METHOD(with_factor, "no way in gets past a second factor")
{
    enrol();
    usecases::credentials const right{"ana@example.org", secret{std::string_view{"right password"}}};
    CHECK(why(prove_password(right, request())) == problem::second_factor_required);
    CHECK(attempts().front().failure_reason == "MFA_REQUERIDO");

    auto const opened = granted(open_session(right, request()));
    REQUIRE(opened.waits() != nullptr);
    auto const session = std::get<usecases::opened_session>(granted(second_step(opened.waits()->token.reveal(), code("ana@example.org"))));
    CHECK(granted(check_session(session.cookie.reveal(), request())).owner.address.text() == "ana@example.org");

    granted(send_magic_link("ana@example.org", notify::language::es, request()));
    std::string const link(mails().at(0).message.link_token.reveal());
    auto const linked = granted(log_in_by_link(link, "", request()));
    REQUIRE(linked.waits() != nullptr);
    CHECK(value_of(last(audit::event_type::magic_link_verified), "leads_to") == "second_factor");
    clock.advance(30s);
    in(second_step(linked.waits()->token.reveal(), code("ana@example.org")));
    CHECK(why(log_in_by_link(link, "", request())) == problem::link_invalid);
}

TEST_CASE_METHOD(with_factor, "who administers takes a lost factor away, every session ends, and the owner is told")
{
    usecases::remove_factor const remove_factor{store, clock, random, digests, links};
    auto const codes = enrol();
    auto const pair = enter_with_code();
    auto const id = user("ana@example.org").id;
    CHECK(why(remove_factor(id, caller_of(enter("eva@example.org")), request())) == problem::forbidden);
    granted(remove_factor(id, admin(), request()));
    CHECK_FALSE(user("ana@example.org").second_factor);
    CHECK(why(authenticate(pair.access_token)) == problem::invalid_token);
    CHECK(mail_kinds("ana@example.org").front() == "factor_removed");
    auto const row = last(audit::event_type::factor_removed);
    CHECK(row.user == id);
    CHECK(row.actor == admin().user.id);
    CHECK(value_of(row, "initiatedBy") == "administrator");
    CHECK(why(remove_factor(id, admin(), request())) == problem::second_factor_missing);
    CHECK(why(remove_factor({}, admin(), request())) == problem::user_not_found);
    enrol();
    CHECK(why(recover(first_step(), codes[0])) == problem::invalid_code);
}

TEST_CASE_METHOD(with_factor, "a new password by mail still meets the second factor")
{
    enrol();
    granted(request_reset("ana@example.org", notify::language::es, request()));
    std::string const link(mails().at(0).message.link_token.reveal());
    granted(reset_password({link, secret{std::string_view{"another password"}}, {}}, request()));
    auto const said = granted(log_in({"ana@example.org", secret{std::string_view{"another password"}}}, request()));
    REQUIRE(said.waits() != nullptr);
    in(second_step(said.waits()->token.reveal(), code("ana@example.org")));
}

TEST_CASE_METHOD(with_factor, "an account that says it has a factor and has no key is an error, never a way in")
{
    enrol();
    auto const token = first_step();
    auto const id = user("ana@example.org").id;
    REQUIRE(memory.transact([&](ports::transaction& tx) { return tx.second_factors().remove(id); }));
    auto const said = second_step(token, "123456");
    REQUIRE_FALSE(said);
    CHECK(said.error().code == errc::corrupt);
}

TEST_CASE_METHOD(with_factor, "of fifty uses of one code at once exactly one is accepted")
{
    lockout.failures_max = 1'000;
    usecases::factor_check const patient{digests, {totp, lockout, links}};
    usecases::verify_factor const verify{store, catalogues, proofs, patient, clock, random, digests, codec, tokens_policy, session_policy};
    enrol();
    for (int round = 0; round < 200; ++round) {
        auto const token = first_step();
        auto const typed = code("ana@example.org");
        std::atomic<int> accepted = 0;
        std::atomic<int> refused = 0;
        together(50, [&](int) {
            auto const said = verify(token, {typed, {}, {}}, request());
            if (said && said->granted() != nullptr) ++accepted;
            if (said && said->denied() != nullptr && said->denied()->why == problem::invalid_code) ++refused;
        });
        INFO("round " << round);
        REQUIRE(accepted == 1);
        REQUIRE(refused == 49);
        clock.advance(30s);
    }
}
