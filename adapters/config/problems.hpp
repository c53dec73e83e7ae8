#pragma once

#include "core/domain/notify/message.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mb::config {

/// One sentence in both languages.
struct words {
    std::string es;
    std::string en;

    std::string const& in(notify::language tongue) const noexcept { return tongue == notify::language::es ? es : en; }
};

/// Everything that is wrong, in one language. No message ever holds a value.
class problems {
public:
    explicit problems(notify::language tongue) noexcept : tongue_(tongue) {}

    /// "❌ Error de configuración: NAME debe …"
    void add(std::string_view name, words const& what);
    bool empty() const noexcept { return messages_.empty(); }
    notify::language tongue() const noexcept { return tongue_; }
    std::vector<std::string> take() && noexcept { return std::move(messages_); }

private:
    notify::language tongue_;
    std::vector<std::string> messages_;
};

}  // namespace mb::config
