#include "adapters/log/line_writer.hpp"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <mutex>
#include <string>
#include <utility>

namespace mb::log {
namespace {

using namespace std::chrono_literals;

/// What a write may hold at most so that it does not block after poll() said that there is room: for a pipe that promise is
/// good for PIPE_BUF bytes only (pipe(7)).
std::size_t chunk_of(int descriptor) noexcept
{
    struct stat kind {};
    return fstat(descriptor, &kind) == 0 && S_ISREG(kind.st_mode) ? 1024 * 1024 : 4096;
}

}  // namespace

struct line_writer::state {
    state(int to, std::size_t bytes_max) : descriptor(to), chunk(chunk_of(to)), queue_bytes_max(bytes_max) {}

    int const descriptor;
    std::size_t const chunk;
    std::size_t const queue_bytes_max;
    std::atomic<std::uint64_t> dropped{0};
    std::atomic<bool> abandoned{false};

    std::mutex mutex;
    std::condition_variable filled;
    std::condition_variable written;
    std::string queue;
    std::uint64_t queue_lines = 0;
    std::uint64_t appended = 0;  ///< lines ever queued
    std::uint64_t finished = 0;  ///< of these, lines written or lost
    bool sleeping = false;
    bool stopping = false;
    bool ended = false;

    /// @return whether all of it went out
    bool write_all(std::string_view batch) const noexcept
    {
        while (!batch.empty()) {
            pollfd ready{descriptor, POLLOUT, 0};
            if (poll(&ready, 1, 50) == 0 || (ready.revents & (POLLOUT | POLLERR | POLLHUP | POLLNVAL)) == 0) {
                if (abandoned) return false;
                continue;
            }
            auto const sent = ::write(descriptor, batch.data(), std::min(batch.size(), chunk));
            if (sent >= 0)
                batch.remove_prefix(static_cast<std::size_t>(sent));
            else if (errno != EINTR && errno != EAGAIN)
                return false;
        }
        return true;
    }

    void serve()
    {
        std::string batch;
        std::unique_lock lock(mutex);
        for (;;) {
            if (queue.empty() && !stopping) {
                sleeping = true;
                filled.wait(lock, [this] { return !queue.empty() || stopping; });
                sleeping = false;
                // lets more lines gather: one write for all of them costs the requests less than a wake-up each
                lock.unlock();
                std::this_thread::sleep_for(2ms);
                lock.lock();
            }
            if (queue.empty()) break;
            batch.swap(queue);
            auto const lines = std::exchange(queue_lines, 0);
            lock.unlock();
            if (!write_all(batch)) dropped += lines;
            batch.clear();
            lock.lock();
            finished += lines;
            written.notify_all();
        }
        ended = true;
        written.notify_all();
    }
};

line_writer::line_writer(int descriptor, std::size_t queue_bytes_max) : state_(std::make_shared<state>(descriptor, queue_bytes_max))
{
    // the thread is born with every signal blocked: they are the main thread's, and a closed pipe is an error code here
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    thread_ = std::thread([kept = state_] {
        pthread_setname_np(pthread_self(), "log");
        kept->serve();
    });
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

line_writer::~line_writer() { stop(1s); }

queued line_writer::append(std::string_view line)
{
    bool wake = false;
    {
        std::scoped_lock lock(state_->mutex);
        if (state_->stopping || state_->queue.size() + line.size() > state_->queue_bytes_max) {
            ++state_->dropped;
            return queued::dropped;
        }
        state_->queue += line;
        ++state_->queue_lines;
        ++state_->appended;
        wake = std::exchange(state_->sleeping, false);
    }
    if (wake) state_->filled.notify_one();
    return queued::yes;
}

std::uint64_t line_writer::dropped() const noexcept { return state_->dropped; }

bool line_writer::flush(std::chrono::milliseconds patience)
{
    std::unique_lock lock(state_->mutex);
    return state_->written.wait_for(lock, patience, [this, upto = state_->appended] { return state_->finished >= upto; });
}

void line_writer::stop(std::chrono::milliseconds patience)
{
    if (!thread_.joinable()) return;
    std::unique_lock lock(state_->mutex);
    state_->stopping = true;
    state_->filled.notify_one();
    auto const has_ended = [this] { return state_->ended; };
    if (!state_->written.wait_for(lock, patience, has_ended)) {
        state_->abandoned = true;
        // a pipe is given up at the next poll; a terminal that blocks inside write() is not
        if (!state_->written.wait_for(lock, 500ms, has_ended)) {
            thread_.detach();
            return;
        }
    }
    lock.unlock();
    thread_.join();
}

}  // namespace mb::log
