#pragma once

#include "core/domain/base/secret.hpp"

#include <cstddef>
#include <optional>
#include <string_view>

namespace mb::openssl {

/// The one key from which every key at rest descends. It never touches data itself.
class master_key {
public:
    static constexpr std::size_t bytes = 32;

    /// Nothing where `material` is not 32 bytes, or has so few different ones that nobody drew it at random.
    static std::optional<master_key> make(secret material);
    /// Reads base64, with padding (MASTER_KEY). Nothing as above.
    static std::optional<master_key> parse(std::string_view base64_text);

    /// HKDF-SHA-256 without salt, info "metabuilder <purpose>". Keys of different purposes tell nothing about each other.
    secret derive(std::string_view purpose, std::size_t key_bytes = 32) const;
    secret const& material() const noexcept { return material_; }
    master_key clone() const { return master_key{material_.clone()}; }

private:
    explicit master_key(secret material) noexcept : material_(std::move(material)) {}
    secret material_;
};

}  // namespace mb::openssl
