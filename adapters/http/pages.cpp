#include "adapters/http/pages.hpp"

#include "adapters/http/embedded_pages.hpp"

namespace mb::http {
namespace {

std::string_view source_of(page what, language tongue) noexcept
{
    bool const english = tongue == language::en;
    switch (what) {
        case page::index: return english ? embedded::index_en_html : embedded::index_es_html;
        case page::api_docs: return english ? embedded::api_docs_en_html : embedded::api_docs_es_html;
        case page::verify: return english ? embedded::verify_en_html : embedded::verify_es_html;
        case page::reset: return english ? embedded::reset_en_html : embedded::reset_es_html;
        case page::magic: return english ? embedded::magic_en_html : embedded::magic_es_html;
        case page::second_step: return english ? embedded::second_step_en_html : embedded::second_step_es_html;
        case page::notice: return embedded::notice_html;
    }
    return {};
}

}  // namespace

std::string draw(page what, language tongue, std::initializer_list<std::pair<std::string_view, std::string_view>> values)
{
    auto const source = source_of(what, tongue);
    std::string drawn;
    drawn.reserve(source.size() + 256);
    for (std::size_t at = 0; at < source.size();) {
        auto const open = source.find('@', at);
        auto const close = open == std::string_view::npos ? open : source.find('@', open + 1);
        if (close == std::string_view::npos) {
            drawn += source.substr(at);
            break;
        }
        auto const name = source.substr(open + 1, close - open - 1);
        std::string_view const* value = nullptr;
        for (auto const& [known, content] : values)
            if (known == name) value = &content;
        drawn += source.substr(at, open - at);
        if (value != nullptr) {
            drawn += escape_html(*value);
            at = close + 1;
        } else {
            drawn += '@';  // an @ of the text itself, as in a mail address
            at = open + 1;
        }
    }
    return drawn;
}

std::string_view stylesheet() noexcept { return embedded::pages_css; }
std::string_view api_docs_script() noexcept { return embedded::api_docs_js; }
std::string_view link_form_script() noexcept { return embedded::link_form_js; }

std::string escape_html(std::string_view text)
{
    std::string escaped;
    escaped.reserve(text.size());
    for (char const c : text) {
        switch (c) {
            case '&': escaped += "&amp;"; break;
            case '<': escaped += "&lt;"; break;
            case '>': escaped += "&gt;"; break;
            case '"': escaped += "&quot;"; break;
            case '\'': escaped += "&#39;"; break;
            default: escaped += c;
        }
    }
    return escaped;
}

}  // namespace mb::http
