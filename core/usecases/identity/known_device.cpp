#include "core/usecases/identity/known_device.hpp"

namespace mb::usecases {
namespace {

constexpr std::string_view purpose = "known device";

}  // namespace

std::optional<identity::device> read_device(std::string_view cookie, identity::user_id owner, ports::digester const& digests, instant now)
{
    auto const shown = identity::parse_device(cookie);
    if (!shown || !identity::decide_device(*shown, digests.mac(purpose, shown->content.reveal()), owner, now)) return std::nullopt;
    return shown->claimed;
}

device_cookie write_device(std::optional<identity::device> const& known, identity::user_id owner, ports::randomness const& random,
                           ports::digester const& digests, instant now)
{
    identity::device made;
    if (known)
        made = *known;
    else
        random.fill(made.nonce);
    made.owner = owner;
    made.expires_at = now + device_memory;
    return {identity::format_device(made, digests.mac(purpose, identity::content_of(made).reveal())), device_memory};
}

}  // namespace mb::usecases
