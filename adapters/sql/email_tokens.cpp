#include "adapters/sql/identity_repositories.hpp"
#include "adapters/sql/rows.hpp"

namespace mb::sql {
namespace {

using identity::email_token;

constexpr char const* email_tokens_table = "sql.email_tokens";

}  // namespace

email_token read_email_token(columns& from)
{
    return email_token{
        .id = from.identity<identity::email_token_id>(),
        .owner = from.identity<identity::user_id>(),
        .type = from.named(identity::email_token_type_named),
        .secret_digest = from.array<32>(),
        .created_at = from.at(),
        .expires_at = from.at(),
        .requested_from = from.ip(),
        .user_agent = from.string(),
        .source = from.named(identity::request_source_named),
        .mailed_at = from.maybe_at(),
        .used_at = from.maybe_at(),
        .used_from = from.maybe_ip(),
        .used_user_agent = from.maybe_string(),
        .failed_attempts = static_cast<int>(from.integer()),
        .max_attempts = static_cast<int>(from.integer()),
        .validations = static_cast<int>(from.integer()),
        .last_attempt_at = from.maybe_at(),
        .cooling_until = from.maybe_at(),
        .blocked_at = from.maybe_at(),
        .blocked_reason = from.maybe_string(),
    };
}

outcome<std::optional<email_token>> email_tokens::find(identity::email_token_id id)
{
    return first<email_token>(on_, statement::email_token_by_id, {id}, email_tokens_table, read_email_token);
}

outcome<void> email_tokens::save(email_token const& saved)
{
    return ran(on_.run(statement::save_email_token, {saved.id,
                                                     saved.owner,
                                                     name_of(saved.type),
                                                     saved.secret_digest,
                                                     saved.created_at,
                                                     saved.expires_at,
                                                     saved.requested_from,
                                                     saved.user_agent,
                                                     name_of(saved.source),
                                                     saved.mailed_at,
                                                     saved.used_at,
                                                     saved.used_from,
                                                     saved.used_user_agent,
                                                     saved.failed_attempts,
                                                     saved.max_attempts,
                                                     saved.validations,
                                                     saved.last_attempt_at,
                                                     saved.cooling_until,
                                                     saved.blocked_at,
                                                     saved.blocked_reason,
                                                     saved.blocked_at.has_value(),
                                                     saved.mailed_at.has_value()}));
}

outcome<std::optional<email_token>> email_tokens::newest(identity::user_id owner, identity::email_token_type type)
{
    return first<email_token>(on_, statement::newest_email_token, {owner, name_of(type)}, email_tokens_table, read_email_token);
}

outcome<std::size_t> email_tokens::failures(identity::user_id owner, instant since)
{
    MB_TRY(auto const counted, first<std::size_t>(on_, statement::count_link_failures, {owner, since}, email_tokens_table,
                                                  [](columns& from) { return static_cast<std::size_t>(from.integer()); }));
    return counted.value_or(0);
}

outcome<std::size_t> email_tokens::block_all(identity::user_id owner, identity::link_block why, instant now)
{
    return touched(on_.run(statement::block_email_tokens, {true, now, name_of(why), owner}));
}

outcome<std::size_t> email_tokens::purge(instant before, std::size_t batch)
{
    return touched(on_.run(statement::purge_email_tokens, {before, batch}));
}

}  // namespace mb::sql
