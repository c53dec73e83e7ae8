#pragma once

#include "ports/cryptography.hpp"

#include <string>
#include <string_view>

namespace mb::redis {

/// Names of keys: "mb:<of the installation>:<kind>:<name>". Installations with different master keys can share a server, and a key shows neither
/// addresses nor identities. Cheap to copy.
class key_names {
public:
    explicit key_names(ports::digester const& digests);

    /// The key of something that is known by bytes of any kind: a keyed digest of them.
    std::string hidden(std::string_view kind, std::string_view name) const;
    /// The key of something whose name may be seen.
    std::string plain(std::string_view kind, std::string_view name) const;

private:
    ports::digester const* digests_;
    std::string prefix_;
};

/// Lower-case hexadecimal.
std::string hex(std::string_view bytes);

}  // namespace mb::redis
