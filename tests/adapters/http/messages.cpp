#include "tests/adapters/http/messages.hpp"

#include "adapters/json/reader.hpp"
#include "adapters/json/writer.hpp"
#include "core/domain/base/ascii.hpp"
#include "core/domain/base/text.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <charconv>

namespace mb::http::testing {
namespace {

bool is_named(std::pair<std::string, std::string> const& field, std::string_view name) { return ascii_lower(field.first) == ascii_lower(name); }

shape::value const* find(shape::value const& in, std::string_view pointer)
{
    auto const* at = &in;
    while (at != nullptr && !pointer.empty()) {
        REQUIRE(pointer.front() == '/');
        auto const end = std::min(pointer.find('/', 1), pointer.size());
        auto const name = pointer.substr(1, end - 1);
        pointer.remove_prefix(end);
        if (auto const* items = at->as<shape::list>()) {
            std::size_t index = 0;
            auto const [rest, failure] = std::from_chars(name.data(), name.data() + name.size(), index);
            at = failure == std::errc{} && rest == name.data() + name.size() && index < items->size() ? &(*items)[index] : nullptr;
        } else {
            at = at->find(name);
        }
    }
    return at;
}

}  // namespace

std::string reply::field(std::string_view name) const
{
    auto const found = std::ranges::find_if(fields, [&](auto const& each) { return is_named(each, name); });
    return found == fields.end() ? "" : found->second;
}

std::size_t reply::count(std::string_view name) const
{
    return static_cast<std::size_t>(std::ranges::count_if(fields, [&](auto const& each) { return is_named(each, name); }));
}

std::optional<std::string> reply::cookie(std::string_view name) const
{
    for (auto const& each : fields) {
        if (!is_named(each, "Set-Cookie") || !each.second.starts_with(std::string(name) + '=')) continue;
        auto const value = each.second.substr(name.size() + 1);
        return value.substr(0, value.find(';'));
    }
    return std::nullopt;
}

shape::value reply::json() const
{
    auto read = json::read(body);
    if (auto* const tree = std::get_if<shape::value>(&read)) return std::move(*tree);
    FAIL("no JSON: " << status << ' ' << body);
    return {};
}

bool reply::has(std::string_view pointer) const
{
    auto const tree = json();
    return find(tree, pointer) != nullptr;
}

std::string reply::at(std::string_view pointer) const
{
    auto const tree = json();
    auto const* found = find(tree, pointer);
    if (found == nullptr) return "(none)";
    if (auto const* text = found->as<std::string>()) return *text;
    std::string written;
    json::writer(written).value(*found);
    return written;
}

std::size_t reply::size(std::string_view pointer) const
{
    auto const tree = json();
    auto const* found = find(tree, pointer);
    if (found == nullptr) return 0;
    if (auto const* items = found->as<shape::list>()) return items->size();
    auto const* members = found->as<shape::object>();
    return members == nullptr ? 0 : members->size();
}

field_list bearer(std::string_view token, field_list more)
{
    more.emplace_back("Authorization", "Bearer " + std::string(token));
    return more;
}

std::pair<std::string, std::string> cookies(std::vector<std::pair<std::string_view, std::string_view>> const& sent)
{
    std::string text;
    for (auto const& [name, value] : sent) text.append(text.empty() ? "" : "; ").append(name).append("=").append(value);
    return {"Cookie", text};
}

std::pair<std::string, std::string> from_origin(std::string_view origin) { return {"Origin", std::string(origin)}; }

std::string object_of(std::vector<std::pair<std::string_view, std::string_view>> const& members)
{
    std::string text;
    json::writer out(text);
    out.begin_object();
    for (auto const& [name, value] : members) out.member(name, value);
    out.end_object();
    return text;
}

}  // namespace mb::http::testing
