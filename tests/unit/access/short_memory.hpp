#pragma once

namespace mb::testing {

/// Memory that runs short where a test says so: the operator new of these tests throws, once, on the thread that asked for it.
class short_memory {
public:
    /// So many allocations of this thread succeed, and the next one fails.
    static void after(int allocations) noexcept;
    static void never() noexcept;

    /// While it lives, what this thread allocates is counted, or isn't.
    class counting {
    public:
        explicit counting(bool counted) noexcept;
        ~counting();
        counting(counting const&) = delete;
        counting& operator=(counting const&) = delete;

    private:
        bool before_;
    };
};

}  // namespace mb::testing
