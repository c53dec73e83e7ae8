#pragma once

#include "adapters/redis/client.hpp"
#include "adapters/redis/redis_change_marks.hpp"
#include "ports/change_marks.hpp"

#include <memory>

namespace mb::redis {

/// Marks that are asked for now and then instead of each time: one that was seen is believed for a while, or until the server tells of a change.
/// Believes nothing while it doesn't hear the server. What was changed elsewhere may therefore be felt that much later.
class near_change_marks final : public ports::change_marks {
public:
    /// @param behind  outlives this
    /// @param where   of the same server, for a connection that listens
    /// @param belief  how long at most
    near_change_marks(redis_change_marks& behind, options listen_to, duration belief);
    ~near_change_marks() override;

    outcome<seen> look(identity::user_id user) override;
    void changed(changes const& what) override;

    bool is_listening() const noexcept;

private:
    struct parts;
    std::unique_ptr<parts> parts_;
};

}  // namespace mb::redis
