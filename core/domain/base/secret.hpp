#pragma once

#include <cstddef>
#include <ostream>
#include <string>
#include <string_view>

namespace mb {

/// Overwrites memory in a way that the optimiser can't drop.
void wipe(void* memory, std::size_t bytes) noexcept;
/// Takes the same time for every pair of equal length. Different lengths answer at once.
bool same_bytes(std::string_view left, std::string_view right) noexcept;

/// Bytes that must not leak: move-only, wiped when dropped, compared in constant time, and impossible to print.
class secret {
public:
    secret() noexcept = default;
    /// Takes the content over and wipes what the argument held.
    explicit secret(std::string&& bytes);
    explicit secret(std::string_view bytes) : bytes_(bytes) {}
    ~secret();
    secret(secret&& other) noexcept;
    secret& operator=(secret&& other) noexcept;
    secret(secret const&) = delete;
    secret& operator=(secret const&) = delete;

    /// The one way to read it; the view ends with the secret.
    std::string_view reveal() const noexcept { return bytes_; }
    /// A second copy, asked for by name.
    secret clone() const { return secret{std::string_view{bytes_}}; }
    std::size_t size() const noexcept { return bytes_.size(); }
    bool empty() const noexcept { return bytes_.empty(); }
    bool same(secret const& other) const noexcept { return same_bytes(bytes_, other.bytes_); }

    friend bool operator==(secret const&, secret const&) = delete;
    friend std::ostream& operator<<(std::ostream&, secret const&) = delete;

private:
    std::string bytes_;
};

}  // namespace mb
