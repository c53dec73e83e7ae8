#include "tests/unit/access/together.hpp"
#include "tests/unit/access/world.hpp"

#include <set>

using namespace mb;
using namespace mb::testing;
using namespace std::chrono_literals;

namespace {

struct robot : world {
    robot() { make_user("ana@example.org"); }

    usecases::caller ana() { return {user("ana@example.org"), std::nullopt, catalogues.current(), {}}; }
    outcome<answer<usecases::made_api_key>> make(std::vector<std::string> scopes, std::optional<std::string> expires_at = {})
    {
        return make_api_key({"robot", std::move(scopes), std::move(expires_at)}, ana(), request());
    }
    std::string key(std::vector<std::string> scopes, std::optional<std::string> expires_at = {})
    {
        return std::string(granted(make(std::move(scopes), std::move(expires_at))).text.reveal());
    }
    tokens::api_key stored(std::size_t at = 0) { return granted(list_api_keys(ana(), std::nullopt, 100)).keys.at(at); }
    /// Keys that are stored without being drawn: the fake randomness repeats itself in letters.
    void store_keys(std::uint8_t count)
    {
        for (std::uint8_t i = 0; i < count; ++i) {
            tokens::api_key held;
            held.id = ports::new_id<tokens::api_key_id>(random, clock.now());
            held.owner = ana().user.id;
            held.digest.fill(i);
            held.created_at = clock.now();
            REQUIRE(memory.transact([&](ports::transaction& tx) { return tx.api_keys().save(held); }));
        }
    }
    void disable()
    {
        auto off = user("ana@example.org");
        off.status = identity::user_status::disabled;
        REQUIRE(memory.transact([&](ports::transaction& tx) { return tx.users().update(off); }));
    }
};

entities::entity_id some_entity()
{
    entities::entity_id id;
    id.bytes.fill(7);
    return id;
}

}  // namespace

TEST_CASE("a key is sk_live_ and 64 letters or digits, of which nothing else is one")
{
    std::uint8_t next = 0;
    auto const text = tokens::draw_api_key([&](std::span<std::uint8_t> into) {
        for (auto& byte : into) byte = next++;
    });
    CHECK(text.size() == 72);
    CHECK(tokens::is_api_key(text.reveal()));
    CHECK(tokens::api_key_prefix(text) == text.reveal().substr(0, 16));
    std::string const good(text.reveal());
    for (auto const& bad : {std::string(), good.substr(1), good + "A", good.substr(0, 71), good.substr(0, 71) + "-", "sk_test_" + good.substr(8)})
        CHECK_FALSE(tokens::is_api_key(bad));
}

TEST_CASE("a byte that would favour some letters is drawn again")
{
    int asked = 0;
    auto const text = tokens::draw_api_key([&](std::span<std::uint8_t> into) {
        for (auto& byte : into) byte = asked == 0 ? 248 : 247;
        ++asked;
    });
    CHECK(asked == 2);
    CHECK(text.reveal() == "sk_live_" + std::string(64, '9'));
}

TEST_CASE("a key is dead at its end, not one tick before")
{
    tokens::api_key held;
    auto const end = from_micros(1'769'250'600'000'000);
    CHECK(tokens::decide_api_key(held, end) == tokens::api_key_standing::good);
    held.expires_at = end;
    CHECK(tokens::decide_api_key(held, end - 1us) == tokens::api_key_standing::good);
    CHECK(tokens::decide_api_key(held, end) == tokens::api_key_standing::expired);
    held.revoked_at = end - 1h;
    CHECK(tokens::decide_api_key(held, end - 1us) == tokens::api_key_standing::revoked);
}

TEST_CASE_METHOD(robot, "a key is shown once, and opens what its scopes say")
{
    auto const made = granted(make({"get", "account"}));
    CHECK(tokens::is_api_key(made.text.reveal()));
    CHECK(made.key.prefix == made.text.reveal().substr(0, 16));
    auto const held = stored();
    CHECK(held.digest == digests.mac("api key", made.text.reveal()));
    CHECK(held.name == "robot");
    CHECK_FALSE(held.last_used_at);
    CHECK(events(1).front().type == audit::event_type::api_key_created);
    CHECK(value_of(events(1).front(), "prefix") == made.key.prefix);
    CHECK(dump().find(std::string(made.text.reveal())) == std::string::npos);

    auto const who = granted(authenticate_key(made.text.reveal()));
    CHECK(who.user.id == ana().user.id);
    CHECK_FALSE(who.session);
    REQUIRE(who.key);
    CHECK(who.key->id == held.id);
    CHECK(decide(who, some_entity(), access::action::get).allowed);
    auto const refused = decide(who, some_entity(), access::action::update);
    CHECK_FALSE(refused.allowed);
    CHECK(refused.rule == "scope:deny");
    CHECK(decide_power(who, access::power::account).allowed);
    CHECK_FALSE(decide_power(who, access::power::keys).allowed);
    CHECK_FALSE(decide_power(who, access::power::none).allowed);
    CHECK(decide_power(ana(), access::power::none).allowed);
}

TEST_CASE_METHOD(robot, "a key never exceeds its owner, whatever happens to the owner's roles")
{
    auto const text = key({"update", "get"});
    auto demoted = user("ana@example.org");
    demoted.roles = {"viewer"};
    REQUIRE(memory.transact([&](ports::transaction& tx) { return tx.users().update(demoted); }));
    auto const who = granted(authenticate_key(text));
    CHECK(decide(who, some_entity(), access::action::get).allowed);
    CHECK_FALSE(decide(who, some_entity(), access::action::update).allowed);
    CHECK_FALSE(decide_administering(who).allowed);
}

TEST_CASE_METHOD(robot, "an administrator's key administers only where its scopes say so")
{
    auto const text = [&](std::vector<std::string> scopes) {
        return std::string(granted(make_api_key({"robot", std::move(scopes), {}}, admin(), request())).text.reveal());
    };
    CHECK(decide_administering(granted(authenticate_key(text({"administer"})))).allowed);
    CHECK_FALSE(decide_administering(granted(authenticate_key(text({"get", "account", "keys", "password"})))).allowed);
}

TEST_CASE_METHOD(robot, "scopes that the maker lacks, or that are none, are listed")
{
    CHECK(broken(make({"get", "administer", "nonsense", "account"}))
          == violations{{"/scopes/1", violation_code::not_allowed_here, {}}, {"/scopes/2", violation_code::not_an_option, {}}});
    CHECK(broken(make({})) == violations{{"/scopes", violation_code::too_short, "1"}});
    make_user("eye@example.org", {"viewer"});
    CHECK(broken(make_api_key({"robot", {"get", "delete"}, {}}, caller_of(enter("eye@example.org")), request()))
          == violations{{"/scopes/1", violation_code::not_allowed_here, {}}});
}

TEST_CASE_METHOD(robot, "a name has 1 to 100 characters")
{
    auto const named = [&](std::string name) { return make_api_key({std::move(name), {"get"}, {}}, ana(), request()); };
    CHECK(broken(named("")) == violations{{"/name", violation_code::too_short, "1"}});
    granted(named("ñ"));
    std::string long_name;
    for (int i = 0; i < 100; ++i) long_name += "ñ";
    granted(named(long_name));
    CHECK(broken(named(long_name + "ñ")) == violations{{"/name", violation_code::too_long, "100"}});
    CHECK(broken(named("a\nb")) == violations{{"/name", violation_code::wrong_format, "printable"}});
}

TEST_CASE_METHOD(robot, "a key ends when it was told to, which lies ahead")
{
    auto const now = format_rfc3339(clock.now());
    CHECK(broken(make({"get"}, "tomorrow")) == violations{{"/expires_at", violation_code::wrong_format, "date-time"}});
    CHECK(broken(make({"get"}, now)) == violations{{"/expires_at", violation_code::too_small, now}});
    auto const text = key({"get"}, format_rfc3339(clock.now() + 1h));
    clock.advance(1h - 1ms);
    granted(authenticate_key(text));
    clock.advance(1ms);
    CHECK(why(authenticate_key(text)) == problem::expired_token);
}

TEST_CASE_METHOD(robot, "a key makes no key that outdoes it")
{
    auto const end = format_rfc3339(clock.now() + 1h);
    auto const who = granted(authenticate_key(key({"keys", "get"}, end)));
    auto const make_with = [&](std::vector<std::string> scopes, std::optional<std::string> until) {
        return make_api_key({"child", std::move(scopes), std::move(until)}, who, request());
    };
    CHECK(broken(make_with({"get", "list"}, {})) == violations{{"/scopes/1", violation_code::not_allowed_here, {}}});
    CHECK(broken(make_with({"get"}, format_rfc3339(clock.now() + 1h + 1ms))) == violations{{"/expires_at", violation_code::too_large, end}});
    CHECK(granted(make_with({"get"}, {})).key.expires_at == clock.now() + 1h);
    granted(make_with({"get", "keys"}, end));
}

TEST_CASE_METHOD(robot, "a revoked key, a disabled owner's key and a key of nobody are refused at the next request")
{
    auto const text = key({"get"});
    granted(authenticate_key(text));
    SECTION("revoked")
    {
        auto const ended = granted(revoke_api_key(stored().id, ana(), request()));
        CHECK(ended.revoked_at == clock.now());
        CHECK(events(1).front().type == audit::event_type::api_key_revoked);
        auto const rows = events().size();
        clock.advance(1s);
        CHECK(granted(revoke_api_key(stored().id, ana(), request())).revoked_at == ended.revoked_at);
        CHECK(events().size() == rows);
        CHECK(why(authenticate_key(text)) == problem::invalid_token);
    }
    SECTION("disabled")
    {
        disable();
        CHECK(why(authenticate_key(text)) == problem::invalid_token);
    }
    SECTION("nobody's")
    {
        auto other = text;
        other.back() = other.back() == 'A' ? 'B' : 'A';
        for (auto const& each : {other, std::string("sk_live_"), text + "A", std::string()})
            CHECK(why(authenticate_key(each)) == problem::invalid_token);
    }
}

TEST_CASE_METHOD(robot, "somebody else's key can't be revoked, and looks as if it weren't there")
{
    auto const text = key({"get"});
    CHECK(why(revoke_api_key(stored().id, admin(), request())) == problem::api_key_not_found);
    CHECK(why(revoke_api_key({}, ana(), request())) == problem::api_key_not_found);
    granted(authenticate_key(text));
}

TEST_CASE_METHOD(robot, "one account has fifty living keys, and no more")
{
    store_keys(49);
    granted(make({"get"}));
    CHECK(why(make({"get"})) == problem::limit_reached);
    granted(revoke_api_key(stored(7).id, ana(), request()));
    granted(make({"get"}));
    CHECK(why(make({"get"})) == problem::limit_reached);
}

TEST_CASE_METHOD(robot, "of many keys made at once no more are made than may live")
{
    store_keys(45);
    auto const caller = ana();
    std::atomic<int> made = 0;
    together(20, [&](int) {
        auto const said = make_api_key({"robot", {"get"}, {}}, caller, request());
        if (said && said->granted() != nullptr) ++made;
    });
    CHECK(made == 5);
}

TEST_CASE_METHOD(robot, "keys are listed newest first, in pages")
{
    for (int i = 0; i < 3; ++i) {
        key({"get"});
        clock.advance(1s);
    }
    auto const first = granted(list_api_keys(ana(), std::nullopt, 2));
    REQUIRE(first.keys.size() == 2);
    CHECK(first.has_more);
    CHECK(first.keys[0].created_at > first.keys[1].created_at);
    auto const rest = granted(list_api_keys(ana(), first.keys[1].id, 2));
    CHECK(rest.keys.size() == 1);
    CHECK_FALSE(rest.has_more);
    CHECK(granted(list_api_keys(admin(), std::nullopt, 2)).keys.empty());
}

TEST_CASE_METHOD(robot, "a use is written by the job, once for many, and only where the key got in")
{
    auto const text = key({"get"});
    for (int i = 0; i < 100; ++i) granted(authenticate_key(text));
    clock.advance(1s);
    granted(authenticate_key(text));
    CHECK_FALSE(stored().last_used_at);
    auto const written = recent_uses.flush(store);
    REQUIRE(written);
    CHECK(*written == 1);
    CHECK(stored().last_used_at == clock.now());
    CHECK(*recent_uses.flush(store) == 0);
    disable();
    clock.advance(1s);
    CHECK(why(authenticate_key(text)) == problem::invalid_token);
    CHECK(*recent_uses.flush(store) == 0);
}

TEST_CASE_METHOD(robot, "uses that could not be written are written the next time, the later one winning")
{
    auto const text = key({"get"});
    granted(authenticate_key(text));
    brittle.calls_left = 0;
    CHECK_FALSE(recent_uses.flush(store));
    brittle.calls_left.reset();
    CHECK(*recent_uses.flush(store) == 1);
    CHECK(stored().last_used_at == clock.now());
}

TEST_CASE_METHOD(robot, "a key is judged by the newest catalogue")
{
    auto const text = key({"get"});
    access::role const bare{"user", "", {}, true, false};
    REQUIRE(memory.transact([&](ports::transaction& tx) -> outcome<void> {
        MB_CHECK(tx.roles().save(bare));
        return tx.catalogue().advance();
    }));
    CHECK_FALSE(decide(granted(authenticate_key(text)), some_entity(), access::action::get).allowed);
}
