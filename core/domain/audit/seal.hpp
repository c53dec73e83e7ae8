#pragma once

#include "core/domain/audit/position.hpp"
#include "core/domain/base/function_ref.hpp"
#include "core/domain/base/secret.hpp"
#include "core/domain/identity/email_token.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// What makes the audit log tamper-evident. Rows are sealed in batches behind the requests that write them: a seal lists its rows in their order,
/// with digests of what they say, names the seal before it, and is signed under a key that the database doesn't know.
namespace mb::audit {

/// HMAC under a key that is derived for `purpose` alone (ports::digester).
using mac_function = function_ref<identity::digest(std::string_view purpose, std::string_view bytes)>;
/// SHA-256.
using hash_function = function_ref<identity::digest(std::string_view bytes)>;

using row_digest = std::array<std::uint8_t, 16>;
using commitment = std::array<std::uint8_t, 8>;

/// What a seal remembers of a row.
struct sealed_row {
    position where;
    row_digest content{};  ///< of everything but its place and whom it is about
    /// Of whom it is about, who did it, and where from. They bind while the seal has its salt, and tell nothing once it is gone.
    std::array<commitment, 3> persons{};
    friend bool operator==(sealed_row const&, sealed_row const&) = default;
};

struct seal {
    std::int64_t number = 0;  ///< from 1, without a gap
    position through;         ///< every row up to here is in this seal or in an earlier one, but for those that came late
    instant sealed_at{};
    std::vector<sealed_row> rows;  ///< in the order of places; one at or before the end of the seal before this one came late
    identity::digest previous{};   ///< the digest of that seal; zero for the first
    identity::digest digest{};     ///< SHA-256 of all above
    identity::digest signature{};
    std::optional<secret> salt{};  ///< none once whom its rows are about has been forgotten

    seal clone() const;
};

constexpr std::size_t salt_bytes = 32;

/// The rows as one text of bytes, 64 for each; what is none of ours reads as nothing.
std::string write_rows(std::span<sealed_row const> rows);
std::optional<std::vector<sealed_row>> read_rows(std::string_view bytes);

sealed_row seal_row(event const& row, secret const& salt, mac_function mac);
/// @param before  the newest seal; null for the first.
seal make_seal(seal const* before, std::vector<sealed_row> rows, position through, instant now, secret salt, hash_function hash, mac_function mac);

/// What is wrong with a seal in itself, and as the successor of the one before it.
enum class seal_standing : std::uint8_t {
    good,
    missing,  ///< another number than the next: some before it are gone
    changed,  ///< its content has another digest
    forged    ///< the digest is right, and not signed by us: it was made by somebody else
};
seal_standing judge_seal(seal const& judged, seal const* before, hash_function hash, mac_function mac);

/// How a row of the log stands to what its seal remembers.
enum class row_standing : std::uint8_t {
    intact,
    forgotten,  ///< intact, and says no longer whom it is about: an account was erased, or its time was over
    moved,      ///< says what it said, at another time
    changed
};
row_standing judge_row(sealed_row const& sealed, event const& found, std::optional<secret> const& salt, mac_function mac);

/// Whether a row says what the sealed one said, wherever it stands and whomever it is about: so it may be that one.
bool has_content(sealed_row const& sealed, event const& found, mac_function mac);

}  // namespace mb::audit
