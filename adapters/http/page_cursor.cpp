#include "adapters/http/page_cursor.hpp"

#include "core/domain/entities/cursor.hpp"

#include <algorithm>
#include <charconv>

namespace mb::http {
namespace {

auto mac_of(ports::digester const& digests)
{
    return [&digests](std::string_view bytes) { return digests.mac("page cursor", bytes); };
}

}  // namespace

std::string write_page_cursor(ports::digester const& digests, std::string_view query, uuid_bytes const& last)
{
    // sixteen bytes and their MAC are always short enough for a cursor
    return entities::seal_cursor({reinterpret_cast<char const*>(last.data()), last.size()}, query, mac_of(digests)).value();
}

std::optional<uuid_bytes> read_page_cursor(ports::digester const& digests, std::string_view query, std::string_view cursor)
{
    auto const payload = entities::open_cursor(cursor, query, mac_of(digests));
    uuid_bytes last{};
    if (!payload || payload->size() != last.size()) return std::nullopt;
    std::ranges::copy(*payload, last.begin());
    return last;
}

std::string write_place_cursor(ports::digester const& digests, std::string_view query, audit::position last)
{
    auto payload = std::to_string(to_micros(last.at)) + ' ';
    payload.append(reinterpret_cast<char const*>(last.id.bytes.data()), last.id.bytes.size());
    return entities::seal_cursor(payload, query, mac_of(digests)).value();
}

std::optional<audit::position> read_place_cursor(ports::digester const& digests, std::string_view query, std::string_view cursor)
{
    auto const payload = entities::open_cursor(cursor, query, mac_of(digests));
    if (!payload) return std::nullopt;
    audit::position last;
    std::int64_t micros = 0;
    auto const [end, failure] = std::from_chars(payload->data(), payload->data() + payload->size(), micros);
    auto const rest = std::string_view{*payload}.substr(static_cast<std::size_t>(end - payload->data()));
    if (failure != std::errc{} || rest.size() != 1 + last.id.bytes.size()) return std::nullopt;
    last.at = from_micros(micros);
    std::ranges::copy(rest.substr(1), last.id.bytes.begin());
    return last;
}

}  // namespace mb::http
