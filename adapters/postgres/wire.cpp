#include "adapters/postgres/wire.hpp"

#include "core/domain/base/big_endian.hpp"

#include <bit>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <limits>
#include <optional>

namespace mb::postgres {
namespace {

// pg_type.dat: these numbers never change
constexpr type_number bool_type = 16;
constexpr type_number bytea_type = 17;
constexpr type_number name_type = 19;
constexpr type_number int8_type = 20;
constexpr type_number int2_type = 21;
constexpr type_number int4_type = 23;
constexpr type_number text_type = 25;
constexpr type_number oid_type = 26;
constexpr type_number json_type = 114;
constexpr type_number float8_type = 701;
constexpr type_number bpchar_type = 1042;
constexpr type_number varchar_type = 1043;
constexpr type_number date_type = 1082;
constexpr type_number timestamptz_type = 1184;
constexpr type_number void_type = 2278;
constexpr type_number uuid_type = 2950;
constexpr type_number jsonb_type = 3802;

constexpr char jsonb_version = 1;
constexpr std::chrono::sys_days epoch = std::chrono::year{2000} / std::chrono::January / 1;
constexpr std::int64_t epoch_days = epoch.time_since_epoch().count();
constexpr std::int64_t epoch_micros = epoch_days * 86'400'000'000;

bool is_text(type_number type) noexcept
{
    return type == text_type || type == varchar_type || type == bpchar_type || type == name_type || type == json_type;
}

/// YYYY-MM-DD in days since the server's epoch.
std::optional<std::int32_t> days_of(std::string_view text) noexcept
{
    auto const date = parse_date(text);
    if (!date) return std::nullopt;
    return static_cast<std::int32_t>((std::chrono::sys_days{*date} - epoch).count());
}

error misfit(char const* why) { return {errc::unexpected, "postgres.pack", why}; }

template <class Small>
bool fits(std::int64_t value) noexcept
{
    return value >= std::numeric_limits<Small>::min() && value <= std::numeric_limits<Small>::max();
}

}  // namespace

/// Puts one value into its slot, by the type of its parameter. False where that can't hold it.
struct packing {
    packed_values::slot& into;
    type_number type;

    using kind = packed_values::slot::kind;

    template <class Unsigned>
    bool fixed(Unsigned value) noexcept
    {
        put_big_endian(into.fixed.data(), value);
        into.held = kind::fixed;
        into.size = sizeof(Unsigned);
        return true;
    }
    bool borrowed(std::string_view bytes) noexcept
    {
        into.borrowed = bytes;
        into.held = kind::borrowed;
        return true;
    }

    bool operator()(std::monostate) noexcept
    {
        into.held = kind::null;
        return true;
    }
    bool operator()(std::int64_t value) noexcept
    {
        switch (type) {
            case int8_type: return fixed(static_cast<std::uint64_t>(value));
            case int4_type: return fits<std::int32_t>(value) && fixed(static_cast<std::uint32_t>(value));
            case int2_type: return fits<std::int16_t>(value) && fixed(static_cast<std::uint16_t>(value));
            case bool_type: return fixed(static_cast<std::uint8_t>(value != 0));
            case timestamptz_type:
                return value >= std::numeric_limits<std::int64_t>::min() + epoch_micros && fixed(static_cast<std::uint64_t>(value - epoch_micros));
            default: return false;
        }
    }
    bool operator()(double value) noexcept { return type == float8_type && fixed(std::bit_cast<std::uint64_t>(value)); }
    bool operator()(std::string_view text)
    {
        if (is_text(type)) return borrowed(text);
        if (type == date_type) {
            auto const days = days_of(text);
            return days && fixed(static_cast<std::uint32_t>(*days));
        }
        if (type != jsonb_type) return false;
        into.made.assign(1, jsonb_version).append(text);
        into.held = kind::made;
        return true;
    }
    bool operator()(sql::blob blob) noexcept
    {
        if (type == uuid_type && blob.bytes.size() != 16) return false;
        return (type == uuid_type || type == bytea_type) && borrowed(blob.bytes);
    }
};

outcome<void> packed_values::pack(std::span<sql::parameter const> values, std::span<type_number const> types)
{
    if (values.size() != types.size()) return misfit("a statement got another number of values");
    slots_.resize(values.size());
    pointers_.resize(values.size());
    lengths_.resize(values.size());
    formats_.assign(values.size(), 1);
    for (std::size_t i = 0; i < values.size(); ++i)
        if (!std::visit(packing{slots_[i], types[i]}, values[i].held())) return misfit("a value does not fit the type of its parameter");
    for (std::size_t i = 0; i < values.size(); ++i) {
        auto const& each = slots_[i];
        switch (each.held) {
            case slot::kind::null:
                pointers_[i] = nullptr;
                lengths_[i] = 0;
                break;
            case slot::kind::fixed:
                pointers_[i] = each.fixed.data();
                lengths_[i] = each.size;
                break;
            case slot::kind::made:
                pointers_[i] = each.made.data();
                lengths_[i] = static_cast<int>(each.made.size());
                break;
            case slot::kind::borrowed:
                pointers_[i] = each.borrowed.data() == nullptr ? "" : each.borrowed.data();  // a null pointer would send NULL
                lengths_[i] = static_cast<int>(each.borrowed.size());
                break;
        }
    }
    return {};
}

bool is_readable(type_number type) noexcept
{
    switch (type) {
        case bool_type:
        case bytea_type:
        case int8_type:
        case int2_type:
        case int4_type:
        case oid_type:
        case float8_type:
        case date_type:
        case timestamptz_type:
        case uuid_type:
        case void_type:  // of a function that is called for what it does
        case jsonb_type: return true;
        default: return is_text(type);
    }
}

std::int64_t read_integer(type_number type, std::string_view bytes) noexcept
{
    switch (type) {
        case int8_type: return static_cast<std::int64_t>(read_big_endian<std::uint64_t>(bytes));
        case int4_type: return static_cast<std::int32_t>(read_big_endian<std::uint32_t>(bytes));
        case int2_type: return static_cast<std::int16_t>(read_big_endian<std::uint16_t>(bytes));
        case oid_type: return read_big_endian<std::uint32_t>(bytes);
        case bool_type: return read_big_endian<std::uint8_t>(bytes) != 0;
        case timestamptz_type: {
            auto const stored = static_cast<std::int64_t>(read_big_endian<std::uint64_t>(bytes));
            // the server's infinity stays the largest number that there is
            return stored > std::numeric_limits<std::int64_t>::max() - epoch_micros ? std::numeric_limits<std::int64_t>::max()
                                                                                    : stored + epoch_micros;
        }
        default: return 0;
    }
}

double read_real(type_number type, std::string_view bytes) noexcept
{
    if (type == float8_type) return std::bit_cast<double>(read_big_endian<std::uint64_t>(bytes));
    return static_cast<double>(read_integer(type, bytes));
}

std::string_view read_text(type_number type, std::string_view bytes, std::string& scratch)
{
    if (type == jsonb_type) return bytes.empty() ? bytes : bytes.substr(1);
    if (type != date_type) return bytes;
    std::chrono::year_month_day const date{
        std::chrono::sys_days{epoch + std::chrono::days{static_cast<std::int32_t>(read_big_endian<std::uint32_t>(bytes))}}};
    std::array<char, 24> text{};
    auto const size = std::snprintf(text.data(), text.size(), "%04d-%02u-%02u", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                                    static_cast<unsigned>(date.day()));
    scratch.assign(text.data(), static_cast<std::size_t>(size));
    return scratch;
}

}  // namespace mb::postgres
