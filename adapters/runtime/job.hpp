#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

namespace mb::runtime {

/// What a job is called for. Every accepted job is called exactly once.
enum class job_state : std::uint8_t {
    run,      ///< do the work
    late,     ///< waited longer than the lane allows: answer so, and do no work
    stopping  ///< the lane ends: answer so, and do no work
};

/// A move-only callable void(job_state). Up to 64 bytes of it live inside, so that posting a request allocates nothing.
class job {
public:
    job() noexcept = default;

    template <class F>
    requires(!std::is_same_v<std::remove_cvref_t<F>, job> && std::is_invocable_v<F&, job_state>) job(F&& work)
    {
        using held = std::remove_cvref_t<F>;
        if constexpr (fits_inside<held>) {
            ::new (static_cast<void*>(inside_)) held(std::forward<F>(work));
            table_ = &inside_table<held>;
        } else {
            using boxed = std::unique_ptr<held>;
            ::new (static_cast<void*>(inside_)) boxed(std::make_unique<held>(std::forward<F>(work)));
            table_ = &boxed_table<held>;
        }
    }
    job(job&& other) noexcept { take(other); }
    job& operator=(job&& other) noexcept
    {
        if (this != &other) {
            reset();
            take(other);
        }
        return *this;
    }
    ~job() { reset(); }
    job(job const&) = delete;
    job& operator=(job const&) = delete;

    explicit operator bool() const noexcept { return table_ != nullptr; }
    /// Only where there is something to call.
    void operator()(job_state state) { table_->call(inside_, state); }

private:
    static constexpr std::size_t inside_bytes = 64;

    struct operations {
        void (*call)(void*, job_state);
        void (*move)(void* from, void* to) noexcept;  ///< leaves nothing alive at `from`
        void (*destroy)(void*) noexcept;
    };

    template <class Held>
    static constexpr bool fits_inside = sizeof(Held) <= inside_bytes && alignof(Held) <= alignof(std::max_align_t)
                                        && std::is_nothrow_move_constructible_v<Held>;

    template <class Held>
    static Held& at(void* place) noexcept
    {
        return *std::launder(static_cast<Held*>(place));
    }

    template <class Held>
    static void move_to(void* from, void* to) noexcept
    {
        ::new (to) Held(std::move(at<Held>(from)));
        at<Held>(from).~Held();
    }

    template <class Held>
    static constexpr operations inside_table{[](void* place, job_state state) { at<Held>(place)(state); }, &move_to<Held>,
                                             [](void* place) noexcept { at<Held>(place).~Held(); }};
    template <class Held>
    static constexpr operations boxed_table{[](void* place, job_state state) { (*at<std::unique_ptr<Held>>(place))(state); },
                                            &move_to<std::unique_ptr<Held>>,
                                            [](void* place) noexcept { std::destroy_at(&at<std::unique_ptr<Held>>(place)); }};

    void take(job& other) noexcept
    {
        if (other.table_ == nullptr) return;
        table_ = std::exchange(other.table_, nullptr);
        table_->move(other.inside_, inside_);
    }
    void reset() noexcept
    {
        if (auto const* table = std::exchange(table_, nullptr)) table->destroy(inside_);
    }

    operations const* table_ = nullptr;
    alignas(std::max_align_t) unsigned char inside_[inside_bytes];
};

}  // namespace mb::runtime
