#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <thread>

namespace mb::log {

enum class queued : std::uint8_t { yes, dropped };

/// Writes lines to a descriptor from a thread of its own. Whoever appends never waits for the reader of the other end:
/// past its bound the queue drops and counts (security.md section 3, "slow stdout pipe").
/// Ours and no library's: spdlog's asynchronous logger joins its thread at the end, and so never ends while standard output is stuck.
class line_writer {
public:
    /// @param descriptor       stays the caller's, and open as long as the process where stop() gave up on it
    /// @param queue_bytes_max  of lines that wait; as much again may be on its way out
    line_writer(int descriptor, std::size_t queue_bytes_max);
    ~line_writer();
    line_writer(line_writer const&) = delete;
    line_writer& operator=(line_writer const&) = delete;

    /// @param line  ends in a line feed
    queued append(std::string_view line);
    /// Lines that found the queue full, or whose descriptor failed.
    std::uint64_t dropped() const noexcept;
    /// Waits until all that was appended before is written, or `patience` is over. @return whether it is.
    bool flush(std::chrono::milliseconds patience);
    /// Writes what waits, at most for `patience`; a descriptor that is stuck is left behind with its thread. Idempotent; later lines are dropped.
    void stop(std::chrono::milliseconds patience);

private:
    struct state;
    std::shared_ptr<state> state_;  ///< shared with the thread, which may outlive the writer
    std::thread thread_;
};

}  // namespace mb::log
