#include "tests/contract/stores.hpp"

#include "adapters/memory/memory_store.hpp"

#include <array>

namespace mb::contract {
namespace {

class in_memory final : public place {
public:
    std::unique_ptr<ports::store> make() override { return std::make_unique<memory::memory_store>(); }
};

template <class Place>
std::unique_ptr<place> open()
{
    return std::make_unique<Place>();
}

constexpr auto kinds = std::to_array<store_kind>({
    {"memory", open<in_memory>},
});

}  // namespace

std::span<store_kind const> store_kinds() { return kinds; }

}  // namespace mb::contract
