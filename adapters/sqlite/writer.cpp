#include "adapters/sqlite/writer.hpp"

#include "adapters/sql/columns.hpp"

#include <algorithm>
#include <utility>

namespace mb::sqlite {

using sql::ran;

writer::writer(std::unique_ptr<connection> on, options how, ports::sealer const& seals)
    : how_(std::move(how)),
      seals_(seals),
      connection_(std::move(on)),
      thread_([this] { serve(); })
{
}

writer::~writer()
{
    {
        std::scoped_lock const lock(queue_mutex_);
        stopping_ = true;
    }
    arrived_.notify_one();
    thread_.join();
}

outcome<void> writer::run(work what)
{
    call* mine = nullptr;
    bool wake = false;
    {
        std::scoped_lock const lock(queue_mutex_);
        if (free_.empty()) {
            mine = &calls_.emplace_back();
        } else {
            mine = free_.back();
            free_.pop_back();
        }
        mine->what = &what;
        mine->done.store(0, std::memory_order_relaxed);
        queue_.push_back(mine);
        wake = std::exchange(idle_, false);
    }
    if (wake) arrived_.notify_one();
    mine->done.wait(0, std::memory_order_acquire);

    auto result = std::exchange(mine->result, {});
    auto const thrown = std::exchange(mine->thrown, nullptr);
    {
        std::scoped_lock const lock(queue_mutex_);
        free_.push_back(mine);
    }
    if (thrown) std::rethrow_exception(thrown);
    return result;
}

commit_counts writer::counted() const
{
    std::scoped_lock const lock(queue_mutex_);
    return {works_.load(), commits_.load(), queue_.size()};
}

outcome<void> writer::between(work what)
{
    std::scoped_lock const lock(connection_mutex_);
    MB_CHECK(ready());
    return what(*connection_);
}

void writer::serve()
{
    std::vector<call*> batch;
    while (take(batch)) {
        {
            std::scoped_lock const lock(connection_mutex_);
            commit(batch);
        }
        finish(batch);
        batch.clear();
    }
}

/// Waits for works and takes those that have come. @return false once the writer stops and nothing waits.
bool writer::take(std::vector<call*>& batch)
{
    std::unique_lock lock(queue_mutex_);
    while (queue_.empty() && !stopping_) {
        idle_ = true;
        arrived_.wait(lock);
    }
    idle_ = false;
    auto const taken = std::min(queue_.size(), batch_max);
    auto const end = queue_.begin() + static_cast<std::ptrdiff_t>(taken);
    batch.assign(queue_.begin(), end);
    queue_.erase(queue_.begin(), end);
    return taken > 0;
}

void writer::commit(std::vector<call*> const& batch)
{
    auto ended = ready();
    if (ended) ended = ran(connection_->session().run(sql::statement::begin_write));
    if (ended) ended = settle(batch);
    if (ended) return;
    for (auto* each : batch)
        if (each->result) each->result = ended.error();
}

/// Runs every work of a batch and commits those that went well.
/// @return the fault that took the whole transaction with it, for the works that had gone well.
outcome<void> writer::settle(std::vector<call*> const& batch)
{
    auto& session = connection_->session();
    std::size_t well = 0;
    for (auto* each : batch) {
        attempt(*each, batch.size() == 1);
        if (!session.in_transaction()) {  // a full disk or an I/O error ends all of it
            poisoned_ = true;
            return error{errc::unavailable, "sqlite.transact", each->result ? "the transaction was undone" : each->result.error().detail};
        }
        if (each->result && !each->thrown) ++well;
    }
    if (well == 0) {
        (void)session.take_schema_changed();
        return ran(session.run(sql::statement::rollback));
    }
    auto committed = ran(session.run(sql::statement::commit));
    if (!committed) {
        poisoned_ = true;
        // the commit's mark may have reached the disk: after a crash the works could be there
        if (session.sync_failed()) committed = error{errc::outcome_unknown, "sqlite.commit", committed.error().detail};
        if (session.in_transaction()) (void)session.run(sql::statement::rollback);
        return committed;
    }
    works_.fetch_add(well, std::memory_order_relaxed);
    commits_.fetch_add(1, std::memory_order_relaxed);
    if (session.take_schema_changed()) schema_generation_.fetch_add(1, std::memory_order_release);
    return {};
}

/// Runs one work; where it fails, only what it wrote is undone.
void writer::attempt(call& each, bool alone)
{
    auto& session = connection_->session();
    if (!alone)
        if (auto begun = session.run(sql::statement::savepoint); !begun) {
            each.result = std::move(begun).error();
            return;
        }
    try {
        each.result = (*each.what)(*connection_);
    } catch (...) {  // it belongs to the caller: it goes back to the caller's thread
        each.thrown = std::current_exception();
    }
    if (alone || !session.in_transaction()) return;
    bool const failed = !each.result || each.thrown;
    bool sound = !failed || session.run(sql::statement::rollback_to_savepoint);
    sound = session.run(sql::statement::release_savepoint) && sound;
    if (!sound) (void)session.run(sql::statement::rollback);  // better all of them undone than half of one committed
}

/// Sees to it that there is a connection that can be trusted.
outcome<void> writer::ready()
{
    if (connection_ && !poisoned_) return {};
    if (how_.path == memory_path && connection_) return {};  // opening it anew would lose everything
    connection_.reset();
    MB_TRY(connection_, connection::open(how_, access::writing, seals_));
    poisoned_ = false;
    return {};
}

void writer::finish(std::vector<call*> const& batch) noexcept
{
    for (auto* each : batch) {
        each->done.store(1, std::memory_order_release);
        each->done.notify_one();
    }
}

}  // namespace mb::sqlite
