#include "core/domain/entities/cursor.hpp"

#include "core/domain/base/assert.hpp"
#include "core/domain/base/text.hpp"

#include <cstddef>
#include <cstdint>

namespace {

using namespace mb;
using namespace mb::entities;

entity_definition one_field_of_each_kind()
{
    entity_definition made;
    for (auto type = shape::kind::text; type < shape::kind::list; type = static_cast<shape::kind>(static_cast<int>(type) + 1)) {
        field_definition field;
        field.type = type;
        field.id.bytes[0] = static_cast<std::uint8_t>(type);
        made.fields.push_back(field);
    }
    return made;
}

/// Four keys; which, the first byte of the input says.
record_query query_of(entity_definition const& entity, std::uint8_t seed)
{
    record_query query;
    for (std::size_t i = 0; i < 4; ++i) {
        auto const at = (seed + i * (1 + seed / 64)) % entity.fields.size();
        query.order.push_back({field_index{at}, i % 2 == 0 ? direction::ascending : direction::descending});
    }
    return query;
}

record record_of(entity_definition const& entity, record_query const& query, cursor_position const& position)
{
    record made;
    made.id = position.last;
    made.cells.resize(entity.fields.size());
    for (std::size_t i = 0; i < query.order.size(); ++i) made.cells[std::get<field_index>(query.order[i].by).at] = (*position.keys)[i];
    return made;
}

bool repeats_a_column(record_query const& query)
{
    for (std::size_t i = 0; i < query.order.size(); ++i)
        for (std::size_t j = 0; j < i; ++j)
            if (query.order[i].by == query.order[j].by) return true;
    return false;
}

}  // namespace

/// Opens text as it comes, and as a payload that carries a valid MAC; what opens can be sealed and opens again.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* bytes, std::size_t size)
{
    if (size == 0) return 0;
    static auto const entity = one_field_of_each_kind();
    auto const query = query_of(entity, bytes[0]);
    std::string_view const input(reinterpret_cast<char const*>(bytes) + 1, size - 1);

    constexpr auto strict = [](std::string_view covered) {
        std::array<std::uint8_t, 32> mac{};
        for (std::size_t i = 0; i < covered.size(); ++i)
            mac[i % 32] = static_cast<std::uint8_t>(mac[i % 32] * 31 + static_cast<std::uint8_t>(covered[i]) + 1);
        return mac;
    };
    (void)decode_cursor(input, entity, query, strict);

    constexpr auto careless = [](std::string_view) { return std::array<std::uint8_t, 32>{}; };
    auto const token = base64url(std::string(input) + std::string(16, '\0'));
    auto const position = decode_cursor(token, entity, query, careless);
    if (!position || !position->keys || repeats_a_column(query)) return 0;
    // a truth value has many spellings and is sealed as one: compare what was read, not the text
    auto const again = decode_cursor(encode_cursor(entity, query, record_of(entity, query, *position), careless), entity, query, careless);
    MB_ASSERT(again.has_value());
    MB_ASSERT(again->last == position->last);
    MB_ASSERT(again->keys.has_value());
    return 0;
}
