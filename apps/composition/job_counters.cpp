#include "apps/composition/job_counters.hpp"

#include "adapters/http/exposition.hpp"

#include <algorithm>

namespace mb::composition {
namespace {

constexpr char const* task_names[] = {"mail", "purge", "seal"};

double seconds(duration span) noexcept { return static_cast<double>(span.count()) / 1e6; }

}  // namespace

job_counters::job_counters(instant started) noexcept
{
    for (auto& each : turns_) each.succeeded_at = started;
}

char const* job_counters::name_of(task what) noexcept { return task_names[static_cast<std::size_t>(what)]; }

void job_counters::succeeded(task what, instant now) noexcept
{
    std::scoped_lock const one(mutex_);
    auto& turn = turns_[static_cast<std::size_t>(what)];
    ++turn.runs;
    turn.succeeded_at = now;
}

void job_counters::failed(task what) noexcept
{
    std::scoped_lock const one(mutex_);
    auto& turn = turns_[static_cast<std::size_t>(what)];
    ++turn.runs;
    ++turn.failures;
}

void job_counters::add(usecases::delivered const& done) noexcept
{
    std::scoped_lock const one(mutex_);
    sent_ += done.sent;
    postponed_ += done.postponed;
    given_up_ += done.given_up;
}

void job_counters::add(usecases::purged const& done) noexcept
{
    std::scoped_lock const one(mutex_);
    purged_.email_tokens += done.email_tokens;
    purged_.families += done.families;
    purged_.lockouts += done.lockouts;
    purged_.signing_keys += done.signing_keys;
    purged_.messages += done.messages;
}

void job_counters::add(usecases::sealed_audit const& done) noexcept
{
    std::scoped_lock const one(mutex_);
    sealed_ += done.rows;
    sealed_late_ += done.late;
}

void job_counters::set(ports::outbox_backlog const& seen) noexcept
{
    std::scoped_lock const one(mutex_);
    backlog_ = seen;
}

void job_counters::write(http::exposition& into, instant now) const
{
    std::scoped_lock const one(mutex_);
    auto const each_task = [&](auto value) {
        for (std::size_t i = 0; i < std::size(turns_); ++i) into.sample({{"task", task_names[i]}}, value(turns_[i]));
    };
    into.counter("metabuilder_task_runs_total", "Turns of a background task.");
    each_task([](turn const& of) { return of.runs; });
    into.counter("metabuilder_task_failures_total", "Turns that failed; what they would have done is done at the next.");
    each_task([](turn const& of) { return of.failures; });
    into.gauge("metabuilder_task_last_success_timestamp_seconds", "When a task last succeeded; the start of the process where it has not yet.");
    each_task([](turn const& of) { return seconds(of.succeeded_at.time_since_epoch()); });
    into.counter("metabuilder_mails_total", "Attempts to hand over a mail, by what came of them.")
        .sample({{"result", "sent"}}, sent_)
        .sample({{"result", "postponed"}}, postponed_)
        .sample({{"result", "given_up"}}, given_up_);
    into.counter("metabuilder_purged_rows_total", "Rows removed because their time was over.")
        .sample({{"kind", "email_tokens"}}, purged_.email_tokens)
        .sample({{"kind", "families"}}, purged_.families)
        .sample({{"kind", "lockouts"}}, purged_.lockouts)
        .sample({{"kind", "signing_keys"}}, purged_.signing_keys)
        .sample({{"kind", "messages"}}, purged_.messages);
    into.counter("metabuilder_audit_rows_sealed_total", "Rows of the audit log that this server has sealed.").sample(sealed_);
    into.counter("metabuilder_audit_rows_late_total", "Those of them that appeared behind a seal's end, and went into the next.")
        .sample(sealed_late_);
    into.gauge("metabuilder_outbox_messages", "Mails that wait to be sent; looked at every 15 seconds.").sample(backlog_.messages);
    auto const age = backlog_.oldest ? std::max(duration::zero(), now - *backlog_.oldest) : duration::zero();
    into.gauge("metabuilder_outbox_oldest_age_seconds", "Age of the first of them; 0 where there is none.").sample({}, seconds(age));
}

}  // namespace mb::composition
