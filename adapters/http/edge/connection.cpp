#include "adapters/http/edge/connection.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <utility>

namespace mb::http {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

/// Unsent answers past this stop the reading of further requests.
constexpr std::size_t out_bytes_soft_max = 256 * 1024;
/// Buffers that grew past this for one answer are given back.
constexpr std::size_t kept_bytes_max = 64 * 1024;
/// A reader must take so much within each write deadline.
constexpr std::size_t write_slice_bytes = 16 * 1024;
/// What is read and dropped after the last answer, so that the answer is not lost to a reset (security.md section 2).
constexpr std::size_t drained_bytes_max = 64 * 1024;
constexpr duration drained_max = std::chrono::seconds{1};
/// A connection that was idle for longer before its first request says nothing of when that began.
constexpr duration begun_before_max = std::chrono::milliseconds{250};

/// Whose request this thread is handing to the service: its answer needs no post.
thread_local connection_link const* serving_now = nullptr;

}  // namespace

class connection::reply final : public responder {
public:
    reply(std::shared_ptr<connection_link> link, std::uint64_t exchange) : link_(std::move(link)), exchange_(exchange) {}
    ~reply() override
    {
        if (!answered_) send(std::nullopt);
    }
    reply(reply const&) = delete;
    reply& operator=(reply const&) = delete;

    void answer(response&& made) override
    {
        if (!std::exchange(answered_, true)) send(std::move(made));
    }

    bool abandoned() const noexcept override
    {
        return link_->gone.load(std::memory_order_relaxed) || link_->live.load(std::memory_order_relaxed) != exchange_;
    }

private:
    void send(std::optional<response>&& made) noexcept
    {
        try {
            if (serving_now != link_.get())
                link_->box->deliver({link_, exchange_, std::move(made)});
            else if (link_->owner != nullptr)
                link_->owner->complete(exchange_, std::move(made));
        } catch (...) {
            // no memory for a delivery: the handler deadline answers
        }
    }

    std::shared_ptr<connection_link> const link_;
    std::uint64_t const exchange_;
    bool answered_ = false;
};

connection::connection(io_thread& home, io_socket&& socket, client_address peer, std::string door_key, std::shared_ptr<tls_context const> const& tls)
    : home_(home),
      socket_(std::move(socket)),
      tls_(tls ? std::make_unique<tls_stream>(tls, socket_.native_handle()) : nullptr),
      peer_(std::move(peer)),
      door_key_(std::move(door_key)),
      link_(std::make_shared<connection_link>(home.box())),
      buffer_(new char[home.setting().limits.header_bytes_max])
{
}

connection::~connection() = default;

template <class Work>
void connection::guarded(Work&& work) noexcept
{
    auto const self = shared_from_this();  // the work may close us
    try {
        work();
    } catch (...) {
        home_.count(io_thread::event::failure);
        close();
    }
}

void connection::start()
{
    guarded([this] {
        link_->owner = this;
        home_.refresh_now();
        socket_.non_blocking(true);
        socket_.set_option(asio::ip::tcp::no_delay(true));
        since_ = home_.now();
        opened_ = home_.setting().time.now();
        if (home_.setting().entrance.draining())
            close();
        else
            listen();
    });
}

void connection::drain()
{
    guarded([this] {
        if (!in_work() && stage_ != stage::farewell) close();
    });
}

void connection::close() noexcept
{
    if (stage_ == stage::closed) return;
    stage_ = stage::closed;
    if (shakes_hands())
        home_.count(io_thread::event::handshake_failure);
    else if (tls_)
        tls_->end();
    link_->owner = nullptr;
    link_->live.store(0, std::memory_order_relaxed);
    link_->gone.store(true, std::memory_order_relaxed);
    error_code ignored;
    socket_.close(ignored);
    home_.setting().entrance.leave(door_key_);
    home_.forget(*this);
}

bool connection::in_work() const noexcept
{
    return stage_ == stage::body || stage_ == stage::handling || (stage_ == stage::head && begin_ != end_) || !out_.empty();
}

bool connection::may_take() const noexcept
{
    return (stage_ == stage::head || stage_ == stage::body) && answers_waiting_ < limits().pipelined_max && out_.size() < out_bytes_soft_max;
}

/// Takes what is buffered as far as it goes, sends what was answered, and listens for more.
void connection::proceed()
{
    if (std::exchange(proceeding_, true)) return;  // an answer given inside serve(): the loop that called it goes on
    bool more = false;
    do {
        more = false;
        while (may_take() && (more = stage_ == stage::head ? read_some_head() : read_some_body())) {}
        if (!writing_) write_out();
    } while (more && !writing_ && may_take());
    proceeding_ = false;

    if (input_ended_ && may_take()) {
        // whatever is left is the beginning of a request that will never end
        if (out_.empty()) return close();
        stage_ = stage::farewell;
    }
    listen();
}

bool connection::read_some_head()
{
    auto const received = buffered();
    if (received.empty()) return false;
    auto const size = find_head_end(received, searched_);
    if (!size) {
        auto why = doubt_partial_head(received, searched_, limits());
        if (!why && received.size() == limits().header_bytes_max) why = problem::headers_too_large;
        searched_ = received.size();
        if (!why) return false;
        form_ = {received.starts_with("HEAD "), true, false};
        home_.count(io_thread::event::refused);
        refuse(*why, nullptr);
        return true;
    }
    searched_ = 0;
    auto verdict = read_head(received.substr(0, *size), home_.setting().hosts, limits());
    begin_ += *size;
    if (auto const* refused = std::get_if<gate_refusal>(&verdict)) {
        form_ = {received.starts_with("HEAD "), true, false};
        home_.count(io_thread::event::refused);
        refuse(refused->why, nullptr);
        return true;
    }
    return take_head(std::get<passed_head>(std::move(verdict)));
}

bool connection::take_head(passed_head&& passed)
{
    asked_.head = std::move(passed.head);
    asked_.head.peer = home_.setting().proxies.client_of(peer_, asked_.head.fields);
    asked_.head.arrived = arrived_;
    // a client that opened a connection has begun its first request, and can't have seen an answer that was sent later
    asked_.head.begun = opened_ ? std::min(arrived_, std::max(*opened_, arrived_ - begun_before_max)) : arrived_;
    opened_.reset();
    asked_.body.clear();
    form_ = {asked_.head.method == verb::head, !passed.keep_alive, passed.http_1_0 && passed.keep_alive};

    auto admitted = home_.setting().behind.admit(asked_.head);
    if (auto* const refused = std::get_if<response>(&admitted))
        refuse_admitted(std::move(*refused), passed);
    else if (passed.body == framing::none)
        serve();
    else
        begin_body(passed, std::get<body_allowed>(admitted).bytes_max);
    return true;
}

/// The service does not want the body. One that is here already is skipped; for any other the connection ends.
void connection::refuse_admitted(response&& made, passed_head const& passed)
{
    if (passed.body == framing::sized && passed.content_length <= buffered().size())
        begin_ += static_cast<std::size_t>(passed.content_length);
    else if (passed.body != framing::none)
        made.close = true;
    answer(std::move(made));
}

void connection::begin_body(passed_head const& passed, std::size_t bytes_max)
{
    if (passed.content_length > bytes_max) {
        home_.count(io_thread::event::refused);
        return refuse(problem::body_too_large, &asked_.head);
    }
    stage_ = stage::body;
    since_ = home_.now();
    body_bytes_left_ = passed.content_length;
    chunks_.reset();
    if (passed.body == framing::chunked) chunks_.emplace(bytes_max, limits().header_bytes_max);
    // a promise of many bytes takes no memory before they come
    asked_.body.reserve(std::min<std::size_t>(static_cast<std::size_t>(passed.content_length), kept_bytes_max));
    if (passed.expects_continue && buffered().empty()) out_ += "HTTP/1.1 100 Continue\r\n\r\n";
}

bool connection::read_some_body()
{
    auto const received = buffered();
    auto why = problem::bad_request;
    if (!chunks_) {
        auto const taken = static_cast<std::size_t>(std::min<std::uint64_t>(body_bytes_left_, received.size()));
        asked_.body.append(received.substr(0, taken));
        begin_ += taken;
        body_bytes_left_ -= taken;
        if (body_bytes_left_ > 0) return false;
        serve();
        return true;
    }
    auto const step = chunks_->read(received, asked_.body);
    begin_ += step.used;
    switch (step.now) {
        case chunked_reader::state::more: return false;
        case chunked_reader::state::done: serve(); return true;
        case chunked_reader::state::too_large: why = problem::body_too_large; break;
        case chunked_reader::state::malformed: break;
    }
    home_.count(io_thread::event::refused);
    refuse(why, &asked_.head);
    return true;
}

void connection::serve()
{
    stage_ = stage::handling;
    since_ = home_.now();
    link_->live.store(++exchange_, std::memory_order_relaxed);
    home_.count(io_thread::event::request);
    auto way_back = std::make_unique<reply>(link_, exchange_);
    auto const* const outer = std::exchange(serving_now, link_.get());
    try {
        home_.setting().behind.serve(std::move(asked_), std::move(way_back));
    } catch (...) {
        home_.count(io_thread::event::failure);
        // the responder went with the stack, and has said so; or it was kept, and may still answer
    }
    serving_now = outer;
}

void connection::complete(std::uint64_t exchange, std::optional<response>&& made)
{
    if (stage_ != stage::handling || exchange != exchange_) return;
    guarded([&] {
        if (made)
            answer(*std::move(made));
        else if (input_ended_)
            return close();  // nobody did the work, because nobody waits for it
        else
            refuse(problem::internal_error, nullptr);
        proceed();
    });
}

void connection::refuse(problem why, request_head const* head)
{
    auto made = home_.setting().behind.refuse(why, head);
    made.close = true;
    answer(std::move(made));
}

void connection::answer(response&& made)
{
    if (!can_be_sent(made)) {
        home_.count(io_thread::event::failure);
        made = home_.setting().behind.refuse(problem::internal_error, nullptr);
        made.fields.clear();
        made.close = true;
    }
    link_->live.store(0, std::memory_order_relaxed);
    form_.close = form_.close || made.close || input_ended_ || home_.setting().entrance.draining();
    form_.says_keep_alive = form_.says_keep_alive && !form_.close;
    append_answer(out_, made, form_, home_.setting().behind.common_fields());
    ++answers_waiting_;
    stage_ = form_.close ? stage::farewell : stage::head;
    since_ = home_.now();
}

void connection::listen()
{
    if (reading_ || input_ended_ || stage_ == stage::closed) return;
    if (stage_ == stage::farewell) {
        if (!out_.empty()) return;
        begin_ = end_ = 0;
    } else if (stage_ != stage::handling && !may_take()) {
        return;
    }
    auto const capacity = limits().header_bytes_max;
    if (begin_ == end_) {
        begin_ = end_ = 0;
    } else if (begin_ > 0) {
        std::copy(buffer_.get() + begin_, buffer_.get() + end_, buffer_.get());
        end_ -= begin_;
        begin_ = 0;
    }
    if (end_ == capacity) return;  // the service is busy and the client is ahead of it: it waits
    reading_ = true;
    if (tls_ == nullptr || !tls_->holds_input()) return await(io_socket::wait_read);
    asio::post(socket_.get_executor(), [self = shared_from_this()] { self->guarded([&] { self->read_now(); }); });
}

void connection::await(io_socket::wait_type what)
{
    socket_.async_wait(what, [self = shared_from_this()](error_code failed) {
        self->guarded([&] {
            if (failed) return self->on_read({failed, 0, {}});
            self->read_now();
        });
    });
}

void connection::read_now()
{
    if (stage_ == stage::closed) return;
    std::span<char> const room{buffer_.get() + end_, limits().header_bytes_max - end_};
    if (tls_ == nullptr) {
        auto const got = receive(socket_.native_handle(), room);
        if (got.failed == asio::error::would_block) return await(io_socket::wait_read);
        return on_read(got);
    }
    bool const was_open = tls_->established();
    auto const got = tls_->read(room);
    if (!was_open && tls_->established()) {
        home_.count(io_thread::event::handshake);
        home_.refresh_now();
        since_ = home_.now();
    }
    if (got.failed != asio::error::would_block) return on_read(got);
    await(tls_->awaits_output() ? io_socket::wait_write : io_socket::wait_read);
}

void connection::on_read(received const& got)
{
    auto const& [failed, count, waited] = got;
    reading_ = false;
    if (stage_ == stage::closed) return;
    home_.refresh_now();
    if (failed && failed != asio::error::eof) return close();
    if (failed) {
        input_ended_ = true;
        link_->gone.store(true, std::memory_order_relaxed);
    }
    if (stage_ == stage::farewell) {
        drained_bytes_ += count;
        if ((input_ended_ && out_.empty()) || drained_bytes_ > drained_bytes_max) return close();
        return listen();
    }
    if (begin_ == end_ && stage_ == stage::head) since_ = home_.now();
    if (begin_ == end_ || stage_ != stage::head) arrived_ = home_.setting().time.now() - waited;
    end_ += count;
    proceed();
}

void connection::write_out()
{
    while (sent_ < out_.size()) {
        auto const [failed, count] = write_some(std::string_view{out_}.substr(sent_));
        if (failed == asio::error::would_block || failed == asio::error::try_again) {
            if (!std::exchange(writing_, true)) {
                write_since_ = home_.now();
                slice_sent_ = 0;
            }
            socket_.async_wait(io_socket::wait_write, [self = shared_from_this()](error_code) {
                self->guarded([&] {
                    if (self->stage_ == stage::closed) return;
                    self->home_.refresh_now();
                    self->write_out();
                    if (!self->writing_) self->proceed();
                });
            });
            return;
        }
        if (failed) return close();
        sent_ += count;
        slice_sent_ += count;
        if (writing_ && slice_sent_ >= write_slice_bytes) {
            write_since_ = home_.now();
            slice_sent_ = 0;
        }
    }
    if (out_.capacity() > kept_bytes_max) out_ = {};
    out_.clear();
    sent_ = 0;
    answers_waiting_ = 0;
    writing_ = false;
    if (stage_ == stage::farewell) half_close();
}

written connection::write_some(std::string_view bytes)
{
    if (tls_) return tls_->write(bytes);
    written done;
    done.count = socket_.write_some(asio::buffer(bytes), done.failed);
    return done;
}

void connection::half_close()
{
    if (tls_) tls_->end();
    error_code failed;
    socket_.shutdown(io_socket::shutdown_send, failed);
    if (failed || input_ended_) return close();
    since_ = home_.now();
    listen();
}

void connection::time_out(problem why, request_head const* head)
{
    home_.count(io_thread::event::timed_out);
    refuse(why, head);
    proceed();
}

bool connection::is_body_too_slow(duration elapsed) const noexcept
{
    if (elapsed >= limits().body_deadline) return true;
    if (elapsed < limits().body_rate_grace) return false;
    auto const wanted = limits().body_bytes_per_second_min * static_cast<std::uint64_t>(elapsed.count()) / 1'000'000;
    return asked_.body.size() < wanted;
}

void connection::sweep()
{
    guarded([this] {
        auto const elapsed = home_.now() - since_;
        if (writing_) {
            if (home_.now() - write_since_ < limits().write_deadline) return;
            home_.count(io_thread::event::timed_out);
            return close();
        }
        switch (stage_) {
            case stage::head:
                if (begin_ == end_) {
                    if (elapsed >= (shakes_hands() ? limits().handshake_deadline : limits().idle_deadline)) close();
                } else if (elapsed >= limits().header_deadline) {
                    form_ = {buffered().starts_with("HEAD "), true, false};
                    time_out(problem::request_timeout, nullptr);
                }
                break;
            case stage::body:
                if (is_body_too_slow(elapsed)) time_out(problem::request_timeout, &asked_.head);
                break;
            case stage::handling:
                if (elapsed >= limits().handler_deadline) time_out(problem::service_unavailable, nullptr);
                break;
            case stage::farewell:
                if (elapsed >= drained_max) close();
                break;
            case stage::closed: break;
        }
    });
}

}  // namespace mb::http
