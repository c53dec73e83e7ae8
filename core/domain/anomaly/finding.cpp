#include "core/domain/anomaly/finding.hpp"

#include <algorithm>

namespace mb::anomaly {

audit::event_type event_of(kind what) noexcept
{
    switch (what) {
        case kind::credential_stuffing: return audit::event_type::stuffing_detected;
        case kind::brute_force: return audit::event_type::brute_force_detected;
        case kind::unusual_session: return audit::event_type::session_unusual;
    }
    return audit::event_type::session_unusual;
}

std::string_view name_of(kind what) noexcept { return audit::entry_of(event_of(what)).name; }

std::optional<kind> kind_named(std::string_view name) noexcept
{
    auto const found = std::ranges::find(kinds, name, name_of);
    if (found == kinds.end()) return std::nullopt;
    return *found;
}

std::optional<report> decide_report(std::size_t counted, window_rule const& rule, std::optional<report> const& last, instant now) noexcept
{
    if (counted <= rule.most) return std::nullopt;
    if (!last || now >= last->until) return report{counted, now + rule.window};
    if (counted / 2 >= last->counted) return report{counted, last->until};
    return std::nullopt;
}

finding found_by(kind what, window_rule const& rule, report const& due, audit::log_id id, instant at)
{
    finding made;
    made.id = id;
    made.what = what;
    made.level = audit::entry_of(event_of(what)).level;
    made.from = at - rule.window;
    made.until = due.until;
    made.numbers = {static_cast<std::int64_t>(due.counted), static_cast<std::int64_t>(rule.most), rule.window};
    made.at = at;
    return made;
}

}  // namespace mb::anomaly
