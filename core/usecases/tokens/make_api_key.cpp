#include "core/usecases/tokens/make_api_key.hpp"

#include "core/domain/base/text.hpp"

#include <utility>
#include <variant>

namespace mb::usecases {
namespace {

/// Whether the roles of the caller, and their key where they came with one, allow all of this now.
bool may_all(caller const& who, access::scope_set const& wanted)
{
    if (who.key && !who.key->scopes.covers(wanted)) return false;
    if (wanted.allows(access::power::administer) && !decide_administering(who).allowed) return false;
    access::role const asked{"", "", wanted.permissions(), false, false};
    return decide_grant(who, asked, nullptr).allowed;
}

/// The scopes that were asked for, one violation for each that is none or that the caller doesn't have.
access::scope_set accept_scopes(std::vector<std::string> const& names, caller const& who, violations& broken)
{
    if (names.empty()) broken.push_back({"/scopes", violation_code::too_short, "1"});
    for (std::size_t i = 0; i < names.size(); ++i) {
        auto const one = access::scope_set::parse({&names[i], 1});
        if (auto const* read = std::get_if<access::scope_set>(&one)) {
            if (!may_all(who, *read)) broken.push_back({pointer_to("/scopes", i), violation_code::not_allowed_here, {}});
        } else {
            broken.push_back({pointer_to("/scopes", i), violation_code::not_an_option, {}});
        }
    }
    auto all = access::scope_set::parse(names);
    auto* read = std::get_if<access::scope_set>(&all);
    return read != nullptr ? std::move(*read) : access::scope_set{};
}

std::optional<instant> accept_expiry(std::optional<std::string> const& text, caller const& who, instant now, violations& broken)
{
    auto const most = who.key ? who.key->expires_at : std::nullopt;
    if (!text) return most;
    auto const read = parse_rfc3339(*text);
    if (!read)
        broken.push_back({"/expires_at", violation_code::wrong_format, "date-time"});
    else if (*read <= now)
        broken.push_back({"/expires_at", violation_code::too_small, format_rfc3339(now)});
    else if (most && *read > *most)
        broken.push_back({"/expires_at", violation_code::too_large, format_rfc3339(*most)});
    return read;
}

void check_name(std::string const& name, violations& broken)
{
    if (!is_utf8(name) || has_control(name)) broken.push_back({"/name", violation_code::wrong_format, "printable"});
    auto const length = count_code_points(name);
    if (length == 0) broken.push_back({"/name", violation_code::too_short, "1"});
    if (length > api_key_name_characters_max) broken.push_back({"/name", violation_code::too_long, std::to_string(api_key_name_characters_max)});
}

}  // namespace

outcome<answer<made_api_key>> make_api_key::operator()(new_api_key const& asked, caller const& who, audit::origin const& from) const
{
    using result = answer<made_api_key>;
    auto const now = clock_.now();
    violations broken;
    check_name(asked.name, broken);
    tokens::api_key made;
    made.scopes = accept_scopes(asked.scopes, who, broken);
    made.expires_at = accept_expiry(asked.expires_at, who, now, broken);
    if (!broken.empty()) return result{std::move(broken)};

    auto text = tokens::draw_api_key([this](std::span<std::uint8_t> into) { random_.fill(into); });
    made.id = ports::new_id<tokens::api_key_id>(random_, now);
    made.owner = who.user.id;
    made.name = asked.name;
    made.prefix = tokens::api_key_prefix(text);
    made.digest = digests_.mac(tokens::api_key_purpose, text.reveal());
    made.created_at = now;
    auto const log = ports::new_id<audit::log_id>(random_, now);

    MB_TRY(auto const said, ports::transact(store_, [&](ports::transaction& tx) -> outcome<answer<done>> {
               // The owner's row is held until the end, so that two keys that are made at once are counted one after the other.
               MB_TRY(auto const owner, tx.users().find(who.user.id));
               if (!owner || owner->status != identity::user_status::active) return answer<done>{problem::invalid_token};
               MB_TRY(auto const live, tx.api_keys().count_live(who.user.id, now));
               if (live >= policy_.live_max) return answer<done>{problem::limit_reached};
               MB_CHECK(tx.api_keys().save(made));
               MB_CHECK(tx.audit().append(audit::about(audit::make_event(log, audit::event_type::api_key_created, from, now), who.user.id,
                                                       who.user.id, {{"key", made.id.text()}, {"prefix", made.prefix}})));
               return answer<done>{done{}};
           }));
    if (said.granted() == nullptr) return said.refusal<made_api_key>();
    return result{made_api_key{std::move(made), std::move(text)}};
}

}  // namespace mb::usecases
