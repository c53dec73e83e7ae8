#pragma once

#include "adapters/http/texts.hpp"

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace mb::http {

/// The pages that are built into the binary, one file each in adapters/http/pages.
enum class page : unsigned char { index, api_docs, verify, reset, magic, second_step, notice };

/// A page with its @NAMES@ replaced; every value is escaped for HTML.
std::string draw(page what, language tongue, std::initializer_list<std::pair<std::string_view, std::string_view>> values = {});

std::string_view stylesheet() noexcept;
std::string_view api_docs_script() noexcept;
std::string_view link_form_script() noexcept;

std::string escape_html(std::string_view text);

}  // namespace mb::http
