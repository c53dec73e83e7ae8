#pragma once

#include "core/domain/base/answer.hpp"
#include "core/domain/base/outcome.hpp"
#include "core/domain/tokens/family.hpp"
#include "core/usecases/access/caller.hpp"
#include "ports/clock.hpp"
#include "ports/store.hpp"

#include <cstddef>
#include <optional>
#include <vector>

namespace mb::usecases {

struct session_page {
    std::vector<tokens::family> families;  ///< newest first
    bool has_more = false;
};

/// The caller's sessions that are neither revoked nor expired. The present one is caller::session.
class list_sessions final {
public:
    list_sessions(ports::store& store, ports::clock const& clock) : store_(store), clock_(clock) {}

    /// @param before  the last family of the page before; none for the first page.
    outcome<answer<session_page>> operator()(caller const& who, std::optional<tokens::family_id> before, std::size_t limit) const;

private:
    ports::store& store_;
    ports::clock const& clock_;
};

}  // namespace mb::usecases
