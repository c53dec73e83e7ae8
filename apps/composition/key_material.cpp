#include "apps/composition/key_material.hpp"

#include "adapters/backup/descriptor.hpp"
#include "adapters/openssl/ed25519.hpp"
#include "adapters/openssl/system_randomness.hpp"
#include "core/domain/base/text.hpp"

#include <unistd.h>

namespace mb::composition {

std::optional<std::vector<drawn_key>> draw_keys(std::vector<std::string> const& names)
{
    openssl::system_randomness const random;
    auto const drawn = [&](std::size_t bytes) { return ports::new_secret(random, bytes); };
    std::vector<drawn_key> keys;
    for (auto const& name : names.empty() ? std::vector<std::string>{"MASTER_KEY", "JWT_SECRET", "METRICS_TOKEN"} : names) {
        if (name == "MASTER_KEY") {
            keys.push_back({name, secret{base64(drawn(32).reveal())}});
        } else if (name == "JWT_SECRET" || name == "METRICS_TOKEN") {
            keys.push_back({name, secret{base64url(drawn(48).reveal())}});
        } else if (name == "PASETO_PRIVATE_KEY") {
            // PASERK k4.secret: seed and public key together
            auto const seed = drawn(openssl::ed25519_seed_bytes);
            auto const open_half = *openssl::ed25519_public_key(seed);
            secret const both{std::string(seed.reveal()) + open_half};
            keys.push_back({name, secret{"k4.secret." + base64url(both.reveal())}});
            keys.push_back({"PASETO_PUBLIC_KEY", secret{"k4.public." + base64url(open_half)}});
        } else {
            return std::nullopt;
        }
    }
    return keys;
}

outcome<void> write_private_file(std::string const& path, std::string_view content)
{
    auto const draft = path + ".partial-" + std::to_string(::getpid());
    auto const made = [&]() -> outcome<void> {
        MB_TRY(auto const file, backup::make_private_file(draft));
        MB_CHECK(file.write(content));
        MB_CHECK(file.sync());
        return backup::publish(draft, path);
    }();
    ::unlink(draft.c_str());
    return made;
}

}  // namespace mb::composition
