#include "core/domain/shape/value.hpp"

namespace mb::shape {

value const* value::find(std::string_view name) const noexcept
{
    auto const* members = as<object>();
    if (members == nullptr) return nullptr;
    for (auto const& each : *members)
        if (each.name == name) return &each.content;
    return nullptr;
}

bool operator==(value const& left, value const& right) { return left.content_ == right.content_; }

}  // namespace mb::shape
