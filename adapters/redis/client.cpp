#include "adapters/redis/client.hpp"

#include "adapters/redis/connection.hpp"

#include <pthread.h>

#include <algorithm>
#include <array>
#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <thread>
#include <utility>

namespace mb::redis {
namespace {

constexpr auto calm = std::chrono::seconds{5};  // an outage that follows the last one sooner continues its waits

error unavailable(std::string why) { return {errc::unavailable, "redis.client", std::move(why)}; }

}  // namespace

struct client::parts {
    parts(options how_, ports::randomness const& random_) : how(std::move(how_)), random(random_) {}

    steady::time_point deadline() const { return steady::now() + how.timeout; }

    /// A connection, and in `of` the outage count of the moment in which it was good.
    outcome<std::unique_ptr<connection>> take(std::uint64_t& of)
    {
        {
            std::scoped_lock const lock(mutex);
            ++counted.calls;
            of = counted.outages;
            if (!up) return unavailable("the server is lost");
            if (!idle.empty()) {
                auto taken = std::move(idle.back());
                idle.pop_back();
                return taken;
            }
            if (made >= how.connections_max) return unavailable("every connection is at work");
            ++made;
        }
        auto opened = connection::open(how.where, deadline());
        if (!opened) lose(of);
        return opened;
    }

    void give_back(std::unique_ptr<connection> used, std::uint64_t of)
    {
        std::scoped_lock const lock(mutex);
        if (up && of == counted.outages) {
            idle.push_back(std::move(used));
            return;
        }
        --made;
    }

    /// A connection of before outage `of` + 1 has failed: the others have lost the same server.
    void lose(std::uint64_t of)
    {
        std::vector<std::unique_ptr<connection>> dropped;
        {
            std::scoped_lock const lock(mutex);
            --made;
            if (!up || of != counted.outages) return;
            up = false;
            ++counted.outages;
            dropped.swap(idle);
            made -= dropped.size();
        }
        changed.notify_all();
    }

    /// @return whether it worked
    bool try_to_return()
    {
        auto opened = connection::open(how.where, deadline());
        if (!opened) return false;
        std::scoped_lock const lock(mutex);
        ++made;
        idle.push_back(std::move(*opened));
        up = true;
        returned_at = steady::now();
        return true;
    }

    duration shortened(duration wait) const
    {
        std::array<std::uint8_t, 2> drawn{};
        random.fill(drawn);
        auto const share = drawn[0] << 8 | drawn[1];
        return wait - wait * share / 0x20000;
    }

    void keep_returning(std::stop_token stop)
    {
        auto wait = how.retry_first;
        std::unique_lock lock(mutex);
        while (!stop.stop_requested()) {
            if (up) {
                changed.wait(lock, stop, [this] { return !up; });
                if (steady::now() - returned_at > calm) wait = how.retry_first;
                continue;
            }
            changed.wait_for(lock, stop, shortened(wait), [] { return false; });
            wait = std::min(wait * 2, how.retry_max);
            if (stop.stop_requested()) return;
            lock.unlock();
            try_to_return();
            lock.lock();
        }
    }

    options const how;
    ports::randomness const& random;
    std::mutex mutable mutex;
    std::condition_variable_any changed;
    bool up = false;
    std::size_t made = 0;  ///< connections, those at work included
    std::vector<std::unique_ptr<connection>> idle;
    counts counted;
    steady::time_point returned_at{};
    std::jthread returning;
};

client::client(options how, ports::randomness const& random) : parts_(std::make_unique<parts>(std::move(how), random))
{
    if (!parts_->try_to_return()) parts_->counted.outages = 1;
    parts_->returning = std::jthread([p = parts_.get()](std::stop_token stop) {
        pthread_setname_np(pthread_self(), "redis");
        p->keep_returning(stop);
    });
}

client::~client()
{
    parts_->returning.request_stop();
    parts_->returning.join();
}

outcome<answers> client::ask(std::span<command const> commands)
{
    std::uint64_t outages = 0;
    auto const count_failure = [this] {
        std::scoped_lock const lock(parts_->mutex);
        ++parts_->counted.failed;
    };
    auto taken = parts_->take(outages);
    if (!taken) {
        count_failure();
        return std::move(taken).error();
    }
    auto const run = (*taken)->server_run();
    auto said = (*taken)->ask(commands, parts_->deadline());
    if (!said) {
        parts_->lose(outages);
        count_failure();
        return std::move(said).error();
    }
    parts_->give_back(std::move(*taken), outages);
    return answers{std::move(*said), run};
}

outcome<reply> client::call(command const& asked)
{
    MB_TRY(auto said, ask({&asked, 1}));
    auto& only = said.replies.front();
    if (only.what != reply::kind::failure) return std::move(only);
    {
        std::scoped_lock const lock(parts_->mutex);
        ++parts_->counted.failed;
    }
    // the first word names the kind of refusal; what follows may repeat what was sent
    return unavailable("the server refuses: " + only.text.substr(0, only.text.find(' ')));
}

bool client::is_up() const
{
    std::scoped_lock const lock(parts_->mutex);
    return parts_->up;
}

counts client::counted() const
{
    std::scoped_lock const lock(parts_->mutex);
    return parts_->counted;
}

address const& client::where() const noexcept { return parts_->how.where; }

struct script::known {
    std::mutex mutex;
    std::string digest;
};

script::script(std::string source) : source_(std::move(source)), known_(std::make_unique<known>()) {}
script::~script() = default;

outcome<reply> script::run(client& on, std::vector<std::string_view> const& keys, std::vector<std::string> const& arguments) const
{
    for (int tries = 0;; ++tries) {
        std::string digest;
        {
            std::scoped_lock const lock(known_->mutex);
            digest = known_->digest;
        }
        if (digest.empty()) {
            MB_TRY(auto loaded, on.call(command{"SCRIPT", "LOAD", source_}));
            if (loaded.what != reply::kind::text || loaded.text.size() != 40) return unavailable("the server doesn't say how it calls a script");
            digest = std::move(loaded.text);
            std::scoped_lock const lock(known_->mutex);
            known_->digest = digest;
        }
        auto const count = std::to_string(keys.size());
        std::vector<std::string_view> words{"EVALSHA", digest, count};
        words.insert(words.end(), keys.begin(), keys.end());
        words.insert(words.end(), arguments.begin(), arguments.end());
        command const asked(words);
        MB_TRY(auto said, on.ask({&asked, 1}));
        auto& only = said.replies.front();
        if (only.what != reply::kind::failure) return std::move(only);
        if (!only.text.starts_with("NOSCRIPT") || tries > 0) return unavailable("the server refuses a script: " + only.text.substr(0, only.text.find(' ')));
        std::scoped_lock const lock(known_->mutex);
        known_->digest.clear();
    }
}

}  // namespace mb::redis
