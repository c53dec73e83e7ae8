#include "adapters/http/edge/receive.hpp"

#include <boost/asio/error.hpp>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <ctime>

namespace mb::http {
namespace {

namespace asio = boost::asio;

duration as_duration(timespec const& at) noexcept
{
    return std::chrono::duration_cast<duration>(std::chrono::seconds{at.tv_sec} + std::chrono::nanoseconds{at.tv_nsec});
}

/// The clock that the kernel stamps with may jump: a wait that makes no sense counts as none.
duration waited_since(timespec const& stamped) noexcept
{
    timespec now{};
    if (::clock_gettime(CLOCK_REALTIME, &now) != 0) return {};
    auto const waited = as_duration(now) - as_duration(stamped);
    return waited < duration::zero() || waited > std::chrono::seconds{30} ? duration::zero() : waited;
}

}  // namespace

void note_arrivals(int socket) noexcept
{
    int const on = 1;
    static_cast<void>(::setsockopt(socket, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on));
}

received receive(int socket, std::span<char> into) noexcept
{
    iovec place{into.data(), into.size()};
    alignas(cmsghdr) char notes[CMSG_SPACE(sizeof(timespec))];
    msghdr message{};
    message.msg_iov = &place;
    message.msg_iovlen = 1;
    message.msg_control = notes;
    message.msg_controllen = sizeof notes;

    ssize_t count = 0;
    do count = ::recvmsg(socket, &message, MSG_DONTWAIT);
    while (count < 0 && errno == EINTR);
    if (count == 0) return {asio::error::eof, 0, {}};
    if (count < 0) {
        if (errno == EAGAIN || errno == EWOULDBLOCK) return {asio::error::would_block, 0, {}};
        return {{errno, boost::system::system_category()}, 0, {}};
    }
    received got{{}, static_cast<std::size_t>(count), {}};
    for (auto* note = CMSG_FIRSTHDR(&message); note != nullptr; note = CMSG_NXTHDR(&message, note)) {
        if (note->cmsg_level != SOL_SOCKET || note->cmsg_type != SCM_TIMESTAMPNS) continue;
        timespec stamped{};
        std::memcpy(&stamped, CMSG_DATA(note), sizeof stamped);
        got.waited = waited_since(stamped);
    }
    return got;
}

}  // namespace mb::http
