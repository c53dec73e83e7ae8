#include "adapters/posix/descriptor.hpp"

#include <unistd.h>

namespace mb::posix {

descriptor& descriptor::operator=(descriptor&& other) noexcept
{
    if (this != &other) {
        close();
        number_ = std::exchange(other.number_, -1);
    }
    return *this;
}

void descriptor::close() noexcept
{
    if (number_ >= 0) ::close(std::exchange(number_, -1));
}

}  // namespace mb::posix
