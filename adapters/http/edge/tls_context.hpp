#pragma once

#include "core/domain/base/instant.hpp"
#include "ports/clock.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

struct ssl_ctx_st;

namespace mb::http {

/// PEM files: the certificate with its chain behind it, and its key.
struct tls_files {
    std::string certificate;
    std::string key;
};

/// Why a certificate and its key can't be served.
enum class tls_fault : std::uint8_t {
    certificate_unreadable,
    certificate_malformed,
    certificate_weak,  ///< signed or keyed below 112 bits of security
    key_unreadable,
    key_exposed,  ///< others than the owner and the group may read it, or others than the owner may write it
    key_malformed,
    key_encrypted,    ///< nobody is there to type the password
    key_unsupported,  ///< neither RSA of 2048 bits or more nor ECDSA on P-256
    mismatch          ///< the key is not the certificate's
};

/// What a server needs to shake hands: TLS 1.2 and 1.3, ECDHE and AEAD only, X25519 and P-256, no renegotiation, no early data, and session
/// tickets under keys that change every hour (security.md section 2). Immutable but for those keys; shared by all connections that it began.
class tls_context {
public:
    /// Reads both files now; they are not looked at again. Whether the certificate is of today is the caller's to judge.
    /// @param time  for the keys of the tickets; outlives the context
    static std::variant<std::shared_ptr<tls_context const>, tls_fault> load(tls_files const& files, ports::clock const& time);
    ~tls_context();
    tls_context(tls_context const&) = delete;
    tls_context& operator=(tls_context const&) = delete;

    /// The certificate is good from the first instant and no longer at the second (RFC 5280 section 4.1.2.5).
    instant valid_from() const noexcept;
    instant valid_until() const noexcept;
    /// Whether the certificate names that host: a DNS name, or an IP address without brackets (RFC 6125).
    bool names(std::string_view host) const;

    ssl_ctx_st* native() const noexcept;

private:
    struct parts;
    explicit tls_context(std::unique_ptr<parts> made);
    std::unique_ptr<parts> const parts_;
};

}  // namespace mb::http
