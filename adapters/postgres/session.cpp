#include "adapters/postgres/session.hpp"

#include "adapters/postgres/rows.hpp"

#include <libpq-fe.h>

#include <algorithm>
#include <utility>

namespace mb::postgres {
namespace {

using sql::statement;

constexpr char const* where_run = "postgres.run";
constexpr std::size_t evicted_max = 32;

/// Statements that may answer `duplicate` to a caller who goes on.
bool may_repeat(statement what) noexcept
{
    return what == statement::insert_user || what == statement::update_user || what == statement::insert_role || what == statement::save_entity;
}

/// Statements whose callers don't look at the number of rows, and that fail only where the whole transaction does.
bool may_wait(statement what) noexcept
{
    switch (what) {
        case statement::delete_user_roles:
        case statement::insert_user_role:
        case statement::save_family:
        case statement::save_email_token:
        case statement::save_lockout:
        case statement::save_second_factor:
        case statement::clear_second_factor:
        case statement::insert_recovery_code:
        case statement::delete_recovery_codes:
        case statement::spend_recovery_code:
        case statement::advance_catalogue:
        case statement::append_event:
        case statement::append_attempt:
        case statement::save_anomaly:
        case statement::append_message:
        case statement::mark_message_sent:
        case statement::mark_message_failed:
        case statement::delete_fields:
        case statement::insert_field:
        case statement::insert_option:
        case statement::append_journal: return true;
        default: return false;
    }
}

constexpr std::array controls{
    statement::begin_read,        statement::begin_write,          statement::commit, statement::rollback, statement::savepoint,
    statement::release_savepoint, statement::rollback_to_savepoint};

std::string control_name(statement what) { return "c" + std::to_string(static_cast<std::size_t>(what)); }

/// What calls a function of ours writes, though it is a SELECT.
bool reads(std::string_view text) noexcept { return text.starts_with("SELECT") && !text.starts_with("SELECT mb_meta."); }

}  // namespace

session::session(channel on, dialect const& with, options const& how, last_revision& seen)
    : channel_(std::move(on)),
      with_(with),
      how_(how),
      seen_(seen)
{
    (void)none_.pack({}, {});  // no value does not fit
}

outcome<std::unique_ptr<session>> session::make(channel on, dialect const& with, options const& how, last_revision& seen)
{
    std::unique_ptr<session> made(new session(std::move(on), with, how, seen));
    if (how.statements == preparing::unnamed) return made;
    made->prepare_controls();
    made->queue_sync();
    MB_CHECK(made->settle(made->deadline()));
    return made;
}

channel::time_point session::deadline() const noexcept
{
    if (purpose_ == purpose::migrating) return channel::clock::now() + migration_wait;
    return channel::clock::now() + how_.statement_limit + answer_grace;
}

session::prepared& session::fixed(statement what)
{
    bool const holding = holds() && with_.holding_text(what) != with_.text(what);
    auto& made = fixed_[holding ? 1 : 0][static_cast<std::size_t>(what)];
    if (!made.name.empty()) return made;
    made.name = (holding ? "h" : "f") + std::to_string(static_cast<std::size_t>(what));
    made.text = holding ? with_.holding_text(what) : with_.text(what);
    made.reads = reads(made.text);
    made.holds = holding;
    made.may_repeat = mb::postgres::may_repeat(what);
    made.may_wait = mb::postgres::may_wait(what);
    return made;
}

session::prepared& session::kept(std::string_view text)
{
    auto found = texts_.find(text);
    if (found == texts_.end()) {
        if (texts_.size() >= texts_max) {
            auto const oldest = std::ranges::min_element(texts_, {}, [](auto const& each) { return each.second.used; });
            if (oldest->second.ready) evicted_.push_back(oldest->second.name);
            if (first_ == &oldest->second) first_ = nullptr;
            texts_.erase(oldest);
        }
        prepared made;
        made.name = "t" + std::to_string(++names_);
        made.text = text;
        made.reads = reads(text);
        made.holds = made.reads && text.ends_with(with_.hold());
        made.may_repeat = text.starts_with("INSERT") || text.starts_with("UPDATE");
        found = texts_.emplace(std::string(text), std::move(made)).first;
    }
    found->second.used = ++clock_;
    return found->second;
}

outcome<std::int64_t> session::run(statement what, std::span<sql::parameter const> values, on_row each)
{
    prepared* guard = nullptr;
    if (auto const text = holds() ? with_.guard_of(what) : std::string_view{}; !text.empty()) {
        guard = &guards_[static_cast<std::size_t>(what)];
        if (guard->name.empty()) {
            guard->name = "g" + std::to_string(static_cast<std::size_t>(what));
            guard->text = text;
        }
    }
    auto& made = fixed(what);
    if (what != statement::current_catalogue) return execute(made, guard, values, each);
    if (may_guess(made)) return guess(made, each);
    return execute(made, nullptr, values, [&](sql::row const& row) -> outcome<void> {
        seen_.store(row.integer(0), std::memory_order_relaxed);
        return each(row);
    });
}

/// Nearly every work begins by asking for the catalogue's revision, which nearly never changes.
bool session::may_guess(prepared const& what) const noexcept
{
    return phase_ == phase::pending && what.ready && !outdated_ && !expects_more_ && purpose_ != purpose::migrating
           && seen_.load(std::memory_order_relaxed) >= 0;
}

/// Answers the revision that was seen last, and has the server confirm it together with the next statement.
outcome<std::int64_t> session::guess(prepared& what, on_row each)
{
    guessed_ = seen_.load(std::memory_order_relaxed);
    queue_begin();
    if (ran_++ == 0) first_ = &what;
    MB_CHECK(packed_.pack({}, {}));
    queue_run(what, step::guessed);
    MB_CHECK(each(known_row{*guessed_}));
    return 0;
}

outcome<void> session::verify()
{
    if (phase_ != phase::open || !guessed_) return {};
    queue_sync();
    auto const settled = settle(deadline());
    if (!settled) return fail(settled.error());
    return {};
}

outcome<std::int64_t> session::run(std::string_view text, std::span<sql::parameter const> values, on_row each)
{
    if (phase_ == phase::failed) return *fault_;
    return execute(kept(text), nullptr, values, each);
}

void session::begin(purpose wanted)
{
    purpose_ = wanted;
    phase_ = phase::pending;
    clean_ = true;
    wrote_ = false;
    ran_ = 0;
    first_ = nullptr;
    fault_.reset();
    guessed_.reset();
    expects_more_ = std::exchange(needs_snapshot_, false);
}

bool session::may_be_loose(prepared const& what) const noexcept
{
    return purpose_ == purpose::reading && phase_ == phase::pending && how_.statements == preparing::named && what.reads && what.loneliness >= 2
           && !expects_more_ && !outdated_ && evicted_.size() < evicted_max;
}

outcome<std::int64_t> session::execute(prepared& what, prepared* guard, std::span<sql::parameter const> values, on_row each)
{
    if (phase_ == phase::failed) return *fault_;
    if (phase_ == phase::idle) return error{errc::unexpected, where_run, "outside of a transaction"};
    if (phase_ == phase::loose) {
        needs_snapshot_ = true;
        if (first_ != nullptr) first_->loneliness = 0;
        return error{errc::conflict, where_run, "the snapshot of the first statement is gone"};
    }
    bool const loose = may_be_loose(what);
    if (!loose) queue_begin();
    if (ran_++ == 0) first_ = &what;
    if (guard != nullptr) MB_CHECK(make_ready(*guard));
    MB_CHECK(make_ready(what));
    if (auto const packed = packed_.pack(values, what.types); !packed) return packed.error();

    bool const saved = what.may_repeat && !clean_;
    if (guard != nullptr) queue_run(*guard, step::control);
    if (saved) queue_control(statement::savepoint);
    bool const waits = what.may_wait && purpose_ != purpose::reading;
    queue_run(what, waits ? step::earlier : step::wanted);
    if (saved) queue_control(statement::release_savepoint);
    bool const was_clean = clean_;
    if (!what.reads || what.holds || guard != nullptr) clean_ = false;
    if (!what.reads) wrote_ = true;
    if (waits) return 0;

    queue_sync();
    if (loose) phase_ = phase::loose;
    auto answer = settle(deadline());
    if (!answer) {
        if (was_clean && answer.error().code == errc::duplicate) clean_ = true;
        return refuse(what, saved, std::move(answer).error());
    }
    MB_CHECK(hand_over(answer->get(), each));
    return what.reads ? 0 : rows_touched(answer->get());
}

/// What a failure means to the transaction: a refused row is undone alone, anything else ends it.
error session::refuse(prepared const& what, bool saved, error failure)
{
    if (phase_ == phase::loose) return failure;
    bool const alone = failure.code == errc::duplicate && what.may_repeat && failed_step_ == step::wanted && !channel_.lost();
    if (alone && saved) {
        queue_control(statement::rollback_to_savepoint);
        queue_control(statement::release_savepoint);
        return failure;
    }
    if (alone && clean_) {  // nothing else was done: beginning anew is as good
        rollback();
        phase_ = phase::pending;
        wrote_ = false;
        return failure;
    }
    return fail(std::move(failure));
}

/// Until the transaction ends, every statement answers this.
error session::fail(error how)
{
    phase_ = phase::failed;
    fault_ = how;
    return how;
}

outcome<void> session::make_ready(prepared& what)
{
    if (what.ready) return {};
    MB_CHECK(verify());  // by itself, so that a failure below means that the server does not have it
    bool const named = how_.statements == preparing::named;
    char const* const name = named ? what.name.c_str() : "";
    queued(channel_.prepare(name, what.text.c_str()), step::control);
    queued(channel_.describe(name), step::wanted);
    queue_sync();
    auto answer = settle(deadline());
    if (!answer) return phase_ == phase::open ? fail(answer.error()) : answer.error();
    auto const* described = answer->get();
    what.types.clear();
    for (int i = 0; i < PQnparams(described); ++i) what.types.push_back(PQparamtype(described, i));
    what.ready = true;
    return {};
}

void session::queued(bool sent, step as)
{
    if (sent)
        steps_.push_back(as);
    else
        channel_.lose();
}

void session::queue_text(char const* text, step as) { queued(channel_.run_text(text, nullptr, none_), as); }

void session::queue_run(prepared const& what, step as)
{
    queued(how_.statements == preparing::named ? channel_.run(what.name.c_str(), packed_)
                                               : channel_.run_text(what.text.c_str(), what.types.data(), packed_),
           as);
}

void session::queue_control(statement what, step as)
{
    if (how_.statements == preparing::named)
        queued(channel_.run(control_name(what).c_str(), none_), as);
    else
        queue_text(std::string(with_.text(what)).c_str(), as);
}

void session::prepare_controls()
{
    for (auto const each : controls) queued(channel_.prepare(control_name(each).c_str(), std::string(with_.text(each)).c_str()), step::control);
}

/// After a change of tables that another process made, or a server that forgot.
void session::forget_statements()
{
    evicted_.clear();
    // kept, though: one of them may be about to run
    for (auto& [text, each] : texts_) each.ready = false;
    for (auto& mode : fixed_)
        for (auto& each : mode) each.ready = false;
    for (auto& each : guards_) each.ready = false;
    if (how_.statements == preparing::unnamed) return;
    queue_text("DEALLOCATE ALL", step::ignored);
    queue_sync();
    prepare_controls();
    queue_sync();
}

void session::queue_sync() { queued(channel_.sync(), step::sync); }

void session::queue_begin()
{
    if (phase_ != phase::pending) return;
    if (std::exchange(outdated_, false)) forget_statements();
    if (!evicted_.empty()) {
        if (how_.statements == preparing::named)
            for (auto const& each : evicted_) queue_text(("DEALLOCATE " + each).c_str(), step::ignored);
        queue_sync();
        evicted_.clear();
    }
    queue_control(purpose_ == purpose::reading ? statement::begin_read : statement::begin_write);
    if (how_.statements == preparing::unnamed)
        queue_text(("SELECT set_config('search_path', 'mb_meta,mb_data', true), set_config('statement_timeout', '"
                    + std::to_string(how_.statement_limit.count()) + "', true), set_config('lock_timeout', '" + std::to_string(how_.lock_wait.count())
                    + "', true)")
                       .c_str());
    if (purpose_ == purpose::migrating) {
        queue_text("SET LOCAL statement_timeout = 0");
        queue_text("SET LOCAL lock_timeout = 0");
    }
    phase_ = phase::open;
}

/// Sends what is queued and takes every answer. @return that of the wanted step, or the first failure.
outcome<result> session::settle(channel::time_point until)
{
    settling_.clear();
    std::swap(settling_, steps_);
    failed_step_.reset();
    result wanted;
    std::optional<error> failure;
    auto const lost = [&](error how) -> outcome<result> { return failure ? *std::move(failure) : std::move(how); };
    if (auto const sent = channel_.flush(until); !sent) return lost(sent.error());
    for (auto const each : settling_) {
        auto answer = channel_.next(until);
        if (!answer) return lost(answer.error());
        if (each == step::sync) {
            if (*answer && PQresultStatus(answer->get()) == PGRES_PIPELINE_SYNC) continue;
            channel_.lose();
            return lost({errc::unavailable, where_run, "the connection is out of step"});
        }
        auto const state = state_of(answer->get());
        if (!state.empty() && each != step::ignored && !failure) {
            failure = error{meaning_of(state, purpose_ == purpose::reading ? access::reading : access::writing), where_run, detail_of(answer->get())};
            if (!state.starts_with("08")) failed_step_ = each;  // a connection that broke says nothing about a step
            if (outdates_statements(state)) outdated_ = true;
        }
        if (ends_connection(state)) channel_.lose();
        if (channel_.lost()) return lost({errc::unavailable, where_run, "the server ended the connection"});
        if (each == step::guessed && state.empty() && !failure && guessed_ && PQntuples(answer->get()) == 1) {
            auto const revision = current_row{answer->get(), 0}.integer(0);
            seen_.store(revision, std::memory_order_relaxed);
            if (revision != *guessed_) {
                failure = error{errc::conflict, where_run, "the catalogue has changed"};
                failed_step_ = each;
                needs_snapshot_ = true;
            }
            guessed_.reset();
        }
        if (each == step::wanted) wanted = *std::move(answer);
        if (auto const end = channel_.next(until); !end) return lost(end.error());
    }
    if (failure) return *std::move(failure);
    return wanted;
}

}  // namespace mb::postgres
