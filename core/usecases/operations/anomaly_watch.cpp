#include "core/usecases/operations/anomaly_watch.hpp"

#include "core/usecases/operations/record_finding.hpp"

#include <algorithm>
#include <span>

namespace mb::usecases {

using anomaly::kind;

void anomaly_watch::login_failed(failed_login const& what, audit::origin const& from, instant now)
{
    auto const tried = "identity:" + std::string(what.identity);
    auto const attempt = what.attempt.text();
    std::array<ports::sighting, 2> seen{{{tried, attempt, rules_.brute_force.window}, {"logins", "", rules_.stuffing.window}}};
    if (from.ip) seen[1].member = from.ip->text;
    auto const counts = counters_.note(std::span(seen).first(from.ip ? 2 : 1));
    if (!counts) return;  // nobody knows: the request has its answer all the same
    judge(counts->front(), {kind::brute_force, rules_.brute_force, what.identity, what.user, what.why}, from, now);
    if (from.ip) judge(counts->back(), {kind::credential_stuffing, rules_.stuffing, "", std::nullopt, what.why}, from, now);
}

void anomaly_watch::session_used(tokens::family const& session, audit::origin const& from, instant now)
{
    if (!from.ip) return;
    auto const id = session.id.text();
    auto const key = "session:" + id;
    auto const window = rules_.unusual_session.window;
    // where it was begun counts too, for as long after it
    std::array<ports::sighting, 2> const seen{
        {{key, session.ip.text, window, std::max(duration::zero(), now - session.created_at)}, {key, from.ip->text, window}}};
    auto const counts = counters_.note(std::span(seen).last(session.ip.text.empty() ? 1 : 2));
    if (!counts) return;
    judge(counts->back(), {kind::unusual_session, rules_.unusual_session, id, session.owner, std::nullopt}, from, now);
}

void anomaly_watch::judge(std::size_t counted, sight const& of, audit::origin const& from, instant now)
{
    if (counted <= of.rule.most) return;
    subject const key{of.what, std::string(of.subject)};
    std::scoped_lock const lock(mutex_);
    auto const last = said_.find(key);
    auto const due = anomaly::decide_report(counted, of.rule, last == said_.end() ? std::nullopt : std::optional(last->second), now);
    if (!due) return;
    if (said_.size() >= subjects_max && last == said_.end()) {
        std::erase_if(said_, [now](auto const& each) { return now >= each.second.until; });
        if (said_.size() >= subjects_max) said_.clear();
    }
    said_.insert_or_assign(key, *due);

    if (auto const before = waiting_.find(key); before != waiting_.end()) {
        auto& numbers = before->second.row.numbers;
        numbers.counted = std::max(numbers.counted, static_cast<std::int64_t>(due->counted));
        before->second.event.metadata = metadata_of(before->second.row);
        return;
    }
    if (waiting_.size() >= findings_max) {
        ++counts_.lost;
        return;
    }
    auto row = anomaly::found_by(of.what, of.rule, *due, ports::new_id<audit::log_id>(random_, now), now);
    row.subject = of.subject;
    row.user = of.user;
    auto event = audit::about(audit::make_event(row.id, anomaly::event_of(of.what), from, now, of.refused), of.user, std::nullopt, metadata_of(row));
    waiting_.emplace(key, found{std::move(row), std::move(event)});
}

void anomaly_watch::note_written(anomaly::finding const& row)
{
    std::scoped_lock const lock(mutex_);
    tell(row);
}

void anomaly_watch::tell(anomaly::finding const& row)
{
    ++counts_.written[static_cast<std::size_t>(row.what)];
    if (fresh_.size() < findings_max) fresh_.push_back(row);
}

outcome<std::vector<anomaly::finding>> anomaly_watch::flush(ports::store& store)
{
    std::map<subject, found> taken;
    {
        std::scoped_lock const lock(mutex_);
        if (waiting_.empty()) return std::exchange(fresh_, {});
        taken = waiting_;
    }
    std::vector<anomaly::finding> added;
    auto const written = store.transact([&](ports::transaction& tx) -> outcome<void> {
        added.clear();
        for (auto const& [key, what] : taken) {
            auto [row, event] = what;
            if (row.user) {
                // who was erased meanwhile stays forgotten
                MB_TRY(auto const held, tx.users().find(*row.user));
                if (!held) {
                    row.user.reset();
                    row.subject.clear();
                    event = audit::about(std::move(event), std::nullopt, std::nullopt, metadata_of(row));
                    event.ip.reset();
                    event.user_agent.clear();
                }
            }
            MB_TRY(auto const done, record_finding(tx, row));
            if (done != recorded::fresh) continue;
            MB_CHECK(tx.audit().append(event));
            added.push_back(std::move(row));
        }
        return {};
    });
    MB_CHECK(written);  // what may have been written after all is found to be there the next time
    std::scoped_lock const lock(mutex_);
    for (auto const& [key, what] : taken) {
        auto const kept = waiting_.find(key);
        // what has grown meanwhile is written again
        if (kept != waiting_.end() && kept->second.row.numbers == what.row.numbers) waiting_.erase(kept);
    }
    for (auto const& row : added) tell(row);
    return std::exchange(fresh_, {});
}

anomaly_watch::counts anomaly_watch::counted() const
{
    std::scoped_lock const lock(mutex_);
    return counts_;
}

}  // namespace mb::usecases
