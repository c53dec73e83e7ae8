#pragma once

#include "core/domain/audit/event.hpp"
#include "core/domain/identity/email_token.hpp"
#include "core/domain/identity/link_policy.hpp"
#include "core/domain/notify/message.hpp"
#include "ports/cryptography.hpp"
#include "ports/randomness.hpp"
#include "ports/store.hpp"

namespace mb::usecases {

/// A link and the mail that carries it, drawn before the work that may want them.
struct link_mail {
    identity::email_token link;
    notify::message mail;
};

link_mail draw_link_mail(identity::email_token_type type, identity::user_id owner, identity::email const& recipient, notify::language tongue,
                         audit::origin const& from, ports::randomness const& random, ports::digester const& digests,
                         identity::link_policy const& links, instant now);

/// Asks the store twice for a link that was drawn and not saved: as often as saving it and its mail would have.
outcome<void> look_in_vain(ports::transaction& tx, identity::email_token_id drawn);

}  // namespace mb::usecases
