#include "adapters/http/use_cases.hpp"

#include "core/domain/base/text.hpp"

namespace mb::http {
namespace {

constexpr std::size_t ipv6_prefix_bytes = 8;  // one customer has a /64 (decisions.md #12)

}  // namespace

identity::ip_hash use_cases::hash_address(std::string_view address_bytes) const
{
    auto const kept = address_bytes.size() > 4 ? address_bytes.substr(0, ipv6_prefix_bytes) : address_bytes;
    auto const mac = digests.mac("ip", kept);
    return {base64url({reinterpret_cast<char const*>(mac.data()), mac.size()})};
}

}  // namespace mb::http
