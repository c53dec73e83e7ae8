#pragma once

#include <cstdint>

namespace mb::runtime {

enum class signal_received : std::uint8_t {
    terminate,  ///< SIGTERM or SIGINT: drain and end
    reload      ///< SIGHUP: read again what can be read again
};

/// Blocks SIGTERM, SIGINT and SIGHUP in the calling thread and in those that it starts later, and ignores SIGPIPE.
/// Call it first in main: a thread that was started before could be ended by them.
void block_signals() noexcept;

/// Sleeps until one of the blocked signals arrives. In the main thread, while the others serve.
signal_received wait_for_signal() noexcept;

/// Makes wait_for_signal() return `terminate`: how another thread asks for an orderly end.
void request_termination() noexcept;

}  // namespace mb::runtime
