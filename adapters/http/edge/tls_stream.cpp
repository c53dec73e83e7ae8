#include "adapters/http/edge/tls_stream.hpp"

#include "adapters/http/edge/tls_context.hpp"

#include <boost/asio/error.hpp>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <cerrno>
#include <new>
#include <utility>

namespace mb::http {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

/// The first byte of every record that opens a handshake (RFC 8446 section 5.1).
constexpr char handshake_record = 22;

duration steady_now() noexcept { return std::chrono::duration_cast<duration>(std::chrono::steady_clock::now().time_since_epoch()); }

}  // namespace

struct tls_stream::on_socket {
    static BIO_METHOD* method()
    {
        static BIO_METHOD* const made = [] {
            auto* const method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket of the edge");
            if (method == nullptr) throw std::bad_alloc();
            BIO_meth_set_read_ex(method, &read);
            BIO_meth_set_write_ex(method, &write);
            BIO_meth_set_ctrl(method, &control);
            return method;
        }();
        return made;
    }

    static int read(BIO* bio, char* into, std::size_t room, std::size_t* count) noexcept
    {
        auto& of = *static_cast<tls_stream*>(BIO_get_data(bio));
        BIO_clear_retry_flags(bio);
        *count = 0;
        if (of.broken_) return 0;
        auto const got = receive(of.socket_, {into, room});
        if (got.failed == asio::error::would_block) {
            BIO_set_retry_read(bio);
            return 0;
        }
        of.broken_ = got.failed;
        // whoever speaks plain HTTP to this port is told nothing, not even in an alert
        if (!of.broken_ && !of.begun_ && *into != handshake_record) of.broken_ = asio::error::connection_aborted;
        if (of.broken_) return 0;
        of.begun_ = true;
        of.received_at_ = steady_now();
        of.waited_ = got.waited;
        *count = got.count;
        return 1;
    }

    static int write(BIO* bio, char const* bytes, std::size_t size, std::size_t* count) noexcept
    {
        auto& of = *static_cast<tls_stream*>(BIO_get_data(bio));
        BIO_clear_retry_flags(bio);
        *count = 0;
        if (of.broken_ && of.broken_ != asio::error::eof) return 0;
        ssize_t sent = 0;
        do sent = ::send(of.socket_, bytes, size, MSG_NOSIGNAL | MSG_DONTWAIT);
        while (sent < 0 && errno == EINTR);
        if (sent >= 0) {
            *count = static_cast<std::size_t>(sent);
            return 1;
        }
        if (errno == EAGAIN || errno == EWOULDBLOCK)
            BIO_set_retry_write(bio);
        else
            of.broken_ = {errno, boost::system::system_category()};
        return 0;
    }

    static long control(BIO* bio, int command, long, void*) noexcept
    {
        if (command == BIO_CTRL_FLUSH) return 1;  // nothing is held back
        if (command == BIO_CTRL_EOF) return static_cast<tls_stream*>(BIO_get_data(bio))->broken_ == asio::error::eof ? 1 : 0;
        return 0;
    }
};

tls_stream::tls_stream(std::shared_ptr<tls_context const> context, int socket)
    : context_(std::move(context)),
      socket_(socket),
      ssl_(SSL_new(context_->native()), &SSL_free)
{
    auto* const bio = ssl_ ? BIO_new(on_socket::method()) : nullptr;
    if (bio == nullptr) throw std::bad_alloc();
    BIO_set_data(bio, this);
    BIO_set_init(bio, 1);
    SSL_set_bio(ssl_.get(), bio, bio);
    SSL_set_accept_state(ssl_.get());
}

tls_stream::~tls_stream() = default;

bool tls_stream::established() const noexcept { return SSL_is_init_finished(ssl_.get()) == 1; }

error_code tls_stream::judge(int result) noexcept
{
    awaits_output_ = false;
    switch (SSL_get_error(ssl_.get(), result)) {
        case SSL_ERROR_WANT_READ: return asio::error::would_block;
        case SSL_ERROR_WANT_WRITE: awaits_output_ = true; return asio::error::would_block;
        case SSL_ERROR_ZERO_RETURN: return asio::error::eof;
        default: break;
    }
    ERR_clear_error();
    // OpenSSL has given this session up: it must not be asked to end it in good order
    ended_ = true;
    return broken_ ? broken_ : error_code{asio::error::connection_aborted};
}

received tls_stream::read(std::span<char> into) noexcept
{
    ERR_clear_error();
    std::size_t count = 0;
    auto const result = SSL_read_ex(ssl_.get(), into.data(), into.size(), &count);
    if (result != 1) {
        holds_input_ = false;
        return {judge(result), 0, {}};
    }
    holds_input_ = SSL_has_pending(ssl_.get()) == 1;
    return {{}, count, waited_ + (steady_now() - received_at_)};
}

written tls_stream::write(std::string_view bytes) noexcept
{
    ERR_clear_error();
    std::size_t count = 0;
    auto const result = SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &count);
    if (result == 1) return {{}, count};
    auto const failed = judge(result);
    // nothing that we write waits for the client: there is no renegotiation
    if (failed == asio::error::would_block && !std::exchange(awaits_output_, false)) return {asio::error::connection_aborted, 0};
    return {failed, 0};
}

void tls_stream::end() noexcept
{
    if (std::exchange(ended_, true) || !established() || (broken_ && broken_ != asio::error::eof)) return;
    ERR_clear_error();
    static_cast<void>(SSL_shutdown(ssl_.get()));
    ERR_clear_error();
}

}  // namespace mb::http
