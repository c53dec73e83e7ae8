#include "tests/fakes/literal_patterns.hpp"

#include <regex>
#include <utility>

namespace mb::fakes {
namespace {

class regex_pattern final : public shape::pattern {
public:
    explicit regex_pattern(std::regex compiled) : compiled_(std::move(compiled)) {}
    bool found_in(std::string_view text) const noexcept override
    try {
        return std::regex_search(text.begin(), text.end(), compiled_);
    } catch (std::regex_error const&) {
        return false;  // too complex for the library
    }

private:
    std::regex compiled_;
};

}  // namespace

std::shared_ptr<shape::pattern const> literal_patterns::compile(std::string_view source) const
try {
    return std::make_shared<regex_pattern const>(std::regex(source.begin(), source.end()));
} catch (std::regex_error const&) {
    return nullptr;
}

}  // namespace mb::fakes
