#include "adapters/http/edge/io_thread.hpp"

#include "adapters/http/edge/connection.hpp"

#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <pthread.h>

#include <future>

namespace mb::http {

void mailbox::deliver(delivery&& arrived)
{
    std::scoped_lock const one(mutex_);
    if (home_ == nullptr) return;
    waiting_.push_back(std::move(arrived));
    // one wake-up for all that gathers until it is heard; posted under the lock, for the context ends only after close()
    if (waiting_.size() == 1) boost::asio::post(home_->context(), [home = home_] { home->hand_out(home->box()->take()); });
}

std::vector<delivery> mailbox::take()
{
    std::scoped_lock const one(mutex_);
    return std::exchange(waiting_, {});
}

void mailbox::close()
{
    std::vector<delivery> dropped;  // ends after the lock
    std::scoped_lock const one(mutex_);
    home_ = nullptr;
    dropped.swap(waiting_);
}

bool door::enter(std::string const& key)
{
    std::scoped_lock const one(mutex_);
    if (open_ >= connections_max_) return false;
    auto& of_address = by_address_[key];
    if (!key.empty() && of_address >= connections_per_address_max_) return false;
    ++of_address;
    ++open_;
    return true;
}

void door::leave(std::string const& key)
{
    std::scoped_lock const one(mutex_);
    auto const found = by_address_.find(key);
    if (--found->second == 0) by_address_.erase(found);
    if (--open_ == 0) emptied_.notify_all();
}

std::size_t door::open() const
{
    std::scoped_lock const one(mutex_);
    return open_;
}

bool door::wait_empty(duration deadline)
{
    std::unique_lock lock(mutex_);
    return emptied_.wait_for(lock, deadline, [this] { return open_ == 0; });
}

io_thread::io_thread(edge_setting const& setting)
    : setting_(setting),
      context_(1),
      busy_(context_.get_executor()),
      sweeper_(context_),
      box_(std::make_shared<mailbox>(*this))
{
}

io_thread::~io_thread()
{
    stop();
    box_->close();
}

void io_thread::start(std::size_t number)
{
    thread_ = std::thread([this] { run(); });
    ::pthread_setname_np(thread_.native_handle(), ("mb-io-" + std::to_string(number)).c_str());
}

void io_thread::run()
{
    arm_sweep();
    for (;;) {
        try {
            context_.run();
            return;
        } catch (...) {
            // what a connection throws ends at that connection; this is for the rest, and the thread goes on
            count(event::failure);
        }
    }
}

void io_thread::adopt(io_socket&& accepted, client_address peer, std::string key, std::shared_ptr<tls_context const> tls)
{
    auto take_over = [this, accepted = std::move(accepted), peer = std::move(peer), key = std::move(key), tls = std::move(tls)]() mutable {
        std::shared_ptr<connection> made;
        try {
            made = std::make_shared<connection>(*this, std::move(accepted), std::move(peer), key, tls);
            made->place = connections_.size();
            connections_.push_back(made);
        } catch (...) {
            count(event::failure);
            setting_.entrance.leave(key);
            return;
        }
        made->start();
    };
    boost::asio::dispatch(context_, std::move(take_over));
}

void io_thread::forget(connection& closed) noexcept
{
    auto const place = closed.place;
    std::swap(connections_[place], connections_.back());
    connections_[place]->place = place;
    connections_.pop_back();
}

void io_thread::hand_out(std::vector<delivery>&& arrived)
{
    refresh_now();
    for (auto& one : arrived)
        if (auto* const owner = one.to->owner; owner != nullptr) owner->complete(one.exchange, std::move(one.made));
}

void io_thread::close_idle()
{
    boost::asio::post(context_, [this] {
        // backwards, for closing one moves the last into its place
        for (auto i = connections_.size(); i-- > 0;)
            if (i < connections_.size()) connections_[i]->drain();
    });
}

std::size_t io_thread::stop()
{
    if (!thread_.joinable()) return 0;
    std::promise<std::size_t> cut;
    boost::asio::post(context_, [this, &cut] {
        std::size_t count = 0;
        while (!connections_.empty()) {
            auto const last = connections_.back();
            count += last->in_work();
            last->close();
        }
        sweeper_.cancel();
        busy_.reset();
        cut.set_value(count);
    });
    auto const count = cut.get_future().get();
    thread_.join();
    box_->close();
    return count;
}

void io_thread::arm_sweep()
{
    sweeper_.expires_after(setting_.sweep_period);
    sweeper_.async_wait([this](boost::system::error_code failed) {
        if (failed || !busy_.owns_work()) return;
        sweep();
        arm_sweep();
    });
}

void io_thread::sweep()
{
    refresh_now();
    for (auto i = connections_.size(); i-- > 0;)
        if (i < connections_.size()) connections_[i]->sweep();
}

void io_thread::count(event what) noexcept { counts_[static_cast<std::size_t>(what)].fetch_add(1, std::memory_order_relaxed); }

edge_counters io_thread::counted() const noexcept
{
    auto const of = [this](event what) { return counts_[static_cast<std::size_t>(what)].load(std::memory_order_relaxed); };
    edge_counters all;
    all.requests = of(event::request);
    all.refused_by_gate = of(event::refused);
    all.timed_out = of(event::timed_out);
    all.failures = of(event::failure);
    all.handshakes = of(event::handshake);
    all.handshakes_failed = of(event::handshake_failure);
    return all;
}

}  // namespace mb::http
