#include "tests/unit/identity/factor_world.hpp"

using namespace mb;
using namespace mb::testing;

namespace {

struct keyless : with_factor {
    /// Takes the key that signs away, and lets the server see that.
    void lose_the_key()
    {
        auto const keys = ports::read(memory, [](ports::transaction& tx) { return tx.signing_keys().list(); });
        REQUIRE(keys);
        for (auto const& each : *keys) {
            auto retired = each.clone();
            retired.state = tokens::key_state::retired;
            retired.retired_at = clock.now();
            retired.expires_at = clock.now() + 1h;
            REQUIRE(memory.transact([&](ports::transaction& tx) -> outcome<void> {
                MB_CHECK(tx.signing_keys().save(retired));
                return tx.catalogue().advance();
            }));
        }
        REQUIRE(catalogues.refresh());
        REQUIRE(catalogues.current()->keys.active() == nullptr);
    }
    /// What it says while the storage answers, and while it doesn't.
    template <class Act>
    void says_so(Act act)
    {
        clock.advance(2s);  // the catalogue is looked at again
        auto const said = act();
        REQUIRE_FALSE(said);
        CHECK(said.error().code == errc::unexpected);
        CHECK(std::string_view(said.error().where) == "tokens.able_to_sign");
    }
};

}  // namespace

TEST_CASE_METHOD(keyless, "a server that has no key to sign with lets nobody in, and says so as an error")
{
    auto const eva = enter("eva@example.org");
    auto const who = caller_of(eva);
    auto const codes = enrol();
    auto const begun = first_step();
    granted(send_magic_link("eva@example.org", notify::language::es, request()));
    std::string const magic(mails().at(0).message.link_token.reveal());
    lose_the_key();
    auto const sessions = granted(list_sessions(who, std::nullopt, 20)).families.size();
    says_so([&] { return log_in({"eva@example.org", secret{std::string_view{"right password"}}}, request()); });
    says_so([&] { return log_in({"ana@example.org", secret{std::string_view{"right password"}}}, request()); });
    says_so([&] { return open_session({"ana@example.org", secret{std::string_view{"right password"}}, {}}, request()); });
    says_so([&] { return log_in_by_link(magic, "", request()); });
    says_so([&] { return refresh_session(eva.refresh_token.reveal(), clock.now(), request()); });
    says_so([&] { return step_up(password_of("right password"), who, request()); });
    says_so([&] { return verify_factor(begun, {code("ana@example.org"), {}, {}}, request()); });
    CHECK(granted(list_sessions(who, std::nullopt, 20)).families.size() == sessions);
}

TEST_CASE_METHOD(keyless, "a server that has no key, and whose storage doesn't answer, says that")
{
    auto const eva = enter("eva@example.org");
    lose_the_key();
    clock.advance(2s);
    brittle.calls_left = 0;
    auto const said = refresh_session(eva.refresh_token.reveal(), clock.now(), request());
    brittle.calls_left.reset();
    REQUIRE_FALSE(said);
    CHECK(said.error().code == errc::busy);
}

TEST_CASE_METHOD(keyless, "a key that another server made in the meantime is found when it is needed")
{
    lose_the_key();
    auto key = ports::read(memory, [](ports::transaction& tx) { return tx.signing_keys().list(); })->front().clone();
    key.state = tokens::key_state::active;
    REQUIRE(memory.transact([&](ports::transaction& tx) -> outcome<void> {
        MB_CHECK(tx.signing_keys().save(key));
        return tx.catalogue().advance();
    }));
    clock.advance(2s);
    enter("eva@example.org");
}
