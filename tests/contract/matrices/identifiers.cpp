#include "tests/contract/matrices/house.hpp"
#include "tests/contract/stores.hpp"

#include <array>
#include <optional>

// The forms in which one identifier can be typed, at each door that takes one: the same account, counted and written down under one name, or none
// (security.md section 4, M5).

using namespace mb;
using namespace mb::contract;

namespace {

enum class outcome_of {
    same,     ///< the account of ana@example.org
    other,    ///< a good identifier, of somebody else
    refused,  ///< no identifier: nothing is made, sent or found
};

struct form {
    char const* name;
    char const* typed;
    outcome_of as_address;  ///< where an e-mail address is asked for: register, forgot-password, magic send
    outcome_of as_login;    ///< where a user name will do too: what is none of either is nobody's, and answers like a wrong password
};

using enum outcome_of;
constexpr auto forms = std::to_array<form>({
    {"as it is", "ana@example.org", same, same},
    {"capital local part", "ANA@example.org", same, same},
    {"capital host", "ana@EXAMPLE.ORG", same, same},
    {"mixed case", "aNa@eXample.Org", same, same},
    {"user name", "ana.b", refused, same},
    {"capital user name", "ANA.B", refused, same},
    {"space before", " ana@example.org", refused, other},
    {"space behind", "ana@example.org ", refused, other},
    {"space within", "ana @example.org", refused, other},
    {"line feed behind", "ana@example.org\n", refused, other},
    {"tab before", "\tana@example.org", refused, other},
    {"no-break space behind", "ana@example.org\u00a0", refused, other},
    {"zero-width space within", "an\u200ba@example.org", refused, other},
    {"full width", "\uff41na@example.org", refused, other},          // NFKC would make it the same
    {"full-width at sign", "ana\uff20example.org", refused, other},  // NFKC would make it the same
    {"ligature that NFKC takes apart", "o\ufb03ce@example.org", refused, other},
    {"decomposed accent", "an\u0061\u0301@example.org", refused, other},
    {"composed accent", "an\u00e1@example.org", refused, other},
    {"Cyrillic letter", "\u0430na@example.org", refused, other},
    {"capital dotless i of Turkish", "an\u0131@example.org", refused, other},
    {"dot in the local part", "a.na@example.org", other, other},
    {"plus and a tag", "ana+x@example.org", other, other},
    {"dot at the end of the local part", "ana.@example.org", refused, other},
    {"two dots", "a..na@example.org", refused, other},
    {"quoted local part", "\"ana\"@example.org", refused, other},
    {"comment", "ana(x)@example.org", refused, other},
    {"host with its root", "ana@example.org.", refused, other},
    {"host as a literal", "ana@[192.0.2.1]", refused, other},
    {"host with a soft hyphen", "ana@exa\u00admple.org", refused, other},
    {"host with an ideographic full stop", "ana@example\u3002org", refused, other},
    {"host in letters of its own", "ana@ex\u00e4mple.org", refused, other},
    {"the same host in punycode", "ana@xn--exmple-cua.org", other, other},
    {"punycode in capitals", "ana@XN--EXMPLE-CUA.ORG", other, other},
    {"display name around it", "Ana <ana@example.org>", refused, other},
    {"two addresses", "ana@example.org,eva@example.org", refused, other},
    {"percent-encoded", "ana%40example.org", refused, other},
});

struct typing : house {
    explicit typing(ports::store& where) : house(where)
    {
        granted(create_user({"ana@example.org", secret{right_password}, "ana.b", std::nullopt, {"user"}}, request()));
    }

    std::vector<ports::login_attempt> attempts()
    {
        return look(store, [](ports::transaction& tx) { return tx.login_attempts().newest(1); });
    }
    std::size_t accounts()
    {
        ports::user_filter everybody;
        everybody.limit = 100;
        return look(store, [&](ports::transaction& tx) { return tx.users().list(everybody); }).size();
    }
    std::optional<ports::outbox_entry> newest_mail()
    {
        auto all = look(store, [](ports::transaction& tx) { return tx.outbox().newest(1); });
        if (all.empty()) return std::nullopt;
        return std::move(all.front());
    }
    std::string pseudonym_of(std::string const& typed, std::string_view password)
    {
        (void)must(log_in({typed, secret{password}}, request()));
        return attempts().front().identity_pseudonym;
    }
};

}  // namespace

TEST_CASE("every form of an identifier logs in to one account or to none, and is counted and written down under one name", "[contract][matrix]")
{
    MB_ON_EVERY_STORE(store);
    typing at(store);
    auto const anas = at.pseudonym_of("ana@example.org", right_password);
    for (auto const& each : forms) {
        INFO(each.name);
        auto const said = refusal(at.log_in(at.right(each.typed), at.request()));
        CHECK((said == std::nullopt) == (each.as_login == same));
        if (said) CHECK(*said == problem::invalid_credentials);
        CHECK((at.attempts().front().identity_pseudonym == anas) == (each.as_login == same));
    }
    // one count: a failure in each of five forms locks all of them, and what is somebody else's is not touched by it
    for (auto const* typed : {"ana@example.org", "ANA@example.org", "ana.b", "ana@EXAMPLE.ORG", "ANA.B"})
        (void)at.pseudonym_of(typed, "wrong password");
    for (auto const& each : forms) {
        INFO(each.name << ", locked");
        auto const said = refusal(at.log_in(at.right(each.typed), at.request()));
        CHECK(said == (each.as_login == same ? problem::account_locked : problem::invalid_credentials));
    }
}

TEST_CASE("every form of an address registers one account, another, or is refused", "[contract][matrix]")
{
    MB_ON_EVERY_STORE(store);
    typing at(store);
    for (auto const& each : forms) {
        INFO(each.name);
        auto const before = at.accounts();
        auto const said = must(at.register_user({each.typed, secret{right_password}, {}, {}, notify::language::es}, at.request()));
        CHECK((said.broken() != nullptr) == (each.as_address == refused));
        bool const twin = std::string_view{each.name} == "punycode in capitals";  // of the row above it
        CHECK(at.accounts() == before + (each.as_address == other && !twin ? 1 : 0));
        if (each.as_address == same) {
            auto const mail = at.newest_mail();
            REQUIRE(mail);
            CHECK(mail->message.recipient.text() == "ana@example.org");
            CHECK(mail->message.kind == notify::message_kind::already_registered);
        }
    }
}

TEST_CASE("every form of an address gets its links to one account or to none", "[contract][matrix]")
{
    MB_ON_EVERY_STORE(store);
    typing at(store);
    for (auto const& each : forms)
        for (auto const kind : {notify::message_kind::reset_password, notify::message_kind::magic_link}) {
            INFO(each.name << ", " << notify::name_of(kind));
            at.clock.advance(std::chrono::minutes{2});  // an account gets one such mail a minute
            auto const before = at.newest_mail();
            auto const asked = kind == notify::message_kind::magic_link ? at.send_magic_link(each.typed, notify::language::es, at.request())
                                                                        : at.request_reset(each.typed, notify::language::es, at.request());
            CHECK_FALSE(refusal(asked));
            auto const after = at.newest_mail();
            bool const sent = after && (!before || after->message.id != before->message.id);
            CHECK(sent == (each.as_address == same));
            if (!sent) continue;
            CHECK(after->message.recipient.text() == "ana@example.org");
            CHECK(after->message.kind == kind);
        }
}
