#include "adapters/http/edge/service.hpp"

#include <arpa/inet.h>

namespace mb::http {

std::string_view name_of(verb method) noexcept
{
    switch (method) {
        case verb::get: return "GET";
        case verb::head: return "HEAD";
        case verb::post: return "POST";
        case verb::put: return "PUT";
        case verb::patch: return "PATCH";
        case verb::remove: return "DELETE";
        case verb::options: return "OPTIONS";
    }
    return "";
}

std::string client_address::text() const
{
    char shown[INET6_ADDRSTRLEN] = {};
    auto const family = bytes.size() == 4 ? AF_INET : AF_INET6;
    if ((bytes.size() != 4 && bytes.size() != 16) || ::inet_ntop(family, bytes.data(), shown, sizeof shown) == nullptr) return {};
    return shown;
}

bool client_address::is_loopback() const noexcept
{
    if (bytes.size() == 4) return bytes[0] == 127;
    return bytes.size() == 16 && bytes.find_first_not_of('\0') == 15 && bytes[15] == 1;
}

std::string_view request_head::field(std::string_view lower_name) const noexcept
{
    for (auto const& [name, value] : fields)
        if (name == lower_name) return value;
    return {};
}

}  // namespace mb::http
