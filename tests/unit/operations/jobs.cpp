#include "core/usecases/operations/end_restored_sessions.hpp"
#include "core/usecases/operations/record_backup.hpp"
#include "tests/unit/access/world.hpp"

using namespace mb;
using namespace mb::testing;
using namespace std::chrono_literals;

namespace {

struct with_mail : world {
    with_mail() { granted(register_user({"ana@example.org", secret{std::string_view{"right password"}}, {}, {}, notify::language::es}, request())); }
};

}  // namespace

TEST_CASE_METHOD(with_mail, "a mail is delivered once")
{
    auto const first = deliver_mail({});
    REQUIRE(first);
    CHECK(first->sent == 1);
    REQUIRE(mailer.delivered().size() == 1);
    auto const out = mailer.delivered();
    CHECK(out[0].recipient.text() == "ana@example.org");
    granted(verify_email(out[0].link_token.reveal(), request()));
    CHECK(mails().at(0).sent_at == clock.now());
    clock.advance(1h);
    CHECK(deliver_mail({})->sent == 0);
}

TEST_CASE_METHOD(with_mail, "a mail that another server has taken is left to it, until it must have died")
{
    auto const id = mails().at(0).message.id;
    auto const hold = notify::delivery_policy{}.hold;
    REQUIRE(memory.transact([&](ports::transaction& tx) -> outcome<void> {
        MB_CHECK(tx.outbox().take(id, clock.now(), clock.now() + hold));
        return {};
    }));
    CHECK(deliver_mail({})->sent == 0);
    clock.advance(hold - 1us);
    CHECK(deliver_mail({})->sent == 0);
    clock.advance(1us);
    CHECK(deliver_mail({})->sent == 1);
}

TEST_CASE_METHOD(with_mail, "a mail that can't go out now is tried again, later each time")
{
    for (auto const wait : {30s, 60s, 120s}) {
        mailer.fail_next(errc::unavailable);
        auto const failed = deliver_mail({});
        REQUIRE(failed);
        CHECK(failed->postponed == 1);
        clock.advance(wait - 1us);
        CHECK(deliver_mail({})->sent == 0);
        clock.advance(1us);
    }
    CHECK(mails().at(0).attempts == 3);
    CHECK(mails().at(0).last_error == "unavailable at recording_mailer");
    CHECK(deliver_mail({})->sent == 1);
}

TEST_CASE_METHOD(with_mail, "a mail that will never go out is given up, and that is an event")
{
    mailer.fail_next(errc::unexpected);
    CHECK(deliver_mail({})->given_up == 1);
    CHECK(mails().at(0).failed_at == clock.now());
    auto const row = events(1).front();
    CHECK(audit::entry_of(row.type).name == "SYSTEM_ERROR");
    CHECK(value_of(row, "kind") == "verify_email");
    clock.advance(1h);
    CHECK(deliver_mail({})->sent == 0);
}

TEST_CASE_METHOD(with_mail, "a mail whose next try would come too late is given up")
{
    clock.advance(24h - 30s);
    mailer.fail_next(errc::unavailable);
    CHECK(deliver_mail({})->given_up == 1);
    CHECK(audit::entry_of(events(1).front().type).name == "SYSTEM_ERROR");
}

TEST_CASE_METHOD(with_mail, "a purge removes what has ended at that moment, and nothing before")
{
    make_user("bob@example.org");
    auto const pair = enter("bob@example.org");
    REQUIRE(attempt("bob@example.org", "wrong password"));
    granted(rotate_signing_key(admin(), request()));
    auto const nothing = purge();
    REQUIRE(nothing);
    CHECK(nothing->email_tokens + nothing->families + nothing->lockouts + nothing->signing_keys + nothing->messages == 0);

    clock.advance(24h - 1us);
    CHECK(purge()->email_tokens == 0);
    clock.advance(1us);
    auto const day = purge();
    CHECK(day->email_tokens == 1);
    CHECK(day->lockouts == 0);
    CHECK(day->messages == 1);
    CHECK(day->families == 0);

    clock.advance(3 * 24h - 1us);
    CHECK(purge()->lockouts == 0);
    clock.advance(1us);
    CHECK(purge()->lockouts == 1);  // one failure

    clock.advance(3 * 24h - 1us);
    CHECK(purge()->signing_keys == 0);
    clock.advance(1us);
    auto const revision = catalogues.current()->revision;
    CHECK(purge()->signing_keys == 1);
    REQUIRE(catalogues.refresh());
    CHECK(catalogues.current()->revision == revision + 1);

    clock.advance(7 * 24h - 1us);
    CHECK(purge()->families == 0);
    REQUIRE(family(pair.family));
    clock.advance(1us);
    CHECK(purge()->families == 1);
    CHECK_FALSE(family(pair.family));
}

TEST_CASE_METHOD(world, "a restored backup brings no session back, of no user, and keeps what ended for another reason")
{
    usecases::end_restored_sessions const end_restored{store, clock, random};
    std::vector<usecases::token_pair> alive;
    for (int i = 0; i < 501; ++i) {  // one more user than are looked at in one go
        auto const address = "u" + std::to_string(i) + "@example.org";
        make_user(address);
        if (i % 100 == 0) alive.push_back(enter(address));
    }
    auto const left = enter("u0@example.org");
    granted(log_out(left.refresh_token.reveal(), request()));

    auto const ended = end_restored(request());
    REQUIRE(ended);
    CHECK(*ended == alive.size());
    for (auto const& pair : alive) {
        CHECK(why(authenticate(pair.access_token)) == problem::invalid_token);
        CHECK(family(pair.family)->revoked_reason == tokens::revocation_reason::restored_backup);
    }
    CHECK(family(left.family)->revoked_reason == tokens::revocation_reason::logout);
    CHECK(audit::entry_of(events(1).front().type).name == "SESSION_INVALIDATED");
    CHECK(value_of(events(1).front(), "count") == std::to_string(alive.size()));
    CHECK(value_of(events(1).front(), "restore") == "1");
    CHECK(*end_restored(request()) == 0);
    CHECK(value_of(events(1).front(), "restore") == "2");
}

TEST_CASE_METHOD(world, "a backup is written down with its digest, and whether it was encrypted")
{
    usecases::record_backup const record{store, clock, random};
    auto const encrypted = GENERATE(true, false);
    REQUIRE(record({1'234, "e3b0c442", encrypted}, request()));
    auto const row = events(1).front();
    CHECK(audit::entry_of(row.type).name == "BACKUP_CREATED");
    CHECK(value_of(row, "bytes") == "1234");
    CHECK(value_of(row, "sha256") == "e3b0c442");
    CHECK(value_of(row, "encrypted") == (encrypted ? "true" : "false"));
}

TEST_CASE_METHOD(world, "a purge works in batches, and leaves to the next run what is too much for one")
{
    make_user("ana@example.org");
    for (int i = 0; i < 12; ++i) enter("ana@example.org");
    clock.advance(14 * 24h);
    usecases::purge const small{store, clock, {.batch = 5, .batches_max = 2}};
    CHECK(small()->families == 10);
    CHECK(small()->families == 2);
    CHECK(small()->families == 0);
}
