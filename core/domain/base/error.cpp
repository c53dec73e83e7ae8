#include "core/domain/base/error.hpp"

namespace mb {

char const* name_of(errc code) noexcept
{
    switch (code) {
        case errc::conflict: return "conflict";
        case errc::duplicate: return "duplicate";
        case errc::unavailable: return "unavailable";
        case errc::outcome_unknown: return "outcome_unknown";
        case errc::busy: return "busy";
        case errc::corrupt: return "corrupt";
        case errc::unexpected: return "unexpected";
    }
    return "unexpected";
}

}  // namespace mb
