#pragma once

#include "core/domain/audit/event.hpp"
#include "core/domain/base/answer.hpp"
#include "core/domain/base/outcome.hpp"
#include "core/domain/identity/email_token.hpp"
#include "core/domain/identity/link_policy.hpp"
#include "core/domain/notify/message.hpp"
#include "ports/cryptography.hpp"
#include "ports/randomness.hpp"
#include "ports/store.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace mb::usecases {

/// A link's token as it was shown, and what is drawn before it is looked at.
struct shown_link {
    std::optional<identity::presented_email_token> token;  ///< none where the text is no token
    identity::digest digest{};
    audit::log_id block_log;
    notify::message_id warning;
};
shown_link read_link(std::string_view token, ports::randomness const& random, ports::digester const& digests, instant now);

struct refused_link {
    std::string reason;  ///< for the audit row; the client isn't told
    std::optional<identity::user_id> owner;
    denial why;
};

/// Looks a link up and decides on its use AT `now`. A refusal is noted at the link. Where the refusal blocks it, or is one too many for the
/// account, whose links all end then, that is an event, and the owner is told by mail.
outcome<std::variant<identity::email_token, refused_link>> look_at_link(ports::transaction& tx, shown_link const& shown,
                                                                        identity::email_token_type wanted, audit::origin const& from,
                                                                        identity::link_policy const& policy, instant now);

/// How a use differs from the request of its link, for the audit row.
audit::event_metadata differences(identity::email_token const& link, audit::origin const& from);

}  // namespace mb::usecases
