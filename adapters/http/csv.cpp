#include "adapters/http/csv.hpp"

namespace mb::http {

csv_writer& csv_writer::cell(std::string_view content)
{
    if (!first_) out_ += ',';
    first_ = false;
    bool const is_formula = !content.empty() && std::string_view{"=+-@\t\r"}.find(content.front()) != std::string_view::npos;
    if (!is_formula && content.find_first_of(",\"\r\n") == std::string_view::npos) {
        out_ += content;
        return *this;
    }
    out_ += '"';
    if (is_formula) out_ += '\'';
    for (char const c : content) {
        if (c == '"') out_ += '"';
        out_ += c;
    }
    out_ += '"';
    return *this;
}

void csv_writer::end_line()
{
    out_ += "\r\n";
    first_ = true;
}

}  // namespace mb::http
