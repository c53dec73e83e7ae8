#pragma once

#include "adapters/openssl/master_key.hpp"
#include "ports/cryptography.hpp"

#include <string>
#include <vector>

namespace mb::openssl {

/// A purpose whose key does not come from the master key, because the operator gave one (IP_HASH_SALT).
struct purpose_key {
    std::string purpose;
    secret material;
};

class openssl_digester final : public ports::digester {
public:
    explicit openssl_digester(master_key const& key, std::vector<purpose_key> own_keys = {});

    identity::digest sha256(std::string_view bytes) const noexcept override;
    identity::digest mac(std::string_view purpose, std::string_view bytes) const noexcept override;
    secret shared_mac(identity::code_hash how, secret const& key, std::string_view bytes) const override;

private:
    secret master_;
    std::vector<purpose_key> own_keys_;
};

}  // namespace mb::openssl
