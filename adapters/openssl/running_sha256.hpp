#pragma once

#include "core/domain/identity/email_token.hpp"

#include <memory>
#include <string_view>

namespace mb::openssl {

/// SHA-256 of what arrives piece by piece.
class running_sha256 {
public:
    running_sha256();
    ~running_sha256();
    running_sha256(running_sha256 const&) = delete;
    running_sha256& operator=(running_sha256 const&) = delete;

    void add(std::string_view bytes) noexcept;
    /// Once, at the end.
    identity::digest finish() noexcept;

private:
    struct context;
    std::unique_ptr<context> context_;
};

}  // namespace mb::openssl
