#include "tests/contract/shared_memories.hpp"

#include "adapters/memory/shared/memory_change_marks.hpp"
#include "adapters/memory/shared/memory_job_turns.hpp"
#include "adapters/memory/shared/memory_replay_guard.hpp"
#include "adapters/memory/shared/memory_rolling_counters.hpp"
#include "adapters/runtime/rate_limiter.hpp"
#include "tests/fakes/manual_clock.hpp"
#include "tests/fakes/plain_cryptography.hpp"
#include "tests/fakes/randomness.hpp"

#if __has_include("adapters/redis/client.hpp")
#define MB_CONTRACT_REDIS
#include "adapters/redis/redis_change_marks.hpp"
#include "adapters/redis/redis_job_turns.hpp"
#include "adapters/redis/redis_rate_limits.hpp"
#include "adapters/redis/redis_replay_guard.hpp"
#include "adapters/redis/redis_rolling_counters.hpp"
#include "tests/redis/redis_server.hpp"

#include <thread>
#endif

#include <array>

namespace mb::contract {
namespace {

class in_process final : public shared_memory {
public:
    char const* name() const override { return "memory"; }
    void let_pass(duration time) override { clock_.advance(time); }
    ports::rate_limits& limits() override { return limits_; }
    ports::replay_guard& replays() override { return replays_; }
    ports::job_turns& turns() override { return turns_; }
    ports::change_marks& marks() override { return marks_; }
    ports::rolling_counters& counters() override { return counters_; }

private:
    fakes::manual_clock clock_;
    fakes::counting_randomness random_;
    runtime::rate_limiter limits_{clock_, random_};
    memory::memory_replay_guard replays_{clock_};
    memory::memory_job_turns turns_{clock_, random_};
    memory::memory_change_marks marks_;
    memory::memory_rolling_counters counters_{clock_};
};

#ifdef MB_CONTRACT_REDIS

class in_redis final : public shared_memory {
public:
    in_redis()
    {
        replays_.begin();
        let_pass(std::chrono::milliseconds{110});  // from here on it is believed
    }
    char const* name() const override { return "redis"; }
    void let_pass(duration time) override { std::this_thread::sleep_for(time + std::chrono::milliseconds{5}); }
    ports::rate_limits& limits() override { return limits_; }
    ports::replay_guard& replays() override { return replays_; }
    ports::job_turns& turns() override { return turns_; }
    ports::change_marks& marks() override { return marks_; }
    ports::rolling_counters& counters() override { return counters_; }

private:
    fakes::counting_randomness random_;
    fakes::plain_digester digests_;
    testing::redis_server server_;
    redis::client client_{server_.options(), random_};
    redis::key_names names_{digests_};
    redis::redis_rate_limits limits_{client_, names_};
    redis::redis_replay_guard replays_{client_, names_};
    redis::redis_job_turns turns_{client_, names_, random_};
    redis::redis_change_marks marks_{client_, names_, random_, std::chrono::seconds{2}};
    redis::redis_rolling_counters counters_{client_, names_};
};

#endif

template <class Kind>
std::unique_ptr<shared_memory> make()
{
    return std::make_unique<Kind>();
}

constexpr auto kinds = std::to_array<make_shared_memory>({
    make<in_process>,
#ifdef MB_CONTRACT_REDIS
    make<in_redis>,
#endif
});

}  // namespace

std::span<make_shared_memory const> shared_memories() { return kinds; }

}  // namespace mb::contract
