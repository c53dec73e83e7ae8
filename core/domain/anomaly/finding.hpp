#pragma once

#include "core/domain/audit/event.hpp"
#include "core/domain/base/instant.hpp"
#include "core/domain/identity/user.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mb::anomaly {

/// What is looked for (seed 004 phase 7).
enum class kind : std::uint8_t {
    credential_stuffing,  ///< logins fail from many addresses
    brute_force,          ///< logins of one account fail many times, or of one name that nobody has
    unusual_session       ///< one session is used from many addresses
};
inline constexpr auto kinds = std::to_array({kind::credential_stuffing, kind::brute_force, kind::unusual_session});

/// The event that says so in the audit log; its name is the anomaly's type, its severity the anomaly's.
audit::event_type event_of(kind what) noexcept;
std::string_view name_of(kind what) noexcept;  ///< ANOMALIA_…
std::optional<kind> kind_named(std::string_view name) noexcept;

/// More than `most` within any stretch of `window` is an anomaly. What happened has left the window AT its end.
struct window_rule {
    std::size_t most;
    std::chrono::seconds window;
};

struct policy {
    window_rule stuffing{10, std::chrono::minutes{5}};      ///< addresses from which logins failed
    window_rule brute_force{5, std::chrono::minutes{10}};   ///< failed logins of one identity
    window_rule unusual_session{2, std::chrono::hours{1}};  ///< addresses at which one session was refreshed or begun
    window_rule bound_session{1, std::chrono::hours{1}};    ///< those of a classic session, which is bound to its address
};

/// The numbers behind an anomaly.
struct figures {
    std::int64_t counted = 0;
    std::int64_t most = 0;
    std::chrono::seconds window{};
    friend bool operator==(figures const&, figures const&) = default;
};

/// One anomaly: one row for each subject and window, however long it goes on.
struct finding {
    audit::log_id id;  ///< that of the event that was written with it
    kind what = kind::credential_stuffing;
    audit::severity level = audit::severity::high;
    /// What was counted under: a keyed digest of who was tried, the id of a session, "" for everybody. "" also once it may no longer be known.
    std::string subject;
    std::optional<identity::user_id> user;  ///< whom it is about, where that is one account
    instant from{};                         ///< where the window began that was too full
    instant until{};                        ///< what goes on before this is the same anomaly
    figures numbers;
    instant at{};
    std::optional<instant> reviewed_at{};
    std::optional<identity::user_id> reviewed_by{};
};

/// What was last said of one subject.
struct report {
    std::size_t counted = 0;
    instant until{};
    friend bool operator==(report const&, report const&) = default;
};

/// Whether a count is to be said: when it is more than the rule has, once for as long as a window, and within that each time it has doubled. So a
/// long attack costs one row for each window and a few changes of it.
/// @param last  what was said of the subject before; it holds until, not AT, its end.
std::optional<report> decide_report(std::size_t counted, window_rule const& rule, std::optional<report> const& last, instant now) noexcept;

/// What is found where a report was due. `id` and `at` are those of the event; the subject is the caller's to add.
finding found_by(kind what, window_rule const& rule, report const& due, audit::log_id id, instant at);

}  // namespace mb::anomaly
