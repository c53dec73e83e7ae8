#include "core/domain/access/role.hpp"
#include "core/domain/access/scope.hpp"
#include "core/domain/anomaly/finding.hpp"
#include "core/domain/audit/event.hpp"
#include "core/domain/base/error.hpp"
#include "core/domain/base/violation.hpp"
#include "core/domain/identity/email_token.hpp"
#include "core/domain/identity/totp.hpp"
#include "core/domain/identity/user.hpp"
#include "core/domain/notify/message.hpp"
#include "core/domain/tokens/claims.hpp"
#include "core/domain/tokens/family.hpp"
#include "core/domain/tokens/proof.hpp"
#include "core/domain/tokens/session.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace mb;

namespace {

/// What a newer release may have stored, read by this one.
template <class Enumeration>
constexpr Enumeration unnamed = static_cast<Enumeration>(250);

}  // namespace

TEST_CASE("a value that no enumerator names has the name of another, and no power")
{
    CHECK(name_of(unnamed<access::action>) == "list");
    CHECK(name_of(unnamed<access::reach>) == "none");
    CHECK(name_of(unnamed<access::power>).empty());
    CHECK_FALSE(access::scope_set{}.allows(unnamed<access::power>));
    CHECK(name_of(unnamed<audit::severity>) == "LOW");
    CHECK(std::string(name_of(unnamed<errc>)) == "unexpected");
    CHECK(code_of(unnamed<violation_code>) == "FORMATO_INVALIDO");
    CHECK(name_of(unnamed<identity::email_token_type>) == "VERIFY_EMAIL");
    CHECK(name_of(unnamed<identity::link_block>) == "SUSPICIOUS_ACTIVITY");
    CHECK(name_of(unnamed<identity::link_refusal>) == "wrong_type");
    CHECK(name_of(unnamed<identity::code_hash>) == "SHA1");
    CHECK(name_of(unnamed<identity::request_source>) == "web");
    CHECK(name_of(unnamed<notify::message_kind>) == "verify_email");
    CHECK(name_of(unnamed<tokens::key_state>) == "standby");
    CHECK(name_of(unnamed<tokens::revocation_reason>) == "admin");
    CHECK(name_of(unnamed<tokens::shown_by>) == "pwd");
    CHECK(name_of(unnamed<tokens::session_end>) == "admin");
    CHECK(anomaly::event_of(unnamed<anomaly::kind>) == audit::event_type::session_unusual);
}

TEST_CASE("a name that nothing has is none, beside the names that lead back")
{
    for (auto const over : {access::reach::none, access::reach::own, access::reach::all}) CHECK_FALSE(name_of(over).empty());
    for (auto const level : {audit::severity::low, audit::severity::medium, audit::severity::high, audit::severity::critical})
        CHECK(audit::severity_named(name_of(level)) == level);
    CHECK_FALSE(audit::severity_named("low"));
    for (auto const how : {tokens::shown_by::password, tokens::shown_by::link, tokens::shown_by::totp, tokens::shown_by::recovery_code})
        CHECK(tokens::shown_by_named(name_of(how)) == how);
    CHECK_FALSE(tokens::shown_by_named("sms"));
    for (auto const each : {tokens::door::tokens, tokens::door::session}) CHECK(tokens::door_named(name_of(each)) == each);
    CHECK_FALSE(tokens::door_named("window"));
}
