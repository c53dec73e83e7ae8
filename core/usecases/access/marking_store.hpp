#pragma once

#include "core/domain/tokens/family.hpp"
#include "ports/change_marks.hpp"
#include "ports/store.hpp"

namespace mb::usecases {

/// A store whose transactions give up the change marks of every user and of the catalogue that they changed: after the commit, and before whoever
/// changed them can tell anybody. So no use case has to think of it.
class marking_store final : public ports::store {
public:
    /// @param behind, marks  outlive this
    /// @param trust  how long a reading is trusted at most without the marks (access_trust::longest)
    marking_store(ports::store& behind, ports::change_marks& marks, tokens::token_policy const& policy, duration trust)
        : behind_(behind),
          marks_(marks),
          // a token that a rotation replaced is good for a while anyway: where that is as long, nothing is taken away by it
          rotation_is_urgent_(policy.access_overlap < trust)
    {
    }

    outcome<void> transact(ports::work_ref work) override;
    outcome<void> read(ports::work_ref work) override { return behind_.read(work); }

private:
    ports::store& behind_;
    ports::change_marks& marks_;
    bool const rotation_is_urgent_;
};

}  // namespace mb::usecases
