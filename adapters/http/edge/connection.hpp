#pragma once

#include "adapters/http/edge/chunked.hpp"
#include "adapters/http/edge/gate.hpp"
#include "adapters/http/edge/io_thread.hpp"
#include "adapters/http/edge/receive.hpp"
#include "adapters/http/edge/tls_stream.hpp"
#include "adapters/http/edge/wire.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace mb::http {

/// One client. Requests are served one after the other in the order of arrival; what is pipelined waits in the capped buffer.
/// Everything runs on the connection's own I/O thread. No operation has a timer: sweep() looks at the one deadline that its stage has.
class connection final : public std::enable_shared_from_this<connection> {
public:
    /// @param tls  null: plain text
    connection(io_thread& home, io_socket&& socket, client_address peer, std::string door_key, std::shared_ptr<tls_context const> const& tls);
    ~connection();

    void start();
    void sweep();
    /// Ends where nothing was begun; else the answer in work is the last.
    void drain();
    /// Ends at once. The object lives on until the last operation has returned.
    void close() noexcept;
    /// The answer to the exchange of that number, or none where its responder was dropped. Ignored where it is no longer awaited.
    void complete(std::uint64_t exchange, std::optional<response>&& made);
    bool in_work() const noexcept;

    std::size_t place = 0;  ///< among the connections of its thread

private:
    enum class stage : std::uint8_t {
        head,      ///< waits for a request, or for the rest of its head
        body,      ///< admitted; its body is being read
        handling,  ///< the service has it
        farewell,  ///< the last answer is on its way; what still comes in is dropped, never parsed
        closed
    };
    class reply;

    template <class Work>
    void guarded(Work&& work) noexcept;
    void proceed();
    bool read_some_head();
    bool read_some_body();
    bool take_head(passed_head&& passed);
    void begin_body(passed_head const& passed, std::size_t bytes_max);
    void refuse_admitted(response&& made, passed_head const& passed);
    void serve();
    void answer(response&& made);
    void refuse(problem why, request_head const* head);
    void time_out(problem why, request_head const* head);
    bool may_take() const noexcept;
    bool is_body_too_slow(duration elapsed) const noexcept;

    void listen();
    void await(io_socket::wait_type what);
    void read_now();
    void on_read(received const& got);
    void write_out();
    written write_some(std::string_view bytes);
    void half_close();

    std::string_view buffered() const noexcept { return {buffer_.get() + begin_, end_ - begin_}; }
    edge_limits const& limits() const noexcept { return home_.setting().limits; }
    bool shakes_hands() const noexcept { return tls_ != nullptr && !tls_->established(); }

    io_thread& home_;
    io_socket socket_;
    std::unique_ptr<tls_stream> const tls_;  ///< null: plain text
    client_address const peer_;
    std::string const door_key_;
    std::shared_ptr<connection_link> const link_;

    std::unique_ptr<char[]> const buffer_;  ///< as large as the largest head
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    std::size_t searched_ = 0;       ///< bytes of buffered() that hold no end of a head
    instant arrived_{};              ///< when what is in the buffer came
    std::optional<instant> opened_;  ///< until the first request

    stage stage_ = stage::head;
    duration since_{};  ///< when the stage, or what its deadline counts from, began
    bool proceeding_ = false;
    bool reading_ = false;      ///< a read is pending
    bool writing_ = false;      ///< out_ waits until the socket takes more
    bool input_ended_ = false;  ///< the client ended its side

    request asked_;                         ///< while its body is read
    std::uint64_t body_bytes_left_ = 0;     ///< of a sized body
    std::optional<chunked_reader> chunks_;  ///< of a chunked body
    answer_form form_;
    std::uint64_t exchange_ = 0;

    std::string out_;
    std::size_t sent_ = 0;
    std::size_t answers_waiting_ = 0;  ///< in out_
    std::size_t slice_sent_ = 0;       ///< since write_since_
    duration write_since_{};
    std::size_t drained_bytes_ = 0;
};

}  // namespace mb::http
