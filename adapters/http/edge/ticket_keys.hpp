#pragma once

#include "ports/clock.hpp"

#include <chrono>
#include <memory>

struct ssl_ctx_st;

namespace mb::http {

/// The keys of session tickets (RFC 5077 section 5.5, RFC 8446 section 4.6.1). A ticket is written under a key that is younger than `life`, and read
/// for as long again: whoever takes the keys of this process can read two hours of recorded sessions that were resumed without a fresh exchange,
/// not all of them. Nothing is kept of a session.
class ticket_keys {
public:
    static constexpr std::chrono::hours life{1};

    explicit ticket_keys(ports::clock const& time);
    ~ticket_keys();
    ticket_keys(ticket_keys const&) = delete;
    ticket_keys& operator=(ticket_keys const&) = delete;

    /// Makes the context write and read tickets under these keys, which outlive it. @return false where OpenSSL has no room
    bool attach(ssl_ctx_st* context) noexcept;

private:
    struct parts;
    std::unique_ptr<parts> const parts_;
};

}  // namespace mb::http
