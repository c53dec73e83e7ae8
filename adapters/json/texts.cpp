#include "adapters/json/texts.hpp"

#include "adapters/json/reader.hpp"
#include "adapters/json/writer.hpp"

namespace mb::json {

std::string write_texts(std::span<std::string const> items)
{
    std::string out;
    writer to(out);
    to.begin_list();
    for (auto const& each : items) to.text(each);
    to.end_list();
    return out;
}

std::optional<std::vector<std::string>> read_texts(std::string_view json)
{
    auto parsed = read(json);
    auto* const root = std::get_if<shape::value>(&parsed);
    auto* const items = root == nullptr ? nullptr : root->as<shape::list>();
    if (items == nullptr) return std::nullopt;
    std::vector<std::string> texts;
    texts.reserve(items->size());
    for (auto& each : *items) {
        auto* const text = each.as<std::string>();
        if (text == nullptr) return std::nullopt;
        texts.push_back(std::move(*text));
    }
    return texts;
}

std::string write_text_pairs(text_pairs const& members)
{
    std::string out;
    writer to(out);
    to.begin_object();
    for (auto const& [name, content] : members) to.member(name, content);
    to.end_object();
    return out;
}

std::optional<text_pairs> read_text_pairs(std::string_view json)
{
    auto parsed = read(json);
    auto* const root = std::get_if<shape::value>(&parsed);
    auto* const members = root == nullptr ? nullptr : root->as<shape::object>();
    if (members == nullptr) return std::nullopt;
    text_pairs pairs;
    pairs.reserve(members->size());
    for (auto& each : *members) {
        auto* const text = each.content.as<std::string>();
        if (text == nullptr) return std::nullopt;
        pairs.emplace_back(std::move(each.name), std::move(*text));
    }
    return pairs;
}

}  // namespace mb::json
