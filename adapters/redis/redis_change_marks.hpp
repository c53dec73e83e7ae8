#pragma once

#include "adapters/redis/client.hpp"
#include "adapters/redis/namespace.hpp"
#include "ports/change_marks.hpp"
#include "ports/randomness.hpp"

namespace mb::redis {

/// Marks as keys with random values: a change deletes them, the next look makes new ones. A server that was emptied has no marks; one that was
/// restarted, perhaps with old marks, is another memory (its run).
class redis_change_marks final : public ports::change_marks {
public:
    /// @param on, random  outlive this
    /// @param trust  how long any replica trusts a reading without a look: what a change waits for where it can't be told
    redis_change_marks(client& on, key_names names, ports::randomness const& random, duration trust);

    outcome<seen> look(identity::user_id user) override;
    void changed(changes const& what) override;

    /// The channel on which changes are told to near caches: "*" for the catalogue, else the 32 hexadecimal digits of a user.
    std::string channel() const { return names_.plain("changed", "all"); }
    static std::string name_of(identity::user_id user);

private:
    bool tell(changes const& what);
    std::string new_mark() const;

    client& on_;
    key_names const names_;
    ports::randomness const& random_;
    duration const trust_;
    std::string const catalogue_key_;
};

}  // namespace mb::redis
