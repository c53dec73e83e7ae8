#include "core/usecases/identity/check_reset.hpp"

#include "core/usecases/identity/link_check.hpp"

#include <variant>

namespace mb::usecases {

outcome<answer<done>> check_reset::operator()(std::string_view token, audit::origin const& from) const
{
    using result = answer<done>;
    auto const now = clock_.now();
    auto const log = ports::new_id<audit::log_id>(random_, now);
    auto const shown = read_link(token, random_, digests_, now);
    return ports::transact(store_, [&](ports::transaction& tx) -> outcome<result> {
        MB_TRY(auto looked, look_at_link(tx, shown, identity::email_token_type::password_reset, from, links_, now));
        if (auto const* refused = std::get_if<refused_link>(&looked)) {
            MB_CHECK(tx.audit().append(audit::about(audit::make_event(log, audit::event_type::reset_failed, from, now, refused->why.why),
                                                    refused->owner, std::nullopt, {{"reason", refused->reason}})));
            return result{refused->why};
        }
        auto& link = std::get<identity::email_token>(looked);
        identity::note_validation(link, links_, now);
        MB_CHECK(tx.email_tokens().save(link));
        MB_CHECK(tx.audit().append(
            audit::about(audit::make_event(log, audit::event_type::link_checked, from, now), link.owner, std::nullopt, differences(link, from))));
        return result{done{}};
    });
}

}  // namespace mb::usecases
