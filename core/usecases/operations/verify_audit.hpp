#pragma once

#include "core/domain/audit/seal.hpp"
#include "core/domain/base/outcome.hpp"
#include "ports/clock.hpp"
#include "ports/cryptography.hpp"
#include "ports/store.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace mb::usecases {

/// What somebody did to the log.
enum class tampering : std::uint8_t {
    row_changed,
    row_removed,
    row_reordered,  ///< says what it said, at another place
    row_inserted,   ///< no seal lists it, though it stands before what is sealed
    seal_missing,   ///< seals before this one are gone; or, with the number of the last one, those behind it
    seal_changed,
    seal_forged
};
std::string_view name_of(tampering what) noexcept;

struct tamper_finding {
    tampering what;
    std::int64_t seal = 0;  ///< 0: none lists it
    std::optional<audit::log_id> row{};
    std::optional<instant> sealed_time{};   ///< when it happened, as the seal says
    std::optional<instant> present_time{};  ///< as the log says now
};

/// A seal as somebody noted it outside of the database.
struct noted_seal {
    std::int64_t number = 0;
    identity::digest digest{};
};

struct audit_verdict {
    std::size_t seals = 0;
    std::size_t rows = 0;       ///< that are as they were sealed
    std::size_t forgotten = 0;  ///< of them: say no longer whom they are about
    std::size_t unsealed = 0;   ///< behind the last seal
    std::optional<instant> oldest_unsealed{};
    std::optional<noted_seal> last{};  ///< to be noted outside
    std::size_t findings_total = 0;
    std::vector<tamper_finding> findings{};  ///< the first of them
};

/// Compares the whole log with its seals. Reads in pages, each on a snapshot of its own: requests go on meanwhile.
class verify_audit final {
public:
    verify_audit(ports::store& store, ports::digester const& digests) : store_(store), digests_(digests) {}

    /// @param noted  must be in the chain, as it was noted: so that seals can't be cut off its end.
    /// @param findings_max  to list; all are counted.
    outcome<audit_verdict> operator()(std::optional<noted_seal> const& noted, std::size_t findings_max) const;

private:
    ports::store& store_;
    ports::digester const& digests_;
};

}  // namespace mb::usecases
