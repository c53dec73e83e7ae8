#include "core/usecases/identity/link_mail.hpp"

#include <string>

namespace mb::usecases {
namespace {

duration life_of(identity::email_token_type type, identity::link_policy const& links) noexcept
{
    switch (type) {
        case identity::email_token_type::verify_email: return links.verify_life;
        case identity::email_token_type::password_reset: return links.reset_life;
        case identity::email_token_type::magic_link: return links.magic_life;
    }
    return links.magic_life;
}

notify::message_kind kind_of(identity::email_token_type type) noexcept
{
    switch (type) {
        case identity::email_token_type::verify_email: return notify::message_kind::verify_email;
        case identity::email_token_type::password_reset: return notify::message_kind::reset_password;
        case identity::email_token_type::magic_link: return notify::message_kind::magic_link;
    }
    return notify::message_kind::magic_link;
}

}  // namespace

link_mail draw_link_mail(identity::email_token_type type, identity::user_id owner, identity::email const& recipient, notify::language tongue,
                         audit::origin const& from, ports::randomness const& random, ports::digester const& digests,
                         identity::link_policy const& links, instant now)
{
    constexpr std::size_t proof_bytes = 32;
    auto const proof = ports::new_secret(random, proof_bytes);
    identity::email_token link;
    link.id = ports::new_id<identity::email_token_id>(random, now);
    link.owner = owner;
    link.type = type;
    link.secret_digest = digests.sha256(proof.reveal());
    link.created_at = now;
    link.expires_at = now + life_of(type, links);
    link.requested_from = from.ip.value_or(identity::ip_hash{});
    link.user_agent = from.user_agent;
    link.source = from.source;
    link.max_attempts = links.attempts_max;
    notify::message mail{ports::new_id<notify::message_id>(random, now), kind_of(type), recipient,      tongue,
                         identity::format_email_token(link.id, proof),   now,           link.expires_at};
    return {std::move(link), std::move(mail)};
}

outcome<void> look_in_vain(ports::transaction& tx, identity::email_token_id drawn)
{
    for (int statement = 0; statement < 2; ++statement) {
        MB_TRY(auto const nothing, tx.email_tokens().find(drawn));
        (void)nothing;
    }
    return {};
}

}  // namespace mb::usecases
