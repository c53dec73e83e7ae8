#include "tests/contract/samples.hpp"
#include "tests/contract/steps.hpp"
#include "tests/contract/stores.hpp"

using namespace mb;
using namespace mb::contract;

namespace {

identity::user const owner = full_user(1);
identity::user const neighbour = full_user(2);

tokens::session session_of(std::uint32_t number, identity::user_id whose)
{
    tokens::session made;
    made.id = nth<tokens::session_id>(number);
    made.owner = whose;
    made.digest.fill(static_cast<std::uint8_t>(number));
    made.expires_at = start + 1h;
    return made;
}

tokens::api_key key_of(std::uint32_t number, identity::user_id whose)
{
    tokens::api_key made;
    made.id = nth<tokens::api_key_id>(number);
    made.owner = whose;
    made.digest.fill(static_cast<std::uint8_t>(number));
    made.created_at = start;
    return made;
}

/// Two of everything for one user.
outcome<void> fill(ports::transaction& tx, identity::user const& who, std::uint32_t first)
{
    MB_CHECK(tx.users().insert(who));
    MB_CHECK(tx.second_factors().save({who.id, secret{std::string(20, 'k')}, 7}));
    std::vector<identity::recovery_code> codes;
    for (auto const number : {first, first + 1}) {
        MB_CHECK(tx.families().save(number == first ? full_family(number, who.id) : bare_family(number, who.id)));
        MB_CHECK(tx.sessions().save(session_of(number, who.id)));
        MB_CHECK(tx.email_tokens().save(full_email_token(number, who.id)));
        MB_CHECK(tx.api_keys().save(key_of(number, who.id)));
        codes.push_back({nth<identity::recovery_code_id>(number), who.id, {}, start, {}});
        MB_CHECK(tx.login_attempts().append(full_attempt(number, who.id, nth<tokens::family_id>(number))));
        MB_CHECK(tx.audit().append(full_event(number, who.id)));
        auto done = full_event(number + 50, nth<identity::user_id>(77));
        done.actor = who.id;
        MB_CHECK(tx.audit().append(done));
        MB_CHECK(tx.anomalies().save(full_anomaly(number, who.id, who.id)));
    }
    return tx.second_factors().replace_recovery_codes(who.id, codes);
}

void seed(ports::store& store)
{
    write(store, [](ports::transaction& tx) -> outcome<void> {
        MB_CHECK(fill(tx, owner, 10));
        return fill(tx, neighbour, 20);
    });
}

ports::dossier collect(ports::store& store, identity::user_id who, std::size_t rows_max = 100)
{
    return look(store, [&](ports::transaction& tx) { return tx.dossiers().collect(who, rows_max); });
}

std::vector<audit::event> events(ports::store& store)
{
    return look(store, [](ports::transaction& tx) { return tx.audit().newest(100); });
}

std::vector<ports::login_attempt> attempts(ports::store& store)
{
    return look(store, [](ports::transaction& tx) { return tx.login_attempts().newest(100); });
}

}  // namespace

TEST_CASE("a dossier holds what is stored about one user, and nothing of another", "[contract][dossiers]")
{
    MB_ON_EVERY_STORE(store);
    seed(store);
    auto const found = collect(store, owner.id);
    REQUIRE(found.families.size() == 2);
    check_same(found.families[0], bare_family(11, owner.id));
    check_same(found.families[1], full_family(10, owner.id));
    REQUIRE(found.sessions.size() == 2);
    CHECK((found.sessions[0].id == nth<tokens::session_id>(11)));
    REQUIRE(found.links.size() == 2);
    check_same(found.links[0], full_email_token(11, owner.id));
    REQUIRE(found.keys.size() == 2);
    CHECK((found.keys[1].id == nth<tokens::api_key_id>(10)));
    REQUIRE(found.recovery_codes.size() == 2);
    CHECK((found.recovery_codes[0].id == nth<identity::recovery_code_id>(10)));
    REQUIRE(found.attempts.size() == 2);
    check_same(found.attempts[0], full_attempt(11, owner.id, nth<tokens::family_id>(11)));
    REQUIRE(found.events.size() == 4);
    CHECK((found.events[0].actor == owner.id));
    CHECK((found.events[3].user == owner.id));
    REQUIRE(found.anomalies.size() == 2);
    check_same(found.anomalies[0], full_anomaly(11, owner.id, owner.id));
    CHECK(collect(store, nth<identity::user_id>(99)).events.empty());
    auto const cut = collect(store, owner.id, 1);
    CHECK(cut.families.size() == 2);
    CHECK(cut.events.size() == 2);
    CHECK(cut.anomalies.size() == 2);
}

TEST_CASE("an erased user is found by nothing, and what stays says no longer whom it is about", "[contract][dossiers]")
{
    MB_ON_EVERY_STORE(store);
    seed(store);
    write(store, [](ports::transaction& tx) { return tx.dossiers().erase(owner.id, start + 2h); });
    auto const users = [&](auto wanted) { return look(store, [&](ports::transaction& tx) { return tx.users().find(wanted); }); };
    CHECK_FALSE(users(owner.id));
    CHECK_FALSE(users(owner.address));
    CHECK_FALSE(users(*owner.name));
    ports::user_filter everybody;
    CHECK(look(store, [&](ports::transaction& tx) { return tx.users().list(everybody); }).size() == 1);
    CHECK_FALSE(look(store, [](ports::transaction& tx) { return tx.families().find_access(bare_family(11, owner.id).access_jti); }));
    CHECK_FALSE(look(store, [](ports::transaction& tx) { return tx.api_keys().find_access(key_of(10, owner.id).digest); }));
    CHECK_FALSE(look(store, [](ports::transaction& tx) { return tx.sessions().find_access(session_of(10, owner.id).digest); }));
    auto const left = collect(store, owner.id);
    CHECK(left.families.size() + left.sessions.size() + left.links.size() + left.keys.size() + left.attempts.size() + left.events.size()
              + left.anomalies.size()
          == 0);

    CHECK(events(store).size() == 8);
    CHECK(attempts(store).size() == 4);
    for (auto const& each : events(store)) {
        CHECK_FALSE((each.user == owner.id));
        CHECK_FALSE((each.actor == owner.id));
        bool const theirs = each.user == neighbour.id || each.actor == neighbour.id;
        CHECK(each.ip.has_value() == theirs);
        CHECK(each.user_agent.empty() == !theirs);
    }
    for (auto const& each : attempts(store)) CHECK(each.user_agent.empty() == !each.user.has_value());
    auto const anomalies = look(store, [](ports::transaction& tx) { return tx.anomalies().page({}); }).findings;
    CHECK(anomalies.size() == 4);
    for (auto const& each : anomalies) {
        bool const theirs = each.user == neighbour.id;
        CHECK(each.subject.empty() == !theirs);
        CHECK(each.reviewed_by.has_value() == theirs);
        CHECK(each.reviewed_at);
    }
    CHECK(collect(store, neighbour.id).events.size() == 4);

    SECTION("the address and the name are free again, the identity is not")
    {
        auto heir = owner;
        heir.id = nth<identity::user_id>(3);
        write(store, [&](ports::transaction& tx) { return tx.users().insert(heir); });
        check_same(users(owner.address).value(), heir);
    }
}

TEST_CASE("events and attempts are anonymised from their day on, in batches, each once", "[contract][dossiers]")
{
    MB_ON_EVERY_STORE(store);
    auto const at = [](std::uint32_t number) { return full_event(number, owner.id).at; };
    write(store, [](ports::transaction& tx) -> outcome<void> {
        for (auto const number : {1u, 2u, 3u, 4u}) {
            MB_CHECK(tx.audit().append(full_event(number, owner.id)));
            MB_CHECK(tx.login_attempts().append(full_attempt(number, owner.id, nth<tokens::family_id>(number))));
        }
        return {};
    });
    auto const anonymise = [&](instant before, std::size_t batch) {
        auto const said = write_for(store, [&](ports::transaction& tx) { return tx.dossiers().anonymise_events(before, batch); });
        CHECK(write_for(store, [&](ports::transaction& tx) { return tx.dossiers().anonymise_attempts(before, batch); }) == said);
        return said;
    };
    auto const known = [&] {
        std::size_t count = 0;
        for (auto const& each : events(store)) count += each.user ? 1u : 0u;
        return count;
    };
    CHECK(anonymise(at(1) - tick, 10) == 0);
    CHECK(known() == 4);
    CHECK(anonymise(at(3), 2) == 2);
    CHECK(known() == 2);
    CHECK(anonymise(at(3), 2) == 1);
    CHECK(anonymise(at(3), 2) == 0);
    CHECK(known() == 1);
    auto const oldest = events(store).back();
    CHECK_FALSE(oldest.user);
    CHECK_FALSE(oldest.actor);
    CHECK_FALSE(oldest.ip);
    CHECK(oldest.user_agent.empty());
    CHECK(oldest.metadata == full_event(1, owner.id).metadata);
    auto const attempt = attempts(store).back();
    CHECK_FALSE(attempt.user);
    CHECK(attempt.identity_pseudonym.empty());
    CHECK_FALSE(attempt.session);
    check_same(events(store).front(), full_event(4, owner.id));
}

TEST_CASE("mails to one address are erased, sent or not, and no other", "[contract][outbox]")
{
    MB_ON_EVERY_STORE(store);
    auto second = mail(3);
    second.recipient = mail(1).recipient;
    write(store, [&](ports::transaction& tx) -> outcome<void> {
        MB_CHECK(tx.outbox().append(mail(1)));
        MB_CHECK(tx.outbox().append(mail(2)));
        MB_CHECK(tx.outbox().append(second));
        return tx.outbox().mark_sent(mail(1).id, start + 1s);
    });
    auto const erase = [&] { return write_for(store, [](ports::transaction& tx) { return tx.outbox().erase(mail(1).recipient); }); };
    CHECK(erase() == 2);
    CHECK(erase() == 0);
    auto const left = look(store, [](ports::transaction& tx) { return tx.outbox().newest(10); });
    REQUIRE(left.size() == 1);
    check_same(left[0].message, mail(2));
}
