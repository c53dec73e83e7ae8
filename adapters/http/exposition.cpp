#include "adapters/http/exposition.hpp"

#include <charconv>
#include <utility>

namespace mb::http {
namespace {

void append_number(std::string& into, std::uint64_t value)
{
    char digits[20];
    into.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
}

/// Without an exponent: 0.0005 is how people write the bound that they look for.
void append_number(std::string& into, double value)
{
    char digits[400];
    into.append(digits, std::to_chars(digits, digits + sizeof digits, value, std::chars_format::fixed).ptr);
}

void append_value(std::string& into, std::string_view value)
{
    for (char const c : value) {
        if (c == '\n') {
            into += "\\n";
            continue;
        }
        if (c == '"' || c == '\\') into += '\\';
        into += c;
    }
}

}  // namespace

exposition& exposition::family(std::string_view name, std::string_view type, std::string_view help)
{
    name_ = name;
    into_.append("# HELP ").append(name).append(" ").append(help).append("\n# TYPE ").append(name).append(" ").append(type).append("\n");
    return *this;
}

void exposition::begin(std::string_view suffix, labels of, std::string_view bound)
{
    into_.append(name_).append(suffix);
    char next = '{';
    auto const write = [&](std::string_view name, std::string_view value) {
        into_ += std::exchange(next, ',');
        into_.append(name).append("=\"");
        append_value(into_, value);
        into_ += '"';
    };
    for (auto const& each : of) write(each.name, each.value);
    if (!bound.empty()) write("le", bound);
    into_ += next == '{' ? " " : "} ";
}

exposition& exposition::sample(labels of, std::uint64_t value)
{
    begin("", of, "");
    append_number(into_, value);
    into_ += '\n';
    return *this;
}

exposition& exposition::sample(labels of, double value)
{
    begin("", of, "");
    append_number(into_, value);
    into_ += '\n';
    return *this;
}

exposition& exposition::buckets(labels of, std::span<double const> bounds, std::span<std::uint64_t const> counts, double sum)
{
    std::uint64_t below = 0;
    for (std::size_t i = 0; i < counts.size(); ++i) {
        below += counts[i];
        std::string bound;
        if (i < bounds.size())
            append_number(bound, bounds[i]);
        else
            bound = "+Inf";
        begin("_bucket", of, bound);
        append_number(into_, below);
        into_ += '\n';
    }
    begin("_sum", of, "");
    append_number(into_, sum);
    into_ += '\n';
    begin("_count", of, "");
    append_number(into_, below);
    into_ += '\n';
    return *this;
}

}  // namespace mb::http
