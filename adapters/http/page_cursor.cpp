#include "adapters/http/page_cursor.hpp"

#include "core/domain/base/text.hpp"

#include <algorithm>

namespace mb::http {
namespace {

constexpr std::size_t mac_bytes = 16;

std::string mac_of(ports::digester const& digests, std::string_view query, std::string_view last)
{
    std::string bound(last);
    bound += query;
    auto const mac = digests.mac("page cursor", bound);
    return {mac.begin(), mac.begin() + mac_bytes};
}

}  // namespace

std::string write_page_cursor(ports::digester const& digests, std::string_view query, uuid_bytes const& last)
{
    std::string bytes(last.begin(), last.end());
    bytes += mac_of(digests, query, bytes);
    return base64url(bytes);
}

std::optional<uuid_bytes> read_page_cursor(ports::digester const& digests, std::string_view query, std::string_view cursor)
{
    uuid_bytes last{};
    if (cursor.size() > 64) return std::nullopt;
    auto const bytes = parse_base64url(cursor);
    if (!bytes || bytes->size() != last.size() + mac_bytes) return std::nullopt;
    auto const id = std::string_view{*bytes}.substr(0, last.size());
    if (!same_bytes(mac_of(digests, query, id), std::string_view{*bytes}.substr(last.size()))) return std::nullopt;
    std::ranges::copy(id, last.begin());
    return last;
}

}  // namespace mb::http
