#include "adapters/sql/stored_scalar.hpp"

#include <array>
#include <charconv>

namespace mb::sql {
namespace {

template <class Number>
std::string number_text(char mark, Number value)
{
    std::array<char, 40> digits{};
    auto const end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    return mark + std::string(digits.data(), end);
}

template <class Number>
std::optional<shape::scalar> read_number(std::string_view text)
{
    Number value{};
    auto const [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (fault != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return shape::scalar{value};
}

struct writing {
    std::string operator()(nothing) const { return "z"; }
    std::string operator()(bool truth) const { return truth ? "b1" : "b0"; }
    std::string operator()(std::int64_t integer) const { return number_text('i', integer); }
    std::string operator()(double real) const { return number_text('r', real); }
    std::string operator()(std::string const& text) const { return 's' + text; }
    std::string operator()(uuid_bytes const& bytes) const { return 'u' + format_uuid(bytes); }
};

}  // namespace

std::string write_scalar(shape::scalar const& cell) { return std::visit(writing{}, cell); }

std::optional<shape::scalar> read_scalar(std::string_view text)
{
    if (text.empty()) return std::nullopt;
    auto const rest = text.substr(1);
    switch (text.front()) {
        case 'z': return shape::scalar{};
        case 'b': return shape::scalar{rest == "1"};
        case 'i': return read_number<std::int64_t>(rest);
        case 'r': return read_number<double>(rest);
        case 's': return shape::scalar{std::string(rest)};
        case 'u':
            if (auto const bytes = parse_uuid(rest)) return shape::scalar{*bytes};
            return std::nullopt;
        default: return std::nullopt;
    }
}

}  // namespace mb::sql
