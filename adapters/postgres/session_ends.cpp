#include "adapters/postgres/session.hpp"

#include <libpq-fe.h>

#include <algorithm>
#include <random>
#include <thread>
#include <utility>

// How a transaction of a session ends, and the scripts that alter tables.
namespace mb::postgres {
namespace {

using namespace std::chrono_literals;
using sql::statement;

constexpr char const* where_commit = "postgres.commit";
constexpr int script_tries_max = 6;
constexpr auto script_limit = 120s;  ///< building an index over all records, say

/// Some milliseconds, so that those who collided don't meet again.
std::chrono::milliseconds jitter()
{
    thread_local std::minstd_rand chance{std::random_device{}()};
    return std::chrono::milliseconds{std::uniform_int_distribution<int>{20, 120}(chance)};
}

}  // namespace

outcome<void> session::commit()
{
    if (phase_ == phase::open) MB_CHECK(verify());
    if (phase_ == phase::open && wrote_) {
        phase_ = phase::idle;
        queue_control(statement::commit, step::wanted);
        if (channel_.lost()) return error{errc::unavailable, where_commit, "the connection was lost before"};
        queue_sync();
        auto const answer = settle(deadline());
        // a transaction that the server had given up answers ROLLBACK
        if (answer && *answer && std::string_view{PQcmdStatus(answer->get())} == "COMMIT") return {};
        auto failure = answer ? error{errc::unexpected, "", "the server rolled back"} : answer.error();
        failure.where = where_commit;
        if (!channel_.lost()) {
            phase_ = phase::failed;
            rollback();
        } else if (!failed_step_ || *failed_step_ == step::wanted) {
            failure.code = errc::outcome_unknown;
        }
        return failure;
    }
    bool const failed = phase_ == phase::failed;
    rollback();
    if (failed) return *fault_;
    return {};
}

void session::rollback() noexcept
{
    auto const ended = std::exchange(phase_, phase::idle);
    if (first_ != nullptr && purpose_ == purpose::reading && ran_ == 1 && !needs_snapshot_ && ended != phase::failed)
        first_->loneliness = static_cast<std::int8_t>(std::min(first_->loneliness + 1, 3));
    if ((ended != phase::open && ended != phase::failed) || channel_.lost()) return;
    // whatever was put off is undone, so that its answers matter to nobody
    for (auto& each : steps_)
        if (each != step::sync) each = step::ignored;
    if (!steps_.empty() && steps_.back() != step::sync) queue_sync();
    queue_control(statement::rollback, step::ignored);
    queue_sync();
    (void)channel_.push();
}

outcome<std::string> session::owner_prefix()
{
    std::string prefix;
    MB_CHECK(
        run("SELECT format('SET LOCAL ROLE %I; ', pg_get_userbyid(nspowner)) FROM pg_catalog.pg_namespace WHERE nspname = 'mb_data' AND NOT "
            "pg_has_role(nspowner, 'USAGE') AND pg_has_role(nspowner, 'MEMBER')",
            {}, [&](sql::row const& each) -> outcome<void> {
                prefix = each.text(0);
                return {};
            }));
    return prefix;
}

outcome<void> session::run_script(std::string const& text)
{
    queue_sync();
    if (auto const drained = settle(deadline()); !drained) return fail(drained.error());
    auto const limit = purpose_ == purpose::migrating ? channel::clock::duration{migration_wait} : script_limit + answer_grace;
    MB_TRY(auto const answer, channel_.script(text.c_str(), channel::clock::now() + limit));
    auto const state = state_of(answer.get());
    if (state.empty()) return {};
    if (outdates_statements(state)) outdated_ = true;
    if (ends_connection(state)) channel_.lose();
    bool const locked = state == "55P03";
    return error{locked ? errc::busy : meaning_of(state, access::writing), "postgres.script", detail_of(answer.get())};
}

outcome<void> session::script(std::string_view text)
{
    if (phase_ == phase::failed) return *fault_;
    if (phase_ == phase::idle || phase_ == phase::loose || purpose_ == purpose::reading)
        return error{errc::unexpected, "postgres.script", "outside of a transaction that writes"};
    MB_TRY(auto const prefix, owner_prefix());
    clean_ = false;
    wrote_ = true;
    bool const patient = purpose_ == purpose::migrating;
    auto const guarded = (patient ? std::string{} : "SET LOCAL lock_timeout = '500ms'; SET LOCAL statement_timeout = '120s'; ") + "SAVEPOINT script; "
                         + prefix + std::string(text) + (prefix.empty() ? "" : "; SET LOCAL ROLE NONE") + "; RELEASE SAVEPOINT script";
    for (int tries = 1;; ++tries) {
        auto const ended = run_script(guarded);
        if (ended) return {};
        if (phase_ == phase::failed) return ended;
        if (channel_.lost()) return fail(ended.error());
        queue_text("ROLLBACK TO SAVEPOINT script");
        if (ended.error().code != errc::busy || tries == script_tries_max) return ended;
        std::this_thread::sleep_for(jitter());
    }
}

}  // namespace mb::postgres
