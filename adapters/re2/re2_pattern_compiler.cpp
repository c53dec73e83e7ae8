#include "adapters/re2/re2_pattern_compiler.hpp"

#include <re2/re2.h>

namespace mb::re2 {
namespace {

::RE2::Options quiet_options()
{
    ::RE2::Options options;
    options.set_log_errors(false);  // a user's pattern is no news for standard error
    options.set_max_mem(re2_pattern_compiler::memory_bytes_max);
    return options;
}

class compiled_pattern final : public shape::pattern {
public:
    explicit compiled_pattern(std::string_view source) : expression_({source.data(), source.size()}, quiet_options()) {}

    bool ok() const noexcept { return expression_.ok(); }
    bool found_in(std::string_view text) const noexcept override
    {
        return expression_.Match({text.data(), text.size()}, 0, text.size(), ::RE2::UNANCHORED, nullptr, 0);
    }

private:
    ::RE2 expression_;
};

}  // namespace

std::shared_ptr<shape::pattern const> re2_pattern_compiler::compile(std::string_view source) const
{
    if (source.size() > source_bytes_max) return nullptr;
    auto compiled = std::make_shared<compiled_pattern>(source);
    return compiled->ok() ? compiled : nullptr;
}

}  // namespace mb::re2
