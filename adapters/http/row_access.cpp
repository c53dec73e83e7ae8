#include "adapters/http/row_access.hpp"

#include "core/usecases/mfa/proofs.hpp"

#include <string>
#include <utility>

namespace mb::http {
namespace {

/// What a key would have needed, for the audit row.
std::string needed_of(access::power what)
{
    if (what == access::power::none) return "session";
    if (what == access::power::records) return "records";
    return std::string(access::name_of(what));
}

}  // namespace

std::optional<usecases::refused_request> refuse_by_table(route const& row, usecases::caller const& who)
{
    if (auto const needed = usecases::decide_power(who, row.key); !needed.allowed)
        return usecases::refused_request{problem::scope_missing, needed_of(row.key), needed.rule, row.refused_as};
    if (row.who != audience::admin) return std::nullopt;
    auto const verdict = usecases::decide_administering(who);
    if (verdict.allowed) return std::nullopt;
    return usecases::refused_request{problem::forbidden, "administer", verdict.rule, row.refused_as};
}

std::optional<response> read_proof(exchange& asked)
{
    auto const wanted = asked.matched().proof;
    if (wanted == fresh_proof::none) return std::nullopt;
    auto const& proofs = asked.cases().proofs;
    if (auto const token = asked.asked().head.field("x-step-up-token"); !token.empty()) {
        auto shown = proofs.read_step_up(token, asked.caller());
        if (!shown) return asked.fail(shown.error());
        if (*shown) asked.prove(**std::move(shown));
    }
    auto const& who = asked.caller();
    if (wanted != fresh_proof::of_factor || !who.user.second_factor || who.key) return std::nullopt;
    if (auto const stale = proofs.refuse_unless_fresh(who, who.user)) return asked.refuse(*stale);
    return std::nullopt;
}

}  // namespace mb::http
