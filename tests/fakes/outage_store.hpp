#pragma once

#include "core/domain/base/error.hpp"
#include "ports/store.hpp"

#include <mutex>
#include <optional>

namespace mb::fakes {

/// A store that works like the one behind it until it is told to fail. Callable from any thread.
class outage_store final : public ports::store {
public:
    enum class stage {
        begin,   ///< work doesn't run
        commit,  ///< work runs, and all that it wrote is rolled back
        answer   ///< work runs and is committed; only the answer is lost (outcome_unknown)
    };

    /// @param behind  outlives this store.
    explicit outage_store(ports::store& behind) noexcept : behind_(behind) {}

    /// The next transact() fails at that stage with that code.
    void fail_next(stage when, errc code);
    /// The next read() fails before its work runs.
    void fail_next_read(errc code);
    /// The next transact() meets that many conflicts: its work runs and is rolled back each time, at the third it answers `conflict`.
    void conflict_next(int times);

    outcome<void> transact(ports::work_ref work) override;
    outcome<void> read(ports::work_ref work) override;

private:
    struct failure {
        stage when;
        errc code;
    };

    ports::store& behind_;
    std::mutex mutex_;
    std::optional<failure> next_;
    std::optional<errc> next_read_;
    int conflicts_ = 0;
};

}  // namespace mb::fakes
