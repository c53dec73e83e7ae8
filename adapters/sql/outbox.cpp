#include "adapters/sql/audit_repositories.hpp"
#include "adapters/sql/columns.hpp"
#include "core/domain/base/big_endian.hpp"

#include <array>
#include <cstdint>

namespace mb::sql {
namespace {

constexpr char const* outbox_table = "sql.outbox";

std::string place_of(notify::message_id id) { return "outbox|payload|" + id.text(); }

/// kind, language, recipient, token: each after its length in four bytes, the most significant first.
void append_part(std::string& payload, std::string_view part)
{
    append_big_endian(payload, static_cast<std::uint32_t>(part.size()));
    payload += part;
}

std::optional<std::string_view> take_part(std::string_view& payload) noexcept
{
    if (payload.size() < 4) return std::nullopt;
    auto const length = read_big_endian<std::uint32_t>(payload.substr(0, 4));
    payload.remove_prefix(4);
    if (payload.size() < length) return std::nullopt;
    auto const part = payload.substr(0, length);
    payload.remove_prefix(length);
    return part;
}

secret payload_of(notify::message const& mail)
{
    std::string payload;
    // room for everything at once: growing would leave copies of the token behind
    payload.reserve(64 + mail.recipient.text().size() + mail.link_token.size());
    append_part(payload, name_of(mail.kind));
    append_part(payload, name_of(mail.tongue));
    append_part(payload, mail.recipient.text());
    append_part(payload, mail.link_token.reveal());
    return secret{std::move(payload)};
}

std::optional<notify::language> language_named(std::string_view name) noexcept
{
    for (auto const tongue : {notify::language::es, notify::language::en})
        if (name == name_of(tongue)) return tongue;
    return std::nullopt;
}

/// The parts of a payload, or nothing where it is not made of exactly four.
std::optional<std::array<std::string_view, 4>> parts_of(std::string_view payload) noexcept
{
    std::array<std::string_view, 4> parts;
    for (auto& each : parts) {
        auto const part = take_part(payload);
        if (!part) return std::nullopt;
        each = *part;
    }
    if (!payload.empty()) return std::nullopt;
    return parts;
}

outcome<notify::message> message_of(notify::message_id id, std::string_view payload)
{
    auto const parts = parts_of(payload);
    if (!parts) return error{errc::corrupt, outbox_table, "a payload can't be read"};
    auto const& [kind_name, tongue_name, recipient, token] = *parts;
    auto const kind = notify::message_kind_named(kind_name);
    auto const tongue = language_named(tongue_name);
    if (!kind || !tongue) return error{errc::corrupt, outbox_table, "a payload can't be read"};
    return notify::message{id, *kind, identity::email::restore(std::string(recipient)), *tongue, secret{token}, {}, {}};
}

}  // namespace

outcome<void> outbox::append(notify::message const& added)
{
    auto const sealed = seals_.seal(place_of(added.id), payload_of(added).reveal());
    return ran(on_.run(statement::append_message, {added.id, blob{sealed}, added.created_at, added.expires_at}));
}

outcome<std::vector<ports::outbox_entry>> outbox::due(instant now, std::size_t limit) { return entries(statement::due_messages, {now, limit}); }

outcome<ports::taking> outbox::take(notify::message_id id, instant now, instant until)
{
    MB_TRY(auto const taken, touched(on_.run(statement::take_message, {until, id, now})));
    return taken == 0 ? ports::taking::not_due : ports::taking::taken;
}

outcome<void> outbox::mark_sent(notify::message_id id, instant at) { return ran(on_.run(statement::mark_message_sent, {at, id})); }

outcome<void> outbox::mark_failed(notify::message_id id, std::string const& why, instant at, std::optional<instant> next)
{
    auto const failed = next ? std::nullopt : std::optional(at);
    return ran(on_.run(statement::mark_message_failed, {why, next, failed, id}));
}

outcome<std::vector<ports::outbox_entry>> outbox::newest(std::size_t limit) { return entries(statement::newest_messages, {limit}); }

outcome<std::size_t> outbox::purge(instant before, std::size_t batch) { return touched(on_.run(statement::purge_messages, {before, batch})); }

outcome<ports::outbox_backlog> outbox::backlog(instant now)
{
    ports::outbox_backlog found;
    MB_CHECK(on_.run(statement::outbox_backlog, {now}, [&](row const& each) -> outcome<void> {
        columns from{each};
        found.messages = static_cast<std::size_t>(from.integer());
        found.oldest = from.maybe_at();
        return from.finish(outbox_table);
    }));
    return found;
}

outcome<std::size_t> outbox::erase(identity::email const& recipient)
{
    std::vector<notify::message_id> theirs;
    MB_CHECK(on_.run(statement::all_messages, {}, [&](row const& each) -> outcome<void> {
        columns from{each};
        auto const id = from.identity<notify::message_id>();
        MB_TRY(auto const payload, seals_.open(place_of(id), from.bytes()));
        MB_TRY(auto const mail, message_of(id, payload.reveal()));
        if (mail.recipient == recipient) theirs.push_back(id);
        return from.finish(outbox_table);
    }));
    for (auto const& id : theirs) MB_CHECK(on_.run(statement::erase_message, {id}));
    return theirs.size();
}

outcome<std::vector<ports::outbox_entry>> outbox::entries(statement what, std::initializer_list<parameter> values)
{
    std::vector<ports::outbox_entry> found;
    MB_CHECK(on_.run(what, values, [&](row const& each) -> outcome<void> {
        columns from{each};
        auto const id = from.identity<notify::message_id>();
        MB_TRY(auto const payload, seals_.open(place_of(id), from.bytes()));
        MB_TRY(auto mail, message_of(id, payload.reveal()));
        mail.created_at = from.at();
        mail.expires_at = from.at();
        found.push_back({
            .message = std::move(mail),
            .attempts = static_cast<int>(from.integer()),
            .sent_at = from.maybe_at(),
            .failed_at = from.maybe_at(),
            .last_error = from.maybe_string(),
        });
        return from.finish(outbox_table);
    }));
    return found;
}

}  // namespace mb::sql
