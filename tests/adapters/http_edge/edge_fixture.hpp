#pragma once

#include "adapters/http/edge/server.hpp"

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace mb::http::testing {

/// Stands still until it is told to move; the sweep of the edge then sees the deadline that passed.
class manual_clock final : public ports::clock {
public:
    instant now() const noexcept override { return from_micros(1'700'000'000'000'000 + micros_.load()); }
    duration ticks() const noexcept override { return duration{micros_.load()}; }
    void advance(duration by) noexcept { micros_ += by.count(); }

private:
    std::atomic<std::int64_t> micros_{1'000'000};
};

/// Echoes, holds, drops, throws: by the first segment of the path.
///   hold   keeps the responder until the test takes it       later  answers from a thread of its own
///   drop   drops the responder       throw, throw_in_admit   big    answers with 8 MiB
///   denied is refused by admit with 401                      small  admits 16 bytes of body
///   mib    admits 1 MiB of body      split                   answers with a field that holds CRLF
/// Everything else is echoed: method, segments, query, authorization, host, number of fields, body.
class echo_service final : public service {
public:
    ~echo_service() override;

    admission admit(request_head const& head) override;
    void serve(request&& whole, std::unique_ptr<responder> reply) override;
    response refuse(problem why, request_head const* head) override;
    std::string const& common_fields() const noexcept override { return common_; }

    /// Waits until a request is held, and gives its responder away. Null after five seconds.
    std::unique_ptr<responder> take_held();
    int served() const noexcept { return served_; }

private:
    std::string const common_ = "X-Content-Type-Options: nosniff\r\n";
    std::mutex mutex_;
    std::condition_variable arrived_;
    std::vector<std::unique_ptr<responder>> held_;
    std::atomic<int> served_{0};
    std::atomic<int> running_{0};
};

response text_answer(std::string body, int status = 200);

/// A server on a free port of the loopback.
struct running_edge {
    explicit running_edge(edge_limits limits = {}, std::size_t io_threads = 2);

    manual_clock time;
    echo_service behind;
    std::unique_ptr<server> edge;
};

struct read_answer {
    int status = 0;  ///< 0: the connection ended, or nothing came for five seconds
    std::string head;
    std::string body;
};

/// A client that sends bytes as they are.
class raw_client {
public:
    explicit raw_client(std::uint16_t port, int receive_buffer_bytes = 0);
    ~raw_client();
    raw_client(raw_client const&) = delete;
    raw_client& operator=(raw_client const&) = delete;

    bool connected() const noexcept { return socket_ >= 0; }
    /// Sends until it is done or the server has had enough.
    void send(std::string_view bytes);
    read_answer read(bool without_body = false);
    /// Everything until the server closes. `closed` tells whether it did, within five seconds.
    std::string read_to_end();
    bool closed() const noexcept { return closed_; }
    /// True where the server closes without another byte.
    bool ends() { return read_to_end().empty() && closed_; }
    void end_input();  ///< shutdown of our side
    void reset();      ///< closes with RST
    void close();

private:
    bool fill();

    int socket_ = -1;
    std::string received_;
    bool closed_ = false;
};

std::string get(std::string_view path, std::string_view more_fields = {});
std::string post(std::string_view path, std::string_view body, std::string_view more_fields = {});

/// Asks until `condition` holds; false after five seconds. For what another thread does in its own time.
template <class Condition>
bool eventually(Condition&& condition);

void pause_briefly();

template <class Condition>
bool eventually(Condition&& condition)
{
    for (int i = 0; i < 5000; ++i) {
        if (condition()) return true;
        pause_briefly();
    }
    return false;
}

}  // namespace mb::http::testing
