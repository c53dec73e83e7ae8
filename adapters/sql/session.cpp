#include "adapters/sql/session.hpp"

#include <type_traits>

namespace mb::sql {

parameter::parameter(shape::scalar const& cell) noexcept
{
    std::visit(
        [this](auto const& held) {
            if constexpr (!std::is_same_v<decltype(held), nothing const&>) *this = parameter(held);
        },
        cell);
}

}  // namespace mb::sql
