#include "adapters/redis/near_change_marks.hpp"

#include "adapters/redis/connection.hpp"

#include <pthread.h>

#include <array>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <unordered_map>
#include <utility>

namespace mb::redis {
namespace {

constexpr std::size_t shard_count = 16;
constexpr std::size_t shard_max = 4096;
constexpr auto hearing = std::chrono::milliseconds{100};  // between looks at whether to stop
constexpr auto retry_pause = std::chrono::milliseconds{50};

}  // namespace

struct near_change_marks::parts {
    struct mark {
        seen what;
        steady::time_point asked_at;
    };
    struct shard {
        std::mutex mutex;
        std::uint64_t forgotten = 0;  ///< grows with each mark that was given up: what was asked for before is not kept
        std::unordered_map<identity::user_id, mark> marks;
    };

    parts(redis_change_marks& behind_, options listen_to_, duration belief_) : behind(behind_), listen_to(std::move(listen_to_)), belief(belief_) {}

    shard& shard_of(identity::user_id user) noexcept { return shards[std::hash<identity::user_id>{}(user) % shard_count]; }

    void forget(identity::user_id user)
    {
        auto& in = shard_of(user);
        std::scoped_lock const lock(in.mutex);
        ++in.forgotten;
        in.marks.erase(user);
    }
    void forget_all()
    {
        for (auto& in : shards) {
            std::scoped_lock const lock(in.mutex);
            ++in.forgotten;
            in.marks.clear();
        }
    }

    void hear(reply const& message)
    {
        if (message.what != reply::kind::list || message.items.size() != 3 || message.items[0].text != "message") return;
        auto const& name = message.items[2].text;
        // the 32 digits of a name are those of the identity's text, without its hyphens
        auto text = name;
        if (text.size() == 32)
            for (std::size_t const at : {8U, 13U, 18U, 23U}) text.insert(at, "-");
        if (auto const user = identity::user_id::parse(text))
            forget(*user);
        else
            forget_all();
    }

    void listen_once(std::stop_token const& stop)
    {
        auto opened = connection::open(listen_to.where, steady::now() + listen_to.timeout);
        if (!opened) return;
        command const subscribe{"SUBSCRIBE", behind.channel()};
        auto const said = (*opened)->ask({&subscribe, 1}, steady::now() + listen_to.timeout);
        if (!said || said->front().what != reply::kind::list) return;
        forget_all();
        listening = true;
        while (!stop.stop_requested()) {
            auto const heard = (*opened)->listen(steady::now() + hearing);
            if (!heard) break;
            for (auto const& each : *heard) hear(each);
        }
        listening = false;
        forget_all();
    }

    void listen(std::stop_token stop)
    {
        std::mutex mutex;
        std::condition_variable_any waiting;
        while (!stop.stop_requested()) {
            listen_once(stop);
            std::unique_lock lock(mutex);
            waiting.wait_for(lock, stop, retry_pause, [] { return false; });
        }
    }

    redis_change_marks& behind;
    options const listen_to;
    duration const belief;
    std::array<shard, shard_count> shards;
    std::atomic<bool> listening = false;
    std::jthread listener;
};

near_change_marks::near_change_marks(redis_change_marks& behind, options listen_to, duration belief)
    : parts_(std::make_unique<parts>(behind, std::move(listen_to), belief))
{
    parts_->listener = std::jthread([p = parts_.get()](std::stop_token stop) {
        pthread_setname_np(pthread_self(), "redis-listen");
        p->listen(stop);
    });
}

near_change_marks::~near_change_marks()
{
    parts_->listener.request_stop();
    parts_->listener.join();
}

bool near_change_marks::is_listening() const noexcept { return parts_->listening; }

outcome<ports::change_marks::seen> near_change_marks::look(identity::user_id user)
{
    if (!parts_->listening) return parts_->behind.look(user);
    auto& in = parts_->shard_of(user);
    auto const now = steady::now();
    std::uint64_t forgotten = 0;
    {
        std::scoped_lock const lock(in.mutex);
        if (auto const known = in.marks.find(user); known != in.marks.end() && now - known->second.asked_at < parts_->belief)
            return known->second.what;
        forgotten = in.forgotten;
    }
    MB_TRY(auto const found, parts_->behind.look(user));
    std::scoped_lock const lock(in.mutex);
    if (parts_->listening && in.forgotten == forgotten) {
        if (in.marks.size() >= shard_max) in.marks.clear();
        in.marks.insert_or_assign(user, parts::mark{found, now});
    }
    return found;
}

void near_change_marks::changed(changes const& what)
{
    parts_->behind.changed(what);
    // afterwards: what another thread looked up meanwhile was still the old mark
    for (auto const& each : what.users) parts_->forget(each);
    if (what.catalogue) parts_->forget_all();
}

}  // namespace mb::redis
