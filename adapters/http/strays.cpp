#include "adapters/http/strays.hpp"

#include "core/domain/audit/suspicion.hpp"
#include "core/usecases/operations/stray_requests.hpp"

#include <algorithm>

namespace mb::http {

void note_refusal(use_cases const& cases, request_head const& head, std::string_view body, bool path_unknown)
{
    bool const suspicious = audit::looks_like_injection(head.query) || audit::looks_like_injection(body)
                            || std::ranges::any_of(head.segments, [](auto const& each) { return audit::looks_like_injection(each); });
    if (!path_unknown && !suspicious) return;
    auto const from = cases.hash_address(head.peer.bytes);
    if (path_unknown) cases.strays.note(usecases::stray_kind::path_unknown, from);
    if (suspicious) cases.strays.note(usecases::stray_kind::injection, from);
}

}  // namespace mb::http
