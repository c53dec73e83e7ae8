#pragma once

#include "core/domain/entities/compiled_entity.hpp"
#include "core/domain/entities/definition_input.hpp"
#include "core/domain/shape/value.hpp"
#include "tests/fakes/literal_patterns.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace mb::entities::sample {

inline constexpr auto compile_source = [](std::string_view source) { return fakes::literal_patterns().compile(source); };

inline std::variant<field_definition, violations> read_field(shape::object members, field_definition const* before = nullptr)
{
    return accept_field(shape::value{std::move(members)}, before, compile_source, entity_limits{});
}

/// A field that is known to be accepted.
inline field_definition field(shape::object members, std::int64_t number)
{
    auto accepted = read_field(std::move(members));
    REQUIRE(std::holds_alternative<field_definition>(accepted));
    auto made = std::get<field_definition>(std::move(accepted));
    made.number = number;
    made.id.bytes[15] = static_cast<std::uint8_t>(number);
    number_options(made, number);
    return made;
}

/// One field of each type, none required but the first.
inline entity_definition people()
{
    entity_definition made;
    made.id.bytes[0] = 7;
    made.number = 1;
    made.name = identifier::restore("people");
    made.display_name = "People";
    auto const options = shape::list{shape::value{"red"}, shape::value{shape::object{{"value", "blue"}, {"label", "Blue!"}}}};
    made.fields = {
        field({{"name", "title"}, {"type", "TEXT"}, {"is_required", true}, {"max_length", 20}}, 2),
        field({{"name", "age"}, {"type", "INTEGER"}, {"min", 0}, {"max", 150}}, 3),
        field({{"name", "ratio"}, {"type", "NUMBER"}}, 4),
        field({{"name", "price"}, {"type", "DECIMAL"}, {"precision", 6}, {"scale", 2}, {"default", "1.50"}}, 5),
        field({{"name", "active"}, {"type", "BOOLEAN"}}, 6),
        field({{"name", "born"}, {"type", "DATE"}}, 7),
        field({{"name", "seen"}, {"type", "DATETIME"}}, 8),
        field({{"name", "colour"}, {"type", "ENUM"}, {"options", options}, {"default", "blue"}}, 9),
        field({{"name", "ref"}, {"type", "UUID"}}, 10),
        field({{"name", "mail"}, {"type", "EMAIL"}}, 11),
        field({{"name", "site"}, {"type", "URL"}}, 12),
    };
    return made;
}

inline std::shared_ptr<compiled_entity const> compiled_people() { return compile(people(), compile_source); }

}  // namespace mb::entities::sample
