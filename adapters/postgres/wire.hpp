#pragma once

#include "adapters/sql/session.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// How values travel in binary (PostgreSQL 15, the send and receive functions of the types that our tables have).
namespace mb::postgres {

using type_number = unsigned int;  ///< an OID of pg_type

/// Values of one run, as the server wants them. Used again for each run, so that it allocates rarely.
class packed_values {
public:
    /// Texts and bytes are borrowed until the next call.
    /// @error unexpected  another number of values, or one that its parameter's type can't hold.
    outcome<void> pack(std::span<sql::parameter const> values, std::span<type_number const> types);

    int count() const noexcept { return static_cast<int>(pointers_.size()); }
    char const* const* pointers() const noexcept { return pointers_.data(); }
    int const* lengths() const noexcept { return lengths_.data(); }
    int const* formats() const noexcept { return formats_.data(); }

private:
    struct slot {
        std::array<char, 8> fixed{};
        std::string made;
        std::string_view borrowed;
        enum class kind : std::uint8_t { null, fixed, made, borrowed } held = kind::null;
        int size = 0;
    };
    friend struct packing;

    std::vector<slot> slots_;
    std::vector<char const*> pointers_;
    std::vector<int> lengths_;
    std::vector<int> formats_;
};

/// Whether values of the type can be read at all.
bool is_readable(type_number type) noexcept;
/// Whole numbers, truths (0 or 1) and instants (microseconds since 1970); 0 for any other type.
std::int64_t read_integer(type_number type, std::string_view bytes) noexcept;
double read_real(type_number type, std::string_view bytes) noexcept;
/// Text as it is stored. A date is written into `scratch`, which the answer borrows.
std::string_view read_text(type_number type, std::string_view bytes, std::string& scratch);

}  // namespace mb::postgres
