#pragma once

#include "ports/cryptography.hpp"

#include <atomic>
#include <cstddef>
#include <mutex>
#include <string>
#include <vector>

// Stand-ins that keep the promises of the ports to a test, fast and without a library. None of them keeps anything secret.

namespace mb::fakes {

/// 32 bytes that depend on every byte and on the key.
class plain_digester final : public ports::digester {
public:
    explicit plain_digester(std::string key = "plain") : key_(std::move(key)) {}
    identity::digest sha256(std::string_view bytes) const noexcept override;
    identity::digest mac(std::string_view purpose, std::string_view bytes) const noexcept override;
    secret shared_mac(identity::code_hash how, secret const& key, std::string_view bytes) const override;

private:
    std::string key_;
};

/// What it seals opens with the same key, at the same place and unchanged, or not at all. The plain text can't be found in the sealed one.
class plain_sealer final : public ports::sealer {
public:
    explicit plain_sealer(std::string key = "plain") : key_(std::move(key)) {}
    std::string seal(std::string_view place, std::string_view plain) const override;
    outcome<secret> open(std::string_view place, std::string_view sealed) const override;

private:
    std::string key_;
};

/// "mb1$quick$<cost>$<salt>$<digest>". A hash of another cost matches, and is outdated. "$foreign$<password>" is an import, and outdated as well.
/// Callable from any thread.
class quick_hasher final : public ports::password_hasher {
public:
    explicit quick_hasher(int cost = 1);
    outcome<std::string> hash(secret const& password) const override;
    outcome<verdict> verify(secret const& password, std::string_view stored) const override;
    bool admits(std::string_view foreign) const noexcept override { return foreign.starts_with("$foreign$"); }
    std::string_view decoy() const noexcept override { return decoy_; }

    std::size_t hashes() const noexcept { return hashes_; }
    std::size_t verifications() const noexcept { return verifications_; }
    /// Whether the last verification was against the decoy.
    bool verified_decoy_last() const noexcept { return decoy_last_; }

private:
    std::string write(std::string_view salt, std::string_view password, int cost) const;

    int cost_;
    std::string decoy_;
    mutable std::atomic<std::size_t> hashes_ = 0;
    mutable std::atomic<std::size_t> verifications_ = 0;
    mutable std::atomic<bool> decoy_last_ = false;
};

/// Finds every password as good as it is told, and remembers what it was told about the owner. Callable from any thread.
class lenient_judge final : public ports::password_judge {
public:
    explicit lenient_judge(identity::password_estimate found = {4, false}) noexcept : found_(found) {}
    identity::password_estimate estimate(secret const& password, std::span<std::string const> context) const override;

    void find(identity::password_estimate found);
    std::vector<std::string> last_context() const;

private:
    mutable std::mutex mutex_;
    identity::password_estimate found_;
    mutable std::vector<std::string> last_context_;
};

/// "at.<kid>.<subject>.<jti>.<roles>.<iat>.<exp>.<mac>", "rt.….<family>.….<mac>", "mfa.….<how>:<door>:<bound>.….<mac>" and
/// "su.….<how>:<family>.….<mac>": checks kind, key, signature and end, in this order.
class plain_token_codec final : public ports::token_codec {
public:
    std::string write(tokens::access_claims const& claims, tokens::signing_key const& key) const override;
    std::string write(tokens::refresh_claims const& claims, tokens::signing_key const& key) const override;
    std::string write(tokens::proof_claims const& claims, tokens::signing_key const& key) const override;
    std::variant<tokens::access_claims, ports::token_fault> read_access(std::string_view token, tokens::key_ring const& keys,
                                                                        instant now) const override;
    std::variant<tokens::refresh_claims, ports::token_fault> read_refresh(std::string_view token, tokens::key_ring const& keys,
                                                                          instant now) const override;
    std::variant<tokens::proof_claims, ports::token_fault> read_proof(std::string_view token, tokens::proof_kind wanted, tokens::key_ring const& keys,
                                                                      instant now) const override;
};

}  // namespace mb::fakes
