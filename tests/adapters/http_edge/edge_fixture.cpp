#include "tests/adapters/http_edge/edge_fixture.hpp"

#include "adapters/http/problem_status.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <chrono>
#include <stdexcept>
#include <thread>

namespace mb::http::testing {

response text_answer(std::string body, int status)
{
    response made;
    made.status = status;
    made.content_type = "text/plain";
    made.body = std::move(body);
    return made;
}

echo_service::~echo_service()
{
    while (running_ > 0) pause_briefly();
}

admission echo_service::admit(request_head const& head)
{
    auto const first = head.segments.empty() ? std::string_view{} : std::string_view{head.segments.front()};
    if (first == "denied") return text_answer("denied", 401);
    if (first == "throw_in_admit") throw std::runtime_error("admit");
    if (first == "small") return body_allowed{16};
    if (first == "mib") return body_allowed{1024 * 1024};
    return body_allowed{};
}

void echo_service::serve(request&& whole, std::unique_ptr<responder> reply)
{
    ++served_;
    auto const& head = whole.head;
    auto const first = head.segments.empty() ? std::string_view{} : std::string_view{head.segments.front()};
    if (first == "drop") return;
    if (first == "throw") throw std::runtime_error("serve");
    if (first == "hold") {
        std::scoped_lock const one(mutex_);
        held_.push_back(std::move(reply));
        arrived_.notify_all();
        return;
    }
    if (first == "later") {
        ++running_;
        std::thread([this, reply = std::move(reply), body = std::move(whole.body)]() mutable {
            reply->answer(text_answer("later " + body));
            reply.reset();
            --running_;
        }).detach();
        return;
    }
    if (first == "split") {
        auto made = text_answer("split");
        made.fields.emplace_back("Location", "/a\r\nX-Injected: yes");
        return reply->answer(std::move(made));
    }
    if (first == "nothing") {
        response made;
        made.status = 204;
        made.content_type = "";
        return reply->answer(std::move(made));
    }
    if (first == "big") return reply->answer(text_answer(std::string(8 * 1024 * 1024, 'x')));

    std::string echoed(name_of(head.method));
    for (auto const& segment : head.segments) echoed.append(" ").append(segment);
    echoed.append("?").append(head.query).append(" auth=").append(head.field("authorization")).append(" host=").append(head.field("host"));
    echoed.append(" fields=").append(std::to_string(head.fields.size())).append(" body=").append(whole.body);
    reply->answer(text_answer(std::move(echoed)));
}

response echo_service::refuse(problem why, request_head const*) { return text_answer(std::string(entry_of(why).english_code), status_of(why)); }

std::unique_ptr<responder> echo_service::take_held()
{
    std::unique_lock lock(mutex_);
    if (!arrived_.wait_for(lock, std::chrono::seconds{5}, [this] { return !held_.empty(); })) return nullptr;
    auto taken = std::move(held_.back());
    held_.pop_back();
    return taken;
}

running_edge::running_edge(edge_limits limits, std::size_t io_threads)
{
    edge_options options;
    options.io_threads = io_threads;
    options.allowed_hosts = {"localhost", "127.0.0.1", "api.example:8443"};
    options.limits = limits;
    options.sweep_period = std::chrono::milliseconds{2};
    auto made = server::listen(std::move(options), behind, time);
    if (!made) throw std::runtime_error(made.error().detail);
    edge = *std::move(made);
    if (auto const begun = edge->start(); !begun) throw std::runtime_error(begun.error().detail);
}

raw_client::raw_client(std::uint16_t port, int receive_buffer_bytes)
{
    socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (receive_buffer_bytes > 0) ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer_bytes, sizeof receive_buffer_bytes);
    timeval const patience{5, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket_, reinterpret_cast<sockaddr const*>(&to), sizeof to) != 0) close();
}

raw_client::~raw_client() { close(); }

void raw_client::close()
{
    if (socket_ >= 0) ::close(socket_);
    socket_ = -1;
}

void raw_client::reset()
{
    linger const at_once{1, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close();
}

void raw_client::end_input() { ::shutdown(socket_, SHUT_WR); }

void raw_client::send(std::string_view bytes)
{
    while (!bytes.empty()) {
        auto const sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) return;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
}

bool raw_client::fill()
{
    char piece[16 * 1024];
    auto const count = ::recv(socket_, piece, sizeof piece, 0);
    if (count > 0) {
        received_.append(piece, static_cast<std::size_t>(count));
        return true;
    }
    closed_ = count == 0 || errno == ECONNRESET;
    return false;
}

read_answer raw_client::read(bool without_body)
{
    read_answer got;
    std::size_t head_end = 0;
    while ((head_end = received_.find("\r\n\r\n")) == std::string::npos)
        if (!fill()) return got;
    got.head = received_.substr(0, head_end + 4);
    received_.erase(0, head_end + 4);
    auto const status = std::stoi(got.head.substr(9, 3));
    if (auto const at = got.head.find("Content-Length: "); at != std::string::npos && !without_body) {
        auto const length = static_cast<std::size_t>(std::stoul(got.head.substr(at + 16)));
        while (received_.size() < length)
            if (!fill()) return got;
        got.body = received_.substr(0, length);
        received_.erase(0, length);
    }
    got.status = status;
    return got;
}

std::string raw_client::read_to_end()
{
    while (fill()) {}
    return std::exchange(received_, {});
}

std::string get(std::string_view path, std::string_view more_fields)
{
    return std::string("GET ").append(path).append(" HTTP/1.1\r\nHost: localhost\r\n").append(more_fields).append("\r\n");
}

std::string post(std::string_view path, std::string_view body, std::string_view more_fields)
{
    auto text = std::string("POST ").append(path).append(" HTTP/1.1\r\nHost: localhost\r\nContent-Length: ").append(std::to_string(body.size()));
    return text.append("\r\n").append(more_fields).append("\r\n").append(body);
}

void pause_briefly() { std::this_thread::sleep_for(std::chrono::milliseconds{1}); }

}  // namespace mb::http::testing
