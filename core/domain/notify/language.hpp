#pragma once

#include <cstdint>
#include <string_view>

namespace mb::notify {

enum class language : std::uint8_t { es, en };
std::string_view name_of(language tongue) noexcept;

}  // namespace mb::notify
