#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>

namespace mb::http::testing {

/// Threads stand before it while it is closed.
class turnstile {
public:
    void close();
    void open();
    /// What the threads of the server call.
    void pass();
    /// Until so many stand before it. The test fails where that takes a minute.
    void wait_for(int standing);
    /// Happens once, in the next thread that comes.
    void interrupt(std::function<void()> with);

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    bool closed_ = false;
    int standing_ = 0;
    std::function<void()> interruption_;
};

}  // namespace mb::http::testing
