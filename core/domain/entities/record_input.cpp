#include "core/domain/entities/record_input.hpp"

#include <utility>

namespace mb::entities {
namespace {

/// A member that the record has, but that isn't the client's to write, deserves a better answer than "unknown".
void name_reserved(violations& broken)
{
    for (auto& each : broken)
        if (each.code == violation_code::unknown_member && is_reserved_field_name(std::string_view(each.pointer).substr(1)))
            each.code = violation_code::reserved_name;
}

/// ENUM is judged as text and stored as the number of the option.
cell stored_form(field_definition const& field, shape::scalar content)
{
    if (field.type != shape::kind::enumeration) return content;
    auto const* value = std::get_if<std::string>(&content);
    auto const* option = value == nullptr ? nullptr : find_option(field, *value);
    return option == nullptr ? cell{} : cell{option->number};
}

}  // namespace

std::variant<std::vector<cell>, violations> accept_record(compiled_entity const& entity, shape::value const& body)
{
    violations broken;
    auto members = shape::accept(entity.rule, body, shape::presence::complete, broken);
    if (!broken.empty()) {
        name_reserved(broken);
        return broken;
    }
    std::vector<cell> cells;
    cells.reserve(members.size());
    for (std::size_t i = 0; i < members.size(); ++i) cells.push_back(stored_form(entity.definition.fields[i], std::move(members[i].content)));
    return cells;
}

std::variant<record_patch, violations> accept_patch(compiled_entity const& entity, shape::value const& body)
{
    violations broken;
    auto members = shape::accept(entity.rule, body, shape::presence::partial, broken);
    if (!broken.empty()) {
        name_reserved(broken);
        return broken;
    }
    record_patch patch;
    patch.cells.resize(members.size());
    for (std::size_t i = 0; i < members.size(); ++i)
        if (members[i].given != shape::accepted::state::absent)
            patch.cells[i] = stored_form(entity.definition.fields[i], std::move(members[i].content));
    return patch;
}

void apply_patch(record_patch const& patch, std::vector<cell>& cells)
{
    for (std::size_t i = 0; i < patch.cells.size() && i < cells.size(); ++i)
        if (patch.cells[i]) cells[i] = *patch.cells[i];
}

bool obeys(field_definition const& field, shape::field_rule const& rule, cell const& stored)
{
    violations broken;
    shape::accept(rule, present(field, stored), broken, "");
    return broken.empty();
}

}  // namespace mb::entities
