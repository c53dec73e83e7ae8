#pragma once

#include "core/domain/anomaly/finding.hpp"
#include "core/domain/audit/event.hpp"
#include "core/domain/base/outcome.hpp"
#include "core/domain/base/problem.hpp"
#include "core/domain/tokens/family.hpp"
#include "ports/randomness.hpp"
#include "ports/rolling_counters.hpp"
#include "ports/store.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mb::usecases {

/// A login that was refused, as LOGIN_FALLIDO says it.
struct failed_login {
    std::optional<identity::user_id> user;  ///< whose account was tried, where there is one
    std::string_view identity;              ///< what its failures are counted under (lockout_identity), known or not
    audit::log_id attempt;
    problem why;
};

/// Counts what requests show of attacks, after they have their answer, and keeps what the rules find in it until it is written. The usual request
/// costs a count and no statement; nothing here fails a request. Callable from any thread.
class anomaly_watch final {
public:
    static constexpr std::size_t findings_max = 1'000;   ///< that wait to be written; more are counted as lost
    static constexpr std::size_t subjects_max = 10'000;  ///< of which is known what was said; past it the database tells

    /// @param counters, random  outlive this
    anomaly_watch(ports::rolling_counters& counters, ports::randomness const& random, anomaly::policy const& rules = {})
        : counters_(counters),
          random_(random),
          rules_(rules)
    {
    }

    anomaly::policy const& rules() const noexcept { return rules_; }

    void login_failed(failed_login const& what, audit::origin const& from, instant now);
    /// A refresh token of the session was spent, from where `from` says.
    void session_used(tokens::family const& session, audit::origin const& from, instant now);
    /// What somebody else found, and has written.
    void note_written(anomaly::finding const& row);

    /// Writes what was found, each row with its event, in one transaction; keeps it for the next time where that fails.
    /// @return the rows that are new since the last call, to be told. @error as store::transact
    outcome<std::vector<anomaly::finding>> flush(ports::store& store);

    struct counts {
        std::array<std::uint64_t, anomaly::kinds.size()> written{};  ///< rows, by kind
        std::uint64_t lost = 0;
    };
    counts counted() const;

private:
    struct found {
        anomaly::finding row;
        audit::event event;
    };
    using subject = std::pair<anomaly::kind, std::string>;
    struct sight {
        anomaly::kind what;
        anomaly::window_rule const& rule;
        std::string_view subject;
        std::optional<identity::user_id> user;
        std::optional<problem> refused;
    };

    void judge(std::size_t counted, sight const& of, audit::origin const& from, instant now);
    void tell(anomaly::finding const& row);

    ports::rolling_counters& counters_;
    ports::randomness const& random_;
    anomaly::policy const rules_;
    mutable std::mutex mutex_;
    std::map<subject, anomaly::report> said_;
    std::map<subject, found> waiting_;
    std::vector<anomaly::finding> fresh_;  ///< written, and not told yet
    counts counts_;
};

}  // namespace mb::usecases
