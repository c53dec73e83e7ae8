#include "adapters/memory/database/audit_repositories.hpp"

#include <algorithm>
#include <utility>

namespace mb::memory {
namespace {

notify::message clone(notify::message const& mail)
{
    return {mail.id, mail.kind, mail.recipient, mail.tongue, mail.link_token.clone(), mail.created_at, mail.expires_at};
}

ports::outbox_entry shown(outbox_row const& row) { return {clone(*row.mail), row.attempts, row.sent_at, row.failed_at, row.last_error}; }

bool waits(outbox_row const& row, instant now) { return !row.sent_at && !row.failed_at && row.due_at <= now && now < row.mail->expires_at; }

template <class Key, class Row>
std::vector<Row> newest_of(table<Key, Row> const& rows, std::size_t limit)
{
    std::vector<Row> found;
    if (limit == 0) return found;
    rows.descending([&](Key const&, Row const& each) {
        found.push_back(each);
        return found.size() < limit;
    });
    return found;
}

/// Changes one row of the outbox; a message that is gone needs no note.
template <class Change>
void amend(tables& rows, notify::message_id id, Change change)
{
    auto const* created = rows.outbox_creation.find(id);
    if (created == nullptr) return;
    std::pair const key{*created, id};
    auto row = *rows.outbox.find(key);
    change(row);
    rows.outbox.put(key, std::move(row));
}

}  // namespace

outcome<void> audit_rows::append(audit::event const& added)
{
    MB_TRY(auto* rows, space_.change("memory.audit.append"));
    rows->audit_log.put({added.at, added.id}, added);
    return {};
}

outcome<std::vector<audit::event>> audit_rows::newest(std::size_t limit) { return newest_of(space_.rows().audit_log, limit); }

outcome<void> attempt_rows::append(ports::login_attempt const& added)
{
    MB_TRY(auto* rows, space_.change("memory.login_attempts.append"));
    rows->login_attempts.put({added.at, added.id}, added);
    return {};
}

outcome<std::vector<ports::login_attempt>> attempt_rows::newest(std::size_t limit) { return newest_of(space_.rows().login_attempts, limit); }

outcome<void> outbox_rows::append(notify::message const& added)
{
    MB_TRY(auto* rows, space_.change("memory.outbox.append"));
    if (rows->outbox_creation.contains(added.id)) return error{errc::duplicate, "memory.outbox.append", ""};
    outbox_row row;
    row.mail = std::make_shared<notify::message const>(clone(added));
    row.due_at = added.created_at;
    rows->outbox_creation.put(added.id, added.created_at);
    rows->outbox.put({added.created_at, added.id}, std::move(row));
    return {};
}

outcome<std::vector<ports::outbox_entry>> outbox_rows::due(instant now, std::size_t limit)
{
    std::vector<ports::outbox_entry> found;
    if (limit == 0) return found;
    space_.rows().outbox.ascending([&](auto const&, outbox_row const& row) {
        if (waits(row, now)) found.push_back(shown(row));
        return found.size() < limit;
    });
    return found;
}

outcome<ports::taking> outbox_rows::take(notify::message_id id, instant now, instant until)
{
    MB_TRY(auto* rows, space_.change("memory.outbox.take"));
    auto how = ports::taking::not_due;
    amend(*rows, id, [&](outbox_row& row) {
        if (!waits(row, now)) return;
        row.due_at = until;
        how = ports::taking::taken;
    });
    return how;
}

outcome<void> outbox_rows::mark_sent(notify::message_id id, instant at)
{
    MB_TRY(auto* rows, space_.change("memory.outbox.mark_sent"));
    amend(*rows, id, [&](outbox_row& row) { row.sent_at = at; });
    return {};
}

outcome<void> outbox_rows::mark_failed(notify::message_id id, std::string const& why, instant at, std::optional<instant> next)
{
    MB_TRY(auto* rows, space_.change("memory.outbox.mark_failed"));
    amend(*rows, id, [&](outbox_row& row) {
        ++row.attempts;
        row.last_error = why;
        if (next)
            row.due_at = *next;
        else
            row.failed_at = at;
    });
    return {};
}

outcome<std::vector<ports::outbox_entry>> outbox_rows::newest(std::size_t limit)
{
    std::vector<ports::outbox_entry> found;
    for (auto const& row : newest_of(space_.rows().outbox, limit)) found.push_back(shown(row));
    return found;
}

outcome<ports::outbox_backlog> outbox_rows::backlog(instant now)
{
    ports::outbox_backlog found;
    space_.rows().outbox.ascending([&](auto const&, outbox_row const& row) {
        if (row.sent_at || row.failed_at || row.mail->expires_at <= now) return true;
        ++found.messages;
        found.oldest = std::min(found.oldest.value_or(row.mail->created_at), row.mail->created_at);
        return true;
    });
    return found;
}

outcome<std::size_t> outbox_rows::purge(instant before, std::size_t batch)
{
    MB_TRY(auto* rows, space_.change("memory.outbox.purge"));
    auto const ended = keys_where(rows->outbox, batch, [&](outbox_row const& row) { return row.mail->expires_at <= before; });
    for (auto const& key : ended) {
        rows->outbox.erase(key);
        rows->outbox_creation.erase(key.second);
    }
    return ended.size();
}

outcome<std::size_t> outbox_rows::erase(identity::email const& recipient)
{
    MB_TRY(auto* rows, space_.change("memory.outbox.erase"));
    auto const theirs = keys_where(rows->outbox, rows->outbox.size(), [&](outbox_row const& row) { return row.mail->recipient == recipient; });
    for (auto const& key : theirs) {
        rows->outbox.erase(key);
        rows->outbox_creation.erase(key.second);
    }
    return theirs.size();
}

}  // namespace mb::memory
