#include "adapters/runtime/single_runs.hpp"

#include <utility>

namespace mb::runtime {
namespace {

/// Ends a turn however the job ends.
template <class End>
struct at_end {
    End end;
    ~at_end() { end(); }
};
template <class End>
at_end(End) -> at_end<End>;

}  // namespace

single_runs::ran single_runs::run(std::string_view job, std::function<void()> const& what)
{
    auto taken = turns_.take(job, length_);
    if (!taken) {
        what();
        return ran::here;
    }
    if (!*taken) return ran::elsewhere;
    auto const turn = **taken;
    {
        std::scoped_lock const lock(mutex_);
        held_.push_back(turn);
    }
    at_end const ending{[&] {
        {
            std::scoped_lock const lock(mutex_);
            std::erase_if(held_, [&](ports::job_turn const& each) { return each.id == turn.id; });
        }
        (void)turns_.give_back(turn);  // else it ends by itself
    }};
    what();
    return ran::here;
}

void single_runs::renew()
{
    std::vector<ports::job_turn> held;
    {
        std::scoped_lock const lock(mutex_);
        held = held_;
    }
    // a turn that was lost can't be had back while the job runs, and the job may run twice
    for (auto const& each : held) (void)turns_.renew(each, length_);
}

}  // namespace mb::runtime
