#include "tests/unit/identity/factor_world.hpp"

using namespace mb;
using namespace mb::testing;

TEST_CASE_METHOD(with_factor, "stepping up takes the factor where there is one, and the password where there is none")
{
    auto const plain = enter("eva@example.org");
    CHECK(why(step_up({{"123456", {}, {}}, {}}, caller_of(plain), request())) == problem::second_factor_missing);
    CHECK(why(step_up(password_of("wrong password"), caller_of(plain), request())) == problem::invalid_credentials);
    auto const before = events().size();
    auto const made = granted(step_up(password_of("right password"), caller_of(plain), request()));
    CHECK(made.expires_in == 10min);
    CHECK(event_names(before) == std::vector<std::string>{"REAUTENTICACION"});

    auto const codes = enrol();
    auto const pair = enter_with_code();
    CHECK(why(step_up(password_of("right password"), caller_of(pair), request())) == problem::second_factor_required);
    granted(step_up({{{}, codes[0], {}}, {}}, caller_of(pair), request()));
    auto key = caller_of(pair);
    key.session.reset();
    CHECK(why(step_up({{{}, codes[1], {}}, {}}, key, request())) == problem::forbidden);
}

TEST_CASE_METHOD(with_factor, "guesses at the password of a step-up count as at the login")
{
    auto const pair = enter("eva@example.org");
    for (int i = 0; i < 4; ++i) CHECK(why(step_up(password_of("wrong password"), caller_of(pair), request())) == problem::invalid_credentials);
    CHECK(why(step_up(password_of("wrong password"), caller_of(pair), request())) == problem::account_locked);
    CHECK(why(attempt("eva@example.org", "right password")) == problem::account_locked);
}

TEST_CASE_METHOD(with_factor, "a step-up token is good in its session, for its account, and for ten minutes")
{
    enrol();
    enrol("eva@example.org");
    auto const pair = enter_with_code();
    clock.advance(30s);
    auto const other = enter_with_code();
    auto const evas = enter_with_code("eva@example.org");
    clock.advance(30s);
    auto const made = granted(step_up({{code("ana@example.org"), {}, {}}, {}}, caller_of(pair), request()));
    auto const reads = [&](usecases::caller const& who) { return proofs.read_step_up(made.text.reveal(), who)->has_value(); };
    CHECK(reads(caller_of(pair)));
    CHECK_FALSE(reads(caller_of(other)));
    CHECK_FALSE(reads(caller_of(evas)));
    auto who = caller_of(pair);
    who.proof = **proofs.read_step_up(made.text.reveal(), who);
    CHECK(why(authenticate(made.text.reveal())) == problem::invalid_token);
    clock.advance(10min - 1s);
    granted(count_recovery_codes(who));
    clock.advance(1s);
    CHECK_FALSE(reads(who));
    CHECK(why(count_recovery_codes(who)) == problem::step_up_required);
}

TEST_CASE_METHOD(with_factor, "what a stolen session must not do takes a fresh factor")
{
    auto const codes = enrol();
    auto const pair = enter_with_code();
    auto const who = caller_of(pair);
    usecases::password_change const change{secret{std::string_view{"right password"}}, secret{std::string_view{"another password"}}, {}, {}};
    CHECK(why(change_password(change, who, request())) == problem::step_up_required);
    CHECK(why(disable_factor({}, who, request())) == problem::step_up_required);
    CHECK(why(count_recovery_codes(who)) == problem::step_up_required);
    CHECK(why(renew_recovery_codes({}, who, request())) == problem::step_up_required);
    CHECK(why(erase_account(who.user.id, who, request())) == problem::step_up_required);
    CHECK(attempt("ana@example.org", "another password")->denied() != nullptr);

    auto const fresh = with_code(pair);
    auto counted = granted(count_recovery_codes(fresh));
    CHECK(counted.left == 8);
    auto const renewed = granted(renew_recovery_codes({}, fresh, request()));
    CHECK(mail_kinds("ana@example.org").front() == "recovery_codes_made");
    CHECK(why(recover(first_step(), codes[0])) == problem::invalid_code);
    in(recover(first_step(), std::string(renewed.texts[0].reveal())));
    counted = granted(count_recovery_codes(fresh));
    CHECK(counted.used == 1);
    CHECK(counted.left == 7);
    granted(change_password(change, fresh, request()));
    granted(erase_account(who.user.id, fresh, request()));
}

TEST_CASE_METHOD(with_factor, "without a factor a stale login takes the password again before the account is erased")
{
    auto const pair = enter("eva@example.org");
    auto const who = caller_of(pair);
    clock.advance(10min);
    CHECK(why(erase_account(who.user.id, who, request())) == problem::step_up_required);
    granted(erase_account(who.user.id, stepped_up(pair, password_of("right password")), request()));
}

TEST_CASE_METHOD(with_factor, "a proof of the password is worth nothing once there is a second factor")
{
    auto const pair = enter("ana@example.org");
    auto proven = stepped_up(pair, password_of("right password"));
    granted(set_up_factor(proven, request()));
    granted(enable_factor(code("ana@example.org"), {}, proven, request()));
    CHECK(why(disable_factor({}, proven, request())) == problem::step_up_required);
    CHECK(why(erase_account(proven.user.id, proven, request())) == problem::step_up_required);
}

TEST_CASE_METHOD(with_factor, "turning off forgets key and codes, and the next factor begins anew")
{
    auto const codes = enrol();
    auto const pair = enter_with_code();
    granted(disable_factor(notify::language::en, with_code(pair), request()));
    CHECK(mail_kinds("ana@example.org").front() == "factor_removed");
    CHECK_FALSE(user("ana@example.org").second_factor);
    auto const id = user("ana@example.org").id;
    auto const left = ports::read(memory, [&](ports::transaction& tx) -> outcome<bool> {
        MB_TRY(auto const factor, tx.second_factors().find(id));
        MB_TRY(auto const rows, tx.second_factors().recovery_codes(id));
        return factor.has_value() || !rows.empty();
    });
    CHECK_FALSE(*left);
    auto const again = enter("ana@example.org");
    CHECK(why(disable_factor({}, caller_of(again), request())) == problem::second_factor_missing);
    CHECK(why(count_recovery_codes(caller_of(again))) == problem::second_factor_missing);
    CHECK(why(renew_recovery_codes({}, caller_of(again), request())) == problem::second_factor_missing);
    enrol();
    CHECK(why(recover(first_step(), codes[0])) == problem::invalid_code);
}
