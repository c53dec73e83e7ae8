#include "adapters/json/reader.hpp"
#include "adapters/json/writer.hpp"
#include "core/domain/base/assert.hpp"

#include <cstddef>
#include <cstdint>

/// The reader survives every text, and what it accepts means the same after it was written and read again.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* bytes, std::size_t size)
{
    using namespace mb;
    std::string_view const text(reinterpret_cast<char const*>(bytes), size);
    auto const first = json::read(text);
    if (auto const* fault = std::get_if<json::fault>(&first)) {
        MB_ASSERT(fault->offset <= size);
        return 0;
    }
    auto const written = json::write(std::get<shape::value>(first));
    auto const second = json::read(written);
    MB_ASSERT(std::holds_alternative<shape::value>(second));
    MB_ASSERT(std::get<shape::value>(second) == std::get<shape::value>(first));
    MB_ASSERT(json::write(std::get<shape::value>(second)) == written);
    return 0;
}
