#pragma once

#include "core/domain/base/instant.hpp"
#include "tests/apps/support.hpp"

#include <string>

namespace mb::apps_testing {

enum class key_kind { p256, p384, rsa1024, rsa2048 };

/// A certificate that its own key signed.
struct certificate_wish {
    std::string names = "DNS:localhost,IP:127.0.0.1";
    instant from{};
    instant until{};
    key_kind kind = key_kind::p256;
};

struct pem_pair {
    std::string certificate;
    std::string key;
    std::string encrypted_key;  ///< the same under a password
};
pem_pair make_certificate(certificate_wish const& wanted);

/// Writes a key that only its owner can read. @return its path
std::string write_key(scratch const& place, std::string const& name, std::string const& key);

}  // namespace mb::apps_testing
