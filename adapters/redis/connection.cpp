#include "adapters/redis/connection.hpp"

#include <hiredis/read.h>

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <new>
#include <optional>
#include <system_error>
#include <utility>

namespace mb::redis {
namespace {

error lost(std::string why) { return {errc::unavailable, "redis.connection", std::move(why)}; }

/// What the reader of hiredis builds. Its callbacks are called from C: nothing may be thrown through it, and null means "out of memory",
/// which ends the connection.
reply* place_of(redisReadTask const* task)
{
    if (task->parent == nullptr) return new (std::nothrow) reply;
    auto* const list = static_cast<reply*>(task->parent->obj);
    auto const at = static_cast<std::size_t>(task->idx);
    return at < list->items.size() ? &list->items[at] : nullptr;
}

/// Drops what place_of() made, unless it lies in a list, which is dropped as a whole.
void give_up(redisReadTask const* task, reply* made) noexcept
{
    if (task->parent == nullptr) delete made;
}

void* make_text(redisReadTask const* task, char* bytes, std::size_t size)
{
    auto* const made = place_of(task);
    if (made == nullptr) return nullptr;
    made->what = task->type == REDIS_REPLY_ERROR    ? reply::kind::failure
                 : task->type == REDIS_REPLY_STATUS ? reply::kind::status
                                                    : reply::kind::text;
    try {
        made->text.assign(bytes, size);
    } catch (std::bad_alloc const&) {
        give_up(task, made);
        return nullptr;
    }
    return made;
}

void* make_list(redisReadTask const* task, int size)
{
    // a length is only a claim: memory is not set aside for more than any answer of ours has
    if (size > connection::answer_items_max) return nullptr;
    auto* const made = place_of(task);
    if (made == nullptr) return nullptr;
    made->what = reply::kind::list;
    try {
        made->items.resize(static_cast<std::size_t>(std::max(size, 0)));
    } catch (std::bad_alloc const&) {
        give_up(task, made);
        return nullptr;
    }
    return made;
}

void* make_integer(redisReadTask const* task, long long number)
{
    auto* const made = place_of(task);
    if (made == nullptr) return nullptr;
    made->what = reply::kind::integer;
    made->number = number;
    return made;
}

void* make_nothing(redisReadTask const* task) { return place_of(task); }

void drop(void* made) { delete static_cast<reply*>(made); }

redisReplyObjectFunctions* functions() noexcept
{
    static redisReplyObjectFunctions all{make_text, make_list, make_integer, make_nothing, drop};
    return &all;
}

int milliseconds_until(steady::time_point deadline) noexcept
{
    auto const left = std::chrono::ceil<std::chrono::milliseconds>(deadline - steady::now()).count();
    return static_cast<int>(std::clamp<std::int64_t>(left, 0, 60'000));
}

/// A number from "run_id:<40 hex digits>" of INFO.
std::optional<std::uint64_t> run_of(std::string_view told) noexcept
{
    constexpr std::string_view name = "run_id:";
    auto const at = told.find(name);
    if (at == std::string_view::npos || told.size() < at + name.size() + 16) return std::nullopt;
    auto const digits = told.substr(at + name.size(), 16);
    std::uint64_t run = 0;
    auto const [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), run, 16);
    if (fault != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
    return run;
}

struct found_addresses {
    addrinfo* first = nullptr;
    ~found_addresses()
    {
        if (first != nullptr) freeaddrinfo(first);
    }
};

}  // namespace

struct connection::parts {
    parts() : reader(redisReaderCreateWithFunctions(functions()))
    {
        if (reader == nullptr) throw std::bad_alloc{};
    }
    ~parts()
    {
        if (socket >= 0) close(socket);
        redisReaderFree(reader);
    }
    parts(parts const&) = delete;
    parts& operator=(parts const&) = delete;

    bool wait_for(short what, steady::time_point deadline) const noexcept
    {
        for (;;) {
            pollfd watched{socket, what, 0};
            auto const ready = poll(&watched, 1, milliseconds_until(deadline));
            if (ready > 0) return true;
            if (ready == 0 || errno != EINTR) return false;
        }
    }

    outcome<void> connect_to(addrinfo const& where, steady::time_point deadline)
    {
        if (socket >= 0) close(socket);
        socket = ::socket(where.ai_family, where.ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, where.ai_protocol);
        if (socket < 0) return lost("no socket: " + std::generic_category().message(errno));
        int const on = 1;
        setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        if (connect(socket, where.ai_addr, where.ai_addrlen) == 0) return {};
        if (errno != EINPROGRESS) return lost("can't connect: " + std::generic_category().message(errno));
        if (!wait_for(POLLOUT, deadline)) return lost("connecting took too long");
        int failed = 0;
        socklen_t size = sizeof failed;
        getsockopt(socket, SOL_SOCKET, SO_ERROR, &failed, &size);
        if (failed != 0) return lost("can't connect: " + std::generic_category().message(failed));
        return {};
    }

    outcome<void> connect_to(address const& where, steady::time_point deadline)
    {
        addrinfo wanted{};
        wanted.ai_socktype = SOCK_STREAM;
        found_addresses found;
        auto const port = std::to_string(where.port);
        if (getaddrinfo(where.host.c_str(), port.c_str(), &wanted, &found.first) != 0) return lost("the host name of REDIS_URL is not known");
        outcome<void> last = lost("the host name of REDIS_URL has no address");
        for (auto const* each = found.first; each != nullptr; each = each->ai_next) {
            last = connect_to(*each, deadline);
            if (last) return {};
        }
        return last;
    }

    outcome<void> send_all(std::string_view bytes, steady::time_point deadline) const
    {
        while (!bytes.empty()) {
            // without MSG_NOSIGNAL a server that has gone would end the process
            auto const sent = send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent > 0) {
                bytes.remove_prefix(static_cast<std::size_t>(sent));
            } else if (sent < 0 && errno == EAGAIN) {
                if (!wait_for(POLLOUT, deadline)) return lost("sending took too long");
            } else if (sent < 0 && errno != EINTR) {
                return lost("can't send: " + std::generic_category().message(errno));
            }
        }
        return {};
    }

    /// What has come, up to one read; nothing came where the outcome is zero.
    outcome<std::size_t> receive(steady::time_point deadline)
    {
        std::array<char, 16'384> bytes;  // NOLINT(cppcoreguidelines-pro-type-member-init)
        for (;;) {
            // waiting first: the answer is hardly ever there at once
            if (!wait_for(POLLIN, deadline)) return std::size_t{0};
            auto const got = recv(socket, bytes.data(), bytes.size(), 0);
            if (got > 0) {
                if (redisReaderFeed(reader, bytes.data(), static_cast<std::size_t>(got)) != REDIS_OK) return lost("the answer can't be read");
                return static_cast<std::size_t>(got);
            }
            if (got == 0) return lost("the server closed the connection");
            if (errno != EINTR && errno != EAGAIN) return lost("can't receive: " + std::generic_category().message(errno));
        }
    }

    outcome<std::optional<reply>> next()
    {
        void* made = nullptr;
        if (redisReaderGetReply(reader, &made) != REDIS_OK) return lost("the answer is not the protocol of Redis");
        if (made == nullptr) return std::optional<reply>{};
        std::unique_ptr<reply> const held(static_cast<reply*>(made));
        return std::optional{std::move(*held)};
    }

    bool has_left_over() const noexcept { return reader->pos < reader->len; }

    int socket = -1;
    redisReader* reader;
};

connection::connection(std::unique_ptr<parts> made) : parts_(std::move(made)) {}
connection::~connection() = default;

outcome<std::unique_ptr<connection>> connection::open(address const& where, steady::time_point deadline)
{
    std::unique_ptr<connection> made(new connection(std::make_unique<parts>()));
    MB_CHECK(made->parts_->connect_to(where, deadline));
    MB_CHECK(made->introduce(where, deadline));
    return made;
}

outcome<void> connection::introduce(address const& where, steady::time_point deadline)
{
    std::vector<command> commands;
    if (!where.password.empty())
        commands.push_back(where.user.empty() ? command{"AUTH", where.password.reveal()} : command{"AUTH", where.user, where.password.reveal()});
    if (where.database != 0) commands.push_back(command{"SELECT", std::to_string(where.database)});
    auto const before_info = commands.size();
    commands.push_back(command{"INFO", "server"});
    MB_TRY(auto const said, ask(commands, deadline));
    for (std::size_t i = 0; i < before_info; ++i)
        if (!said[i].is_status("OK")) return lost("the server refuses the user, the password or the database of REDIS_URL");
    auto const run = said.back().what == reply::kind::text ? run_of(said.back().text) : std::nullopt;
    if (!run) return lost("the server doesn't say which run it is (INFO server)");
    server_run_ = *run;
    return {};
}

outcome<std::vector<reply>> connection::ask(std::span<command const> commands, steady::time_point deadline)
{
    if (parts_->has_left_over()) return lost("the server sent what nobody asked for");
    std::string bytes;
    for (auto const& each : commands) bytes += each.bytes();
    auto const sent = parts_->send_all(bytes, deadline);
    wipe(bytes.data(), bytes.size());
    MB_CHECK(sent);
    std::vector<reply> replies;
    std::size_t received = 0;
    while (replies.size() < commands.size()) {
        MB_TRY(auto one, parts_->next());
        if (one) {
            replies.push_back(*std::move(one));
            continue;
        }
        MB_TRY(auto const got, parts_->receive(deadline));
        if (got == 0 || steady::now() >= deadline) return lost("the server took too long");
        received += got;
        if (received > answer_bytes_max) return lost("the answer is too long");
    }
    return replies;
}

outcome<std::vector<reply>> connection::listen(steady::time_point until)
{
    std::vector<reply> heard;
    std::size_t received = 0;
    for (;;) {
        MB_TRY(auto one, parts_->next());
        if (one) {
            heard.push_back(*std::move(one));
            if (!parts_->has_left_over()) return heard;
            continue;
        }
        MB_TRY(auto const got, parts_->receive(until));
        if (got == 0) return heard;
        received += got;
        if (received > answer_bytes_max) return lost("the message is too long");
    }
}

}  // namespace mb::redis
