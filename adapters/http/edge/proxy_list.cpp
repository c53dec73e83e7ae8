#include "adapters/http/edge/proxy_list.hpp"

#include "core/domain/base/address.hpp"
#include "core/domain/base/ascii.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

namespace mb::http {
namespace {

/// Four or sixteen bytes, as written.
std::optional<std::string> parse_address(std::string_view text)
{
    if (text.size() >= INET6_ADDRSTRLEN) return std::nullopt;
    std::string const terminated(text);
    char bytes[sizeof(in6_addr)];
    if (::inet_pton(AF_INET, terminated.c_str(), bytes) == 1) return std::string(bytes, sizeof(in_addr));
    if (::inet_pton(AF_INET6, terminated.c_str(), bytes) == 1) return std::string(bytes, sizeof(in6_addr));
    return std::nullopt;
}

bool same_bits(std::string_view left, std::string_view right, std::size_t bits) noexcept
{
    auto const whole = bits / 8;
    if (left.substr(0, whole) != right.substr(0, whole)) return false;
    if (bits % 8 == 0) return true;
    auto const mask = static_cast<unsigned char>(0xff << (8 - bits % 8));
    return ((static_cast<unsigned char>(left[whole]) ^ static_cast<unsigned char>(right[whole])) & mask) == 0;
}

}  // namespace

std::optional<client_address> read_address(std::string_view text)
{
    auto const bytes = parse_address(text);
    if (!bytes) return std::nullopt;
    return client_address{std::string(unmapped(*bytes))};
}

std::optional<proxy_list> proxy_list::parse(std::vector<std::string> const& blocks)
{
    proxy_list made;
    for (std::string_view const text : blocks) {
        auto const slash = text.find('/');
        auto bytes = parse_address(text.substr(0, slash));
        if (!bytes) return std::nullopt;
        auto bits = bytes->size() * 8;
        if (slash != std::string_view::npos) {
            auto const length = text.substr(slash + 1);
            auto const [end, failed] = std::from_chars(length.data(), length.data() + length.size(), bits);
            if (failed != std::errc{} || end != length.data() + length.size() || bits > bytes->size() * 8) return std::nullopt;
        }
        auto const prefix_bits = v4_mapped_prefix.size() * 8;
        if (is_v4_mapped(*bytes) && bits >= prefix_bits) {
            bytes->erase(0, v4_mapped_prefix.size());
            bits -= prefix_bits;
        }
        made.blocks_.push_back({*std::move(bytes), bits});
    }
    return made;
}

bool proxy_list::trusts(client_address const& peer) const noexcept
{
    return std::ranges::any_of(
        blocks_, [&](block const& each) { return each.bytes.size() == peer.bytes.size() && same_bits(each.bytes, peer.bytes, each.bits); });
}

client_address proxy_list::client_of(client_address const& peer, std::vector<std::pair<std::string, std::string>> const& fields) const
{
    auto found = peer;
    if (blocks_.empty() || !trusts(peer)) return found;
    // several fields are one list, in their order (RFC 9110 section 5.3)
    for (auto field = fields.rbegin(); field != fields.rend(); ++field) {
        if (field->first != "x-forwarded-for") continue;
        std::string_view left = field->second;
        for (bool more = true; more;) {
            auto const comma = left.rfind(',');
            auto const next = read_address(trim_blanks(comma == std::string_view::npos ? left : left.substr(comma + 1)));
            if (!next) return found;
            found = *next;
            if (!trusts(found)) return found;
            more = comma != std::string_view::npos;
            left = left.substr(0, more ? comma : 0);
        }
    }
    return found;
}

}  // namespace mb::http
