#include "adapters/http/page_cursor.hpp"

#include "core/domain/entities/cursor.hpp"

#include <algorithm>

namespace mb::http {

std::string write_page_cursor(ports::digester const& digests, std::string_view query, uuid_bytes const& last)
{
    auto const mac = [&](std::string_view bytes) { return digests.mac("page cursor", bytes); };
    // sixteen bytes and their MAC are always short enough for a cursor
    return entities::seal_cursor({reinterpret_cast<char const*>(last.data()), last.size()}, query, mac).value();
}

std::optional<uuid_bytes> read_page_cursor(ports::digester const& digests, std::string_view query, std::string_view cursor)
{
    auto const payload = entities::open_cursor(cursor, query, [&](std::string_view bytes) { return digests.mac("page cursor", bytes); });
    uuid_bytes last{};
    if (!payload || payload->size() != last.size()) return std::nullopt;
    std::ranges::copy(*payload, last.begin());
    return last;
}

}  // namespace mb::http
