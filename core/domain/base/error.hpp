#pragma once

#include <string>
#include <utility>

namespace mb {

/// How the world failed. Never a rule's refusal: that is a denial.
enum class errc : unsigned char {
    conflict,         ///< a concurrent writer won; nothing was written; trying again may work
    duplicate,        ///< a uniqueness rule of the storage refused the row; nothing was written
    unavailable,      ///< the dependency can't be reached or is full; nothing was written
    outcome_unknown,  ///< the commit was sent and its answer was lost; never retried
    busy,             ///< the operation would have to wait longer than its limit; nothing was written
    corrupt,          ///< stored content can't be read back: a wrong key, a damaged or a newer database
    unexpected        ///< anything else; a defect of ours
};

struct error {
    errc code = errc::unexpected;
    /// Where it was noticed, a literal such as "sqlite.commit".
    char const* where = "";
    /// For the operator's log; never shown to a client, never holds a secret.
    std::string detail;
};

char const* name_of(errc code) noexcept;

}  // namespace mb
