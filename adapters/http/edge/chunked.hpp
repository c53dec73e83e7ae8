#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace mb::http {

/// Decodes one chunked body, fed with whatever was received (RFC 9112 section 7.1). Strict: CRLF only, no white space around the size.
/// Trailers are checked for their form and dropped: nothing that comes behind the head becomes a field.
/// Written here because Beast 1.81 has no limit for chunk extensions and trailers and puts trailers among the fields.
class chunked_reader {
public:
    enum class state : std::uint8_t { more, done, malformed, too_large };
    struct step {
        state now = state::more;
        std::size_t used = 0;  ///< bytes of the input that belong to this body
    };

    /// @param body_bytes_max      decoded
    /// @param overhead_bytes_max  chunk extensions and trailers of the whole body together
    chunked_reader(std::size_t body_bytes_max, std::size_t overhead_bytes_max) noexcept
        : body_bytes_max_(body_bytes_max),
          overhead_bytes_max_(overhead_bytes_max)
    {
    }

    /// Appends what it decodes to `body`. Not to be fed after anything but `more`.
    step read(std::string_view bytes, std::string& body);

private:
    enum class place : std::uint8_t {
        size,
        extension,
        size_lf,
        bytes,
        bytes_cr,
        bytes_lf,
        trailer_start,
        trailer_name,
        trailer_value,
        trailer_lf,
        last_lf
    };

    state take(char c, std::string const& body) noexcept;
    state take_size(char c) noexcept;
    state begin_chunk(std::string const& body) noexcept;
    state take_trailer(char c) noexcept;
    bool count_overhead() noexcept { return ++overhead_bytes_ <= overhead_bytes_max_; }

    std::size_t const body_bytes_max_;
    std::size_t const overhead_bytes_max_;
    std::size_t overhead_bytes_ = 0;
    std::uint64_t chunk_bytes_left_ = 0;
    int size_digits_ = 0;
    place at_ = place::size;
};

}  // namespace mb::http
