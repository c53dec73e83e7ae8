#pragma once

#include "adapters/http/edge/service.hpp"
#include "adapters/http/edge/target.hpp"
#include "core/domain/base/problem.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

namespace mb::http {

/// How the end of a body is known. Nothing else is accepted, so that no proxy before us can see another end (RFC 9112 section 6.3).
enum class framing : std::uint8_t {
    none,    ///< no body
    sized,   ///< Content-Length
    chunked  ///< Transfer-Encoding: chunked and nothing else
};

/// A head that passed. `head.peer` and `head.arrived` are the connection's to fill in.
struct passed_head {
    request_head head;
    framing body = framing::none;
    std::uint64_t content_length = 0;  ///< bytes, where the body is sized
    bool http_1_0 = false;
    bool keep_alive = true;         ///< what the client asked for
    bool expects_continue = false;  ///< it waits for 100 before it sends the body
};

/// Why a head did not pass. The connection answers, closes, and never reads what came behind the head as a request.
struct gate_refusal {
    problem why;
};

/// The end of the first head in `received`: one past its empty line, or nothing while it is incomplete.
/// @param searched  bytes that an earlier call has searched without finding it
std::optional<std::size_t> find_head_end(std::string_view received, std::size_t searched) noexcept;

/// What is already wrong with a head that is still incomplete: a bad first line, a control character, a bare LF. Saves waiting for the deadline.
/// @param searched  bytes that an earlier call has found in order
std::optional<problem> doubt_partial_head(std::string_view received, std::size_t searched, edge_limits const& limits) noexcept;

/// Judges one complete head. Pure; Beast's parser reads the syntax, everything that it accepts too kindly is refused here (security.md sections 1 and
/// 2).
/// @param raw  from the request line to the empty line, both included
std::variant<passed_head, gate_refusal> read_head(std::string_view raw, host_list const& hosts, edge_limits const& limits);

}  // namespace mb::http
