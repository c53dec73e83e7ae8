#include "core/domain/entities/cursor.hpp"

#include "core/domain/base/text.hpp"
#include "core/domain/entities/record_input.hpp"
#include "tests/fakes/plain_cryptography.hpp"
#include "tests/unit/entities/sample.hpp"

#include <catch2/catch.hpp>

using namespace mb;
using namespace mb::entities;
using namespace mb::entities::sample;

namespace {

constexpr auto mac = [](std::string_view bytes) { return fakes::plain_digester().mac("cursor", bytes); };

record ana()
{
    record made;
    made.id.bytes = {1, 2, 3};
    made.created_by = identity::user_id{{9}};
    made.created_at = from_micros(1'000'000);
    made.version = 3;
    made.cells.resize(people().fields.size());
    made.cells[0] = std::string("Ana");
    made.cells[1] = std::int64_t{30};
    made.cells[2] = 1.5;
    made.cells[4] = true;
    return made;
}

record_query sorted_by(std::vector<column> const& columns)
{
    record_query query;
    for (auto const& each : columns) query.order.push_back({each, direction::ascending});
    return query;
}

record_query usual() { return sorted_by({field_index{0}, field_index{1}, field_index{2}, field_index{4}, field_index{5}, system_column::id}); }

bool opens(std::string_view token, record_query const& query) { return decode_cursor(token, people(), query, mac).has_value(); }

}  // namespace

TEST_CASE("a cursor gives back where its page ended", "[entities]")
{
    auto const query = usual();
    auto const token = encode_cursor(people(), query, ana(), mac);
    auto const position = decode_cursor(token, people(), query, mac);
    REQUIRE(position.has_value());
    CHECK(position->last == ana().id);
    REQUIRE(position->keys.has_value());
    CHECK(*position->keys == std::vector<cell>{std::string("Ana"), std::int64_t{30}, 1.5, true, cell{}, ana().id.bytes});
}

TEST_CASE("without sort keys a cursor is the record's identity", "[entities]")
{
    auto const position = decode_cursor(encode_cursor(people(), {}, ana(), mac), people(), {}, mac);
    REQUIRE(position.has_value());
    CHECK(position->keys == std::vector<cell>{});
}

TEST_CASE("a cursor of which any byte was changed does not open", "[entities]")
{
    auto const query = usual();
    auto const token = encode_cursor(people(), query, ana(), mac);
    auto const bytes = *parse_base64url(token);
    for (std::size_t i = 0; i < bytes.size(); ++i)
        for (int const flip : {1, 0x80}) {
            auto changed = bytes;
            changed[i] = static_cast<char>(changed[i] ^ flip);
            CHECK_FALSE(opens(base64url(changed), query));
        }
    for (std::size_t length = 0; length < token.size(); ++length) CHECK_FALSE(opens(std::string_view(token).substr(0, length), query));
    CHECK_FALSE(opens(token + "A", query));
    CHECK_FALSE(opens(token + "=", query));
    CHECK_FALSE(opens("%%%", query));
    CHECK(opens(token, query));
}

TEST_CASE("a cursor opens with its own key only", "[entities]")
{
    auto const token = encode_cursor(people(), {}, ana(), mac);
    auto const other = [](std::string_view bytes) { return fakes::plain_digester("other").mac("cursor", bytes); };
    CHECK_FALSE(decode_cursor(token, people(), {}, other).has_value());
}

TEST_CASE("a cursor belongs to its entity, sort and filter, and to no page size", "[entities]")
{
    auto query = usual();
    query.where.push_back({field_index{1}, comparison_op::gt, {cell{std::int64_t{5}}}});
    auto const token = encode_cursor(people(), query, ana(), mac);

    auto same = query;
    same.limit = 7;
    CHECK(opens(token, same));

    auto other_entity = people();
    other_entity.id.bytes[0] ^= 1;
    CHECK_FALSE(decode_cursor(token, other_entity, query, mac).has_value());

    auto other = query;
    other.order[0].way = direction::descending;
    CHECK_FALSE(opens(token, other));
    other = query;
    other.order.pop_back();
    CHECK_FALSE(opens(token, other));
    other = query;
    std::swap(other.order[0], other.order[1]);
    CHECK_FALSE(opens(token, other));
    other = query;
    other.where[0].operands[0] = std::int64_t{6};
    CHECK_FALSE(opens(token, other));
    other = query;
    other.where[0].op = comparison_op::gte;
    CHECK_FALSE(opens(token, other));
    other = query;
    other.where.clear();
    CHECK_FALSE(opens(token, other));
}

TEST_CASE("a cursor outlives a change of the definition as long as its sort fields keep their type", "[entities]")
{
    auto const query = usual();
    auto const token = encode_cursor(people(), query, ana(), mac);
    auto changed = people();
    changed.revision = 9;
    changed.fields[1].name = identifier::restore("years");
    changed.fields.push_back(field({{"name", "more"}, {"type", "TEXT"}}, 50));
    CHECK(decode_cursor(token, changed, query, mac).has_value());
    changed.fields[1].type = shape::kind::number;
    CHECK_FALSE(decode_cursor(token, changed, query, mac).has_value());
}

TEST_CASE("no cursor is longer than 512, and a key that would make it so stays in its record", "[entities]")
{
    auto const query = sorted_by({field_index{0}});
    auto record = ana();
    std::optional<std::size_t> first_by_record;
    for (std::size_t length = 0; length < 400; ++length) {
        record.cells[0] = std::string(length, 'x');
        auto const token = encode_cursor(people(), query, record, mac);
        CHECK(token.size() <= cursor_bytes_max);
        auto const position = decode_cursor(token, people(), query, mac);
        REQUIRE(position.has_value());
        CHECK(position->last == record.id);
        if (position->keys) {
            REQUIRE_FALSE(first_by_record.has_value());
            CHECK(position->keys->front() == record.cells[0]);
        } else if (!first_by_record) {
            first_by_record = length;
        }
    }
    // 384 bytes: 2 of head, 16 of identity, 9 before the text, 16 of MAC
    CHECK(first_by_record == 342);
}

TEST_CASE("junk that carries a valid MAC is refused all the same", "[entities]")
{
    constexpr auto careless = [](std::string_view) { return std::array<std::uint8_t, 32>{}; };
    auto const query = usual();
    auto const good = *parse_base64url(encode_cursor(people(), query, ana(), careless));
    auto const payload = good.substr(0, good.size() - 16);
    auto const opens_with = [&](std::string const& bytes) {
        return decode_cursor(base64url(bytes + std::string(16, '\0')), people(), query, careless).has_value();
    };
    CHECK(opens_with(payload));
    for (std::size_t length = 0; length < payload.size(); ++length) CHECK_FALSE(opens_with(payload.substr(0, length)));
    CHECK_FALSE(opens_with(payload + "x"));
    auto wrong_version = payload;
    wrong_version[0] = 2;
    CHECK_FALSE(opens_with(wrong_version));
    auto wrong_form = payload;
    wrong_form[1] = 2;
    CHECK_FALSE(opens_with(wrong_form));
    auto wrong_tag = payload;
    wrong_tag[18] = 2;
    CHECK_FALSE(opens_with(wrong_tag));
}
