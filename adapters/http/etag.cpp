#include "adapters/http/etag.hpp"

#include <charconv>

namespace mb::http {
namespace {

std::string etag_of(etag_kind kind, std::int64_t number)
{
    std::string tag = "\"";
    tag += static_cast<char>(kind);
    tag += std::to_string(number);
    tag += '"';
    return tag;
}

}  // namespace

std::string etag_of_version(std::int64_t version) { return etag_of(etag_kind::version, version); }
std::string etag_of_revision(std::int64_t revision) { return etag_of(etag_kind::revision, revision); }

std::variant<std::optional<std::int64_t>, problem> if_match(exchange const& asked, etag_kind kind)
{
    auto tag = asked.asked().head.field("if-match");
    if (tag.empty() || tag == "*") return std::optional<std::int64_t>{};
    if (tag.starts_with("W/")) return problem::precondition_failed;  // a weak tag never matches here (RFC 9110 section 13.1.1)
    if (tag.size() < 2 || tag.front() != '"' || tag.back() != '"' || tag.substr(1, tag.size() - 2).find('"') != std::string_view::npos)
        return problem::invalid_parameter;
    tag = tag.substr(1, tag.size() - 2);
    if (tag.empty() || tag.front() != static_cast<char>(kind)) return problem::precondition_failed;
    tag.remove_prefix(1);
    std::int64_t number = 0;
    auto const [end, failure] = std::from_chars(tag.data(), tag.data() + tag.size(), number);
    if (failure != std::errc{} || end != tag.data() + tag.size() || number < 1) return problem::precondition_failed;
    return std::optional{number};
}

bool if_none_match(exchange const& asked, std::string_view etag)
{
    auto listed = asked.asked().head.field("if-none-match");
    if (listed == "*") return true;
    while (!listed.empty()) {
        auto const end = listed.find(',');
        auto tag = listed.substr(0, end);
        listed = end == std::string_view::npos ? std::string_view{} : listed.substr(end + 1);
        while (!tag.empty() && tag.front() == ' ') tag.remove_prefix(1);
        while (!tag.empty() && tag.back() == ' ') tag.remove_suffix(1);
        if (tag.starts_with("W/")) tag.remove_prefix(2);
        if (tag == etag) return true;
    }
    return false;
}

}  // namespace mb::http
