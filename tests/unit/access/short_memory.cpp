#include "tests/unit/access/short_memory.hpp"

#include <cstddef>
#include <cstdlib>
#include <new>
#include <utility>

namespace mb::testing {
namespace {

constexpr int nothing_fails = -1;

thread_local int allocations_left = nothing_fails;
thread_local bool is_counted = true;

bool is_short() noexcept
{
    if (!is_counted || allocations_left == nothing_fails) return false;
    return allocations_left-- == 0;
}

void* allocate(std::size_t size) noexcept { return is_short() ? nullptr : std::malloc(size == 0 ? 1 : size); }

void* allocate_or_throw(std::size_t size)
{
    void* const found = allocate(size);
    if (found == nullptr) throw std::bad_alloc{};
    return found;
}

}  // namespace

void short_memory::after(int allocations) noexcept { allocations_left = allocations; }
void short_memory::never() noexcept { allocations_left = nothing_fails; }

short_memory::counting::counting(bool counted) noexcept : before_(std::exchange(is_counted, counted)) {}
short_memory::counting::~counting() { is_counted = before_; }

}  // namespace mb::testing

// All of them that go together, so that no pair of new and delete is torn apart.
void* operator new(std::size_t size) { return mb::testing::allocate_or_throw(size); }
void* operator new[](std::size_t size) { return mb::testing::allocate_or_throw(size); }
void* operator new(std::size_t size, std::nothrow_t const&) noexcept { return mb::testing::allocate(size); }
void* operator new[](std::size_t size, std::nothrow_t const&) noexcept { return mb::testing::allocate(size); }
void operator delete(void* what) noexcept { std::free(what); }
void operator delete[](void* what) noexcept { std::free(what); }
void operator delete(void* what, std::size_t) noexcept { std::free(what); }
void operator delete[](void* what, std::size_t) noexcept { std::free(what); }
void operator delete(void* what, std::nothrow_t const&) noexcept { std::free(what); }
void operator delete[](void* what, std::nothrow_t const&) noexcept { std::free(what); }
