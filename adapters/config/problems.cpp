#include "adapters/config/problems.hpp"

namespace mb::config {

void problems::add(std::string_view name, words const& what)
{
    std::string message = tongue_ == notify::language::es ? "❌ Error de configuración: " : "❌ Configuration error: ";
    message.append(name).append(" ").append(what.in(tongue_));
    messages_.push_back(std::move(message));
}

}  // namespace mb::config
