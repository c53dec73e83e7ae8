#pragma once

#include "core/domain/base/instant.hpp"
#include "core/domain/base/problem.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace mb::http {

enum class verb : std::uint8_t { get, head, post, put, patch, remove, options };
std::string_view name_of(verb method) noexcept;  ///< GET … DELETE, OPTIONS

/// The address of the client: 4 or 16 bytes.
struct client_address {
    std::string bytes;
    std::string text() const;
    bool is_loopback() const noexcept;
};

/// What was read before the body, snapshotted so that no trailer can add to it. Passed the gate: one Host, no framing doubt.
struct request_head {
    verb method = verb::get;
    /// Decoded segments of the path: each was split on raw '/', decoded once and refused where it held / \ ; NUL, control, . or .. (security.md
    /// section 2).
    /// "/" has none; a trailing slash leaves an empty last one; "*" (OPTIONS only) is one segment of that text.
    std::vector<std::string> segments;
    std::string query;                                        ///< raw, without '?'; not decoded
    std::vector<std::pair<std::string, std::string>> fields;  ///< names in lower case, in order of arrival
    client_address peer;                                      ///< the client, as far as a trusted proxy tells it
    instant arrived{};                                        ///< wall clock when the kernel received the first bytes of the request
    instant begun{};        ///< when the client is sure to have begun it: `arrived`, or for the first request of a fresh connection its opening
    bool has_body = false;  ///< Content-Length above 0, or chunked

    /// The first field of that lower-case name, or "" where there is none.
    std::string_view field(std::string_view lower_name) const noexcept;
};

struct request {
    request_head head;
    std::string body;
};

struct response {
    int status = 200;
    std::string_view content_type = "application/json";  ///< a literal; "" where there is no body
    std::string body;
    std::vector<std::pair<std::string_view, std::string>> fields;  ///< names are literals
    bool close = false;                                            ///< ends the connection after this answer
};

/// Answers one exchange, once, from any thread, also after the server is gone. Dropping it unanswered closes the connection with 500.
class responder {
public:
    virtual ~responder() = default;
    virtual void answer(response&& made) = 0;
    /// The client went away, or the deadline passed and 503 was answered: the work is no longer wanted.
    virtual bool abandoned() const noexcept = 0;
};

/// What the edge needs to know before it reads a body.
struct body_allowed {
    std::size_t bytes_max = 64 * 1024;
};
using admission = std::variant<body_allowed, response>;

/// What stands behind the edge: routing, authentication, use cases. Called on I/O threads; MUST NOT block them.
class service {
public:
    virtual ~service() = default;
    /// After the head of every request: refuse at once (404, 405, 415, 413 by Content-Length, 401 …) or say how large the body may be.
    virtual admission admit(request_head const& head) = 0;
    /// The whole request.
    virtual void serve(request&& whole, std::unique_ptr<responder> reply) = 0;
    /// The answer to a request that the edge refused itself (gate, time-out, overload). `head` is null where it could not be read, or was given away
    /// to serve().
    virtual response refuse(problem why, request_head const* head) = 0;
    /// Fields for every response, one string that ends in CRLF; made once: nosniff, CSP … Content-Type, Content-Length and Connection are the edge's.
    virtual std::string const& common_fields() const noexcept = 0;
};

struct edge_limits {
    std::size_t header_bytes_max = 16 * 1024;
    std::size_t header_fields_max = 64;
    std::size_t target_bytes_max = 8 * 1024;
    std::size_t connections_max = 1024;
    std::size_t connections_per_address_max = 64;
    std::size_t pipelined_max = 8;
    duration handshake_deadline = std::chrono::seconds{5};  ///< of TLS, from the opening of the connection
    duration header_deadline = std::chrono::seconds{10};
    duration idle_deadline = std::chrono::seconds{30};
    duration body_deadline = std::chrono::seconds{30};
    std::size_t body_bytes_per_second_min = 1024;
    duration body_rate_grace = std::chrono::seconds{5};
    duration write_deadline = std::chrono::seconds{15};
    duration handler_deadline = std::chrono::seconds{15};
};

}  // namespace mb::http
