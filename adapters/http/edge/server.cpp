#include "adapters/http/edge/server.hpp"

#include "adapters/http/edge/io_thread.hpp"
#include "adapters/http/edge/receive.hpp"
#include "adapters/http/edge/wire.hpp"

#include <boost/asio/post.hpp>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <mutex>
#include <utility>

namespace mb::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

/// How long no connection is accepted after the process ran out of descriptors.
constexpr auto accept_pause = std::chrono::milliseconds{100};

client_address address_of(asio::ip::address const& peer)
{
    auto const text = [](auto const& bytes) { return std::string(reinterpret_cast<char const*>(bytes.data()), bytes.size()); };
    if (peer.is_v4()) return {text(peer.to_v4().to_bytes())};
    if (peer.to_v6().is_v4_mapped()) return {text(asio::ip::make_address_v4(asio::ip::v4_mapped, peer.to_v6()).to_bytes())};
    return {text(peer.to_v6().to_bytes())};
}

/// One client of IPv6 owns a /64: counted as one.
std::string door_key_of(client_address const& peer) { return peer.bytes.substr(0, 8); }

error refused_option(char const* what) { return {errc::unexpected, "edge.listen", what}; }

}  // namespace

struct server::parts {
    parts(edge_options const& options, host_list known, proxy_list proxies, service& behind, ports::clock const& time)
        : tls(options.tls),
          entrance(options.limits.connections_max, options.limits.connections_per_address_max),
          setting{behind, time, std::move(known), std::move(proxies), options.limits, options.sweep_period, entrance}
    {
        for (std::size_t i = 0; i < options.io_threads; ++i) threads.push_back(std::make_unique<io_thread>(setting));
        acceptor.emplace(threads.front()->context());
        pause.emplace(threads.front()->context());
    }
    ~parts()
    {
        if (spare_descriptor >= 0) ::close(spare_descriptor);
    }

    error_code open(tcp::endpoint const& where);
    void accept();
    void on_accept(error_code failed, io_socket&& accepted, std::size_t thread);
    void accept_later();
    void turn_away(int descriptor);
    void shed_one();
    std::shared_ptr<tls_context const> current_tls() const
    {
        std::scoped_lock const one(tls_mutex);
        return tls;
    }
    void take_spare() noexcept { spare_descriptor = ::open("/dev/null", O_RDONLY | O_CLOEXEC); }

    std::mutex mutable tls_mutex;
    std::shared_ptr<tls_context const> tls;
    door entrance;
    edge_setting const setting;
    std::vector<std::unique_ptr<io_thread>> threads;
    std::optional<io_acceptor> acceptor;  ///< on the first thread
    std::optional<io_timer> pause;
    std::uint16_t port = 0;
    std::size_t next_thread = 0;
    int spare_descriptor = -1;  ///< given up to refuse one client when there is no other
    bool started = false;
    bool ended = false;
    std::atomic<std::uint64_t> accepted{0};
    std::atomic<std::uint64_t> turned_away{0};
    std::atomic<std::uint64_t> accept_failures{0};
    std::atomic<std::uint64_t> cut{0};
};

error_code server::parts::open(tcp::endpoint const& where)
{
    error_code failed;
    acceptor->open(where.protocol(), failed);
    if (!failed) acceptor->set_option(tcp::acceptor::reuse_address(true), failed);
    if (!failed) note_arrivals(acceptor->native_handle());
    if (!failed) acceptor->bind(where, failed);
    if (!failed) acceptor->listen(asio::socket_base::max_listen_connections, failed);
    if (!failed) port = acceptor->local_endpoint(failed).port();
    return failed;
}

void server::parts::accept()
try {
    auto const thread = next_thread++ % threads.size();
    acceptor->async_accept(threads[thread]->context(),
                           [this, thread](error_code failed, io_socket accepted_socket) { on_accept(failed, std::move(accepted_socket), thread); });
} catch (...) {
    threads.front()->count(io_thread::event::failure);
    accept_later();
}

void server::parts::on_accept(error_code failed, io_socket&& accepted_socket, std::size_t thread)
{
    if (!acceptor->is_open()) return;
    if (failed) {
        accept_failures.fetch_add(1, std::memory_order_relaxed);
        if (failed == asio::error::connection_aborted) return accept();
        if (failed == asio::error::no_descriptors || failed == boost::system::errc::too_many_files_open_in_system) shed_one();
        return accept_later();
    }
    try {
        error_code vanished;
        auto const peer = address_of(accepted_socket.remote_endpoint(vanished).address());
        auto key = setting.proxies.trusts(peer) ? std::string{} : door_key_of(peer);
        if (vanished) {
            // nobody there any more
        } else if (entrance.enter(key)) {
            accepted.fetch_add(1, std::memory_order_relaxed);
            threads[thread]->adopt(std::move(accepted_socket), peer, std::move(key), current_tls());
        } else {
            turn_away(accepted_socket.native_handle());
        }
    } catch (...) {
        threads.front()->count(io_thread::event::failure);
    }
    accept();
}

void server::parts::accept_later()
{
    pause->expires_after(accept_pause);
    pause->async_wait([this](error_code cancelled) {
        if (!cancelled && acceptor->is_open()) accept();
    });
}

/// Says 503 as far as that goes without waiting for anybody.
void server::parts::turn_away(int descriptor)
{
    turned_away.fetch_add(1, std::memory_order_relaxed);
    if (current_tls()) return;  // a handshake to say it in would cost more than serving
    std::string text;
    append_answer(text, setting.behind.refuse(problem::overloaded, nullptr), {false, true, false}, setting.behind.common_fields());
    static_cast<void>(::send(descriptor, text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT));
    ::shutdown(descriptor, SHUT_WR);
    char unread[4096];
    // closing over unread bytes would reset the connection, and the answer with it
    static_cast<void>(::recv(descriptor, unread, sizeof unread, MSG_DONTWAIT));
}

/// No descriptor is left: gives up the spare one to refuse the client that waits longest.
void server::parts::shed_one()
{
    if (spare_descriptor >= 0) ::close(std::exchange(spare_descriptor, -1));
    if (int const descriptor = ::accept4(acceptor->native_handle(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC); descriptor >= 0) {
        try {
            turn_away(descriptor);
        } catch (...) {
            threads.front()->count(io_thread::event::failure);
        }
        ::close(descriptor);
    }
    take_spare();
}

outcome<std::unique_ptr<server>> server::listen(edge_options options, service& behind, ports::clock const& time)
try {
    if (options.io_threads == 0 || options.io_threads > 256) return refused_option("io_threads");
    if (options.limits.header_bytes_max < 256 || options.limits.pipelined_max == 0) return refused_option("limits");
    if (options.sweep_period <= duration::zero()) return refused_option("sweep_period");
    auto hosts = host_list::parse(options.allowed_hosts);
    if (!hosts) return refused_option("allowed_hosts");
    auto proxies = proxy_list::parse(options.trusted_proxies);
    if (!proxies) return refused_option("trusted_proxies");

    error_code failed;
    auto const address = asio::ip::make_address(options.address, failed);
    if (failed) return refused_option("address");
    auto made = std::make_unique<parts>(options, *std::move(hosts), *std::move(proxies), behind, time);
    made->take_spare();
    if (failed = made->open({address, options.port}); failed) return error{errc::unavailable, "edge.listen", failed.message()};
    return std::unique_ptr<server>(new server(std::move(made)));
} catch (std::exception const& failure) {
    return error{errc::unavailable, "edge.listen", failure.what()};
}

server::server(std::unique_ptr<parts> made) : parts_(std::move(made)) {}
server::~server() { drain(duration::zero()); }

std::uint16_t server::port() const noexcept { return parts_->port; }

outcome<void> server::start()
try {
    if (std::exchange(parts_->started, true)) return {};
    parts_->accept();
    for (std::size_t i = 0; i < parts_->threads.size(); ++i) parts_->threads[i]->start(i);
    return {};
} catch (std::exception const& failure) {
    return error{errc::unavailable, "edge.start", failure.what()};
}

std::size_t server::drain(duration deadline)
{
    if (!parts_->started || std::exchange(parts_->ended, true)) return 0;
    parts_->entrance.begin_drain();
    asio::post(parts_->threads.front()->context(), [all = parts_.get()] {
        error_code ignored;
        all->acceptor->close(ignored);
        all->pause->cancel();
    });
    for (auto const& thread : parts_->threads) thread->close_idle();
    parts_->entrance.wait_empty(deadline);
    // the first one first: it is the one that hands connections to the others
    std::size_t cut = 0;
    for (auto const& thread : parts_->threads) cut += thread->stop();
    parts_->cut.store(cut, std::memory_order_relaxed);
    return cut;
}

void server::renew(std::shared_ptr<tls_context const> tls)
{
    std::scoped_lock const one(parts_->tls_mutex);
    if (parts_->tls && tls) parts_->tls.swap(tls);
}

edge_counters server::counters() const noexcept
{
    edge_counters all;
    for (auto const& thread : parts_->threads) {
        auto const one = thread->counted();
        all.requests += one.requests;
        all.refused_by_gate += one.refused_by_gate;
        all.timed_out += one.timed_out;
        all.failures += one.failures;
        all.handshakes += one.handshakes;
        all.handshakes_failed += one.handshakes_failed;
    }
    all.connections_open = parts_->entrance.open();
    all.connections_accepted = parts_->accepted.load(std::memory_order_relaxed);
    all.connections_refused = parts_->turned_away.load(std::memory_order_relaxed);
    all.accept_failures = parts_->accept_failures.load(std::memory_order_relaxed);
    all.cut = parts_->cut.load(std::memory_order_relaxed);
    return all;
}

}  // namespace mb::http
