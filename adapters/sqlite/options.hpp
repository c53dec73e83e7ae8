#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace mb::sqlite {

enum class durability : std::uint8_t {
    full,   ///< a commit outlives a power cut
    normal  ///< a commit outlives the process; a power cut may lose the last ones, never consistency
};

struct options {
    std::string path{};       ///< a file, made where it is missing and readable by its owner only; or ":memory:", gone with the store
    std::size_t readers = 4;  ///< connections that read, as many as threads that do; of no meaning for ":memory:"
    durability synchronous = durability::full;
    std::chrono::milliseconds busy_wait{5'000};  ///< how long another process may hold the file
    int cache_kib = 8 * 1024;                    ///< pages that one connection keeps, in KiB
};

/// What the writer did since it began, for metrics.
struct commit_counts {
    std::uint64_t works = 0;    ///< committed
    std::uint64_t commits = 0;  ///< that they took
    std::size_t waiting = 0;    ///< works that are not begun yet
};

constexpr char const* memory_path = ":memory:";

}  // namespace mb::sqlite
