#pragma once

#include "core/domain/base/outcome.hpp"
#include "core/domain/identity/user.hpp"

#include <cstdint>
#include <vector>

namespace mb::ports {

/// Marks that stand, on all replicas, for the state of a user's access and of the catalogue. While what look() answers stays equal, what was read
/// from the store after the first look is still what the store holds.
///
/// The order makes it so: who caches looks, then reads the store, and keeps what was read under the marks; who changes commits, then calls changed(),
/// then answers. A mark that was given up never comes back. MUST be callable from any thread.
class change_marks {
public:
    struct seen {
        std::uint64_t user = 0;
        std::uint64_t catalogue = 0;
        std::uint64_t memory = 0;  ///< of whoever keeps the marks: another after it may have forgotten or gone back
        friend bool operator==(seen const&, seen const&) = default;
    };
    struct changes {
        std::vector<identity::user_id> users;
        bool catalogue = false;
        /// Something was taken away: a session, a role, an account. Else old readings may be trusted for as long as they are by themselves.
        bool urgent = false;
        bool empty() const noexcept { return users.empty() && !catalogue; }
    };

    virtual ~change_marks() = default;
    /// Makes a mark where there is none. @error unavailable  nobody knows what has changed: ask the store.
    virtual outcome<seen> look(identity::user_id user) = 0;
    /// Gives the marks up. Where `urgent`, MUST return only when no replica can go on trusting what it read before: where the marks can't
    /// be reached, after the longest time that a reading is trusted without a look. Never fails: what can't be told is waited out.
    virtual void changed(changes const& what) = 0;
};

}  // namespace mb::ports
