#pragma once

#include "core/domain/base/secret.hpp"
#include "core/domain/identity/device.hpp"
#include "ports/cryptography.hpp"
#include "ports/randomness.hpp"

#include <chrono>
#include <optional>
#include <string_view>

namespace mb::usecases {

/// How long a browser is remembered after its last login.
constexpr std::chrono::days device_memory{180};

/// What a browser keeps so that it is known the next time.
struct device_cookie {
    secret text;
    std::chrono::seconds life{};
};

/// The device that the cookie proves for this account; nothing where it proves none.
std::optional<identity::device> read_device(std::string_view cookie, identity::user_id owner, ports::digester const& digests, instant now);
/// A cookie for the device that was known, or for a new one.
device_cookie write_device(std::optional<identity::device> const& known, identity::user_id owner, ports::randomness const& random,
                           ports::digester const& digests, instant now);

}  // namespace mb::usecases
