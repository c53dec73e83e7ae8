#pragma once

#include "adapters/http/edge/counters.hpp"
#include "adapters/http/edge/gate.hpp"
#include "adapters/http/edge/proxy_list.hpp"
#include "adapters/http/edge/service.hpp"
#include "adapters/http/edge/tls_context.hpp"
#include "ports/clock.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace mb::http {

// Private to the edge: the only headers with Asio in them are this one and connection.hpp.
using io_executor = boost::asio::io_context::executor_type;
using io_socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, io_executor>;
using io_acceptor = boost::asio::basic_socket_acceptor<boost::asio::ip::tcp, io_executor>;
using io_timer = boost::asio::basic_waitable_timer<std::chrono::steady_clock, boost::asio::wait_traits<std::chrono::steady_clock>, io_executor>;

class connection;
class io_thread;
class mailbox;

/// What a connection shares with the responder of the exchange in work, which may outlive it.
struct connection_link {
    std::shared_ptr<mailbox> const box;
    connection* owner = nullptr;         ///< touched on the connection's thread only; null once it is closed
    std::atomic<std::uint64_t> live{0};  ///< number of the exchange whose answer is awaited; 0: none
    std::atomic<bool> gone{false};       ///< the client ended its side
};

/// An answer, or the news that none will come, on its way to the connection's thread.
struct delivery {
    std::shared_ptr<connection_link> to;
    std::uint64_t exchange = 0;
    std::optional<response> made;
};

/// Brings answers of other threads to one I/O thread. Outlives it, so that a late answer is dropped and not a crash.
class mailbox {
public:
    explicit mailbox(io_thread& home) : home_(&home) {}
    void deliver(delivery&& arrived);
    std::vector<delivery> take();
    void close();

private:
    std::mutex mutex_;
    io_thread* home_;  ///< null once closed
    std::vector<delivery> waiting_;
};

/// Counts connections, in all and by address, and holds the caps. Shared by all threads.
class door {
public:
    door(std::size_t connections_max, std::size_t connections_per_address_max) noexcept
        : connections_max_(connections_max),
          connections_per_address_max_(connections_per_address_max)
    {
    }
    /// @param key  of the address; "" has no cap of its own: a proxy brings everybody's connections
    bool enter(std::string const& key);
    void leave(std::string const& key);
    std::size_t open() const;
    /// Waits until nobody is in. @returns false at the deadline
    bool wait_empty(duration deadline);
    /// From now on every answer is the last of its connection.
    void begin_drain() noexcept { draining_.store(true, std::memory_order_release); }
    bool draining() const noexcept { return draining_.load(std::memory_order_acquire); }

private:
    std::size_t const connections_max_;
    std::size_t const connections_per_address_max_;
    mutable std::mutex mutex_;
    std::condition_variable emptied_;
    std::map<std::string, std::size_t, std::less<>> by_address_;
    std::size_t open_ = 0;
    std::atomic<bool> draining_{false};
};

/// What every connection needs to know; made once, read only.
struct edge_setting {
    service& behind;
    ports::clock const& time;
    host_list hosts;
    proxy_list proxies;
    edge_limits limits;
    duration sweep_period;
    door& entrance;
};

/// One thread, one context, its connections and the one timer that watches their deadlines.
class io_thread {
public:
    explicit io_thread(edge_setting const& setting);
    ~io_thread();

    void start(std::size_t number);
    /// From another thread: takes over an accepted socket that `entrance` has let in.
    /// @param tls  null: plain text
    void adopt(io_socket&& accepted, client_address peer, std::string key, std::shared_ptr<tls_context const> tls);
    /// Closes the connections that have nothing in work.
    void close_idle();
    /// Closes everything and waits for the thread. @returns the requests that were in work
    std::size_t stop();

    boost::asio::io_context& context() noexcept { return context_; }
    edge_setting const& setting() const noexcept { return setting_; }
    std::shared_ptr<mailbox> const& box() const noexcept { return box_; }
    /// Ticks as of the event that this thread is working on; one reading serves all deadlines of it.
    duration now() const noexcept { return now_; }
    void refresh_now() noexcept { now_ = setting_.time.ticks(); }
    edge_counters counted() const noexcept;

    // for connections, on this thread
    enum class event : unsigned char { request, refused, timed_out, failure, handshake, handshake_failure };
    void count(event what) noexcept;
    void forget(connection& closed) noexcept;
    void hand_out(std::vector<delivery>&& arrived);

private:
    void run();
    void arm_sweep();
    void sweep();

    edge_setting const& setting_;
    boost::asio::io_context context_;
    boost::asio::executor_work_guard<io_executor> busy_;
    io_timer sweeper_;
    std::shared_ptr<mailbox> box_;
    std::vector<std::shared_ptr<connection>> connections_;
    duration now_{};
    std::atomic<std::uint64_t> counts_[6] = {};
    std::thread thread_;
};

}  // namespace mb::http
