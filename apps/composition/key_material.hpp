#pragma once

#include "core/domain/base/outcome.hpp"
#include "core/domain/base/secret.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mb::composition {

struct drawn_key {
    std::string setting;  ///< "MASTER_KEY"
    secret value;         ///< as the setting takes it
};

/// Draws what settings take: MASTER_KEY, JWT_SECRET and METRICS_TOKEN where no name is given; PASETO_PRIVATE_KEY comes with its public key.
/// @return nothing where a name is none of these
std::optional<std::vector<drawn_key>> draw_keys(std::vector<std::string> const& names);

/// Writes a new file that only its owner can read, whole and durably. @error unavailable  it exists already, or can't be written
outcome<void> write_private_file(std::string const& path, std::string_view content);

}  // namespace mb::composition
