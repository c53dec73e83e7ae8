#pragma once

#include "ports/cryptography.hpp"

#include <cstddef>
#include <string>

namespace mb::openssl {

/// HS256 tokens (RFC 7519, RFC 7515, RFC 8725). Access tokens are signed with the key's material, every other kind with a key derived
/// from it for that kind, so that none could pass for another even if `typ` were ignored.
/// What is refused: anything but three parts of strict base64url, headers other than alg, typ and kid, any `alg` but HS256.
/// Order: header, key, signature, and only then a look at the payload.
class openssl_token_codec final : public ports::token_codec {
public:
    static constexpr std::size_t token_bytes_max = 4096;

    openssl_token_codec(std::string issuer, std::string audience);

    std::string write(tokens::access_claims const& claims, tokens::signing_key const& key) const override;
    std::string write(tokens::refresh_claims const& claims, tokens::signing_key const& key) const override;
    std::string write(tokens::proof_claims const& claims, tokens::signing_key const& key) const override;
    std::variant<tokens::access_claims, ports::token_fault> read_access(std::string_view token, tokens::key_ring const& keys,
                                                                        instant now) const override;
    std::variant<tokens::refresh_claims, ports::token_fault> read_refresh(std::string_view token, tokens::key_ring const& keys,
                                                                          instant now) const override;
    std::variant<tokens::proof_claims, ports::token_fault> read_proof(std::string_view token, tokens::proof_kind wanted, tokens::key_ring const& keys,
                                                                      instant now) const override;

private:
    std::string issuer_;
    std::string audience_;
};

}  // namespace mb::openssl
