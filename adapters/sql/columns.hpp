#pragma once

#include "adapters/sql/session.hpp"

#include <array>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

namespace mb::sql {

/// Reads the columns of one row from left to right, and remembers whether one of them was not what it should be.
class columns {
public:
    explicit columns(row const& from) noexcept : row_(from) {}

    std::int64_t integer() noexcept { return row_.integer(next_++); }
    double real() noexcept { return row_.real(next_++); }
    bool truth() noexcept { return integer() != 0; }
    std::string_view text() noexcept { return row_.text(next_++); }
    std::string string() { return std::string(text()); }
    std::string_view bytes() noexcept { return row_.bytes(next_++); }
    instant at() noexcept { return from_micros(integer()); }
    identity::ip_hash ip() { return {string()}; }

    template <std::size_t Size>
    std::array<std::uint8_t, Size> array() noexcept
    {
        std::array<std::uint8_t, Size> copy{};
        auto const stored = bytes();
        if (stored.size() == Size)
            std::memcpy(copy.data(), stored.data(), Size);
        else
            sound_ = false;
        return copy;
    }
    template <class Id>
    Id identity() noexcept
    {
        return Id{array<16>()};
    }
    /// What a name stands for; `named` answers nothing for a foreign name.
    template <class Named>
    auto named(Named named) -> typename decltype(named(std::string_view{}))::value_type
    {
        auto const found = named(text());
        if (found) return *found;
        sound_ = false;
        return {};
    }
    /// Nothing where the column is NULL, else what `read` makes of it.
    template <class Read>
    auto maybe(Read read) -> std::optional<decltype(read(*this))>
    {
        if (!row_.is_null(next_)) return read(*this);
        ++next_;
        return std::nullopt;
    }
    std::optional<instant> maybe_at()
    {
        return maybe([](columns& from) { return from.at(); });
    }
    std::optional<int> maybe_integer()
    {
        return maybe([](columns& from) { return static_cast<int>(from.integer()); });
    }
    std::optional<std::string> maybe_string()
    {
        return maybe([](columns& from) { return from.string(); });
    }
    template <class Id>
    std::optional<Id> maybe_identity()
    {
        return maybe([](columns& from) { return from.identity<Id>(); });
    }
    std::optional<identity::ip_hash> maybe_ip()
    {
        return maybe([](columns& from) { return from.ip(); });
    }

    /// @error corrupt  a column did not hold what it should.
    outcome<void> finish(char const* table) const
    {
        if (sound_) return {};
        return error{errc::corrupt, table, "a row can't be restored"};
    }

private:
    row const& row_;
    int next_ = 0;
    bool sound_ = true;
};

/// The first row of an answer, where there is one. `read` makes a T, or an outcome of it, of the columns.
template <class T, class Read>
outcome<std::optional<T>> first(session& on, statement what, std::initializer_list<parameter> values, char const* table, Read read)
{
    std::optional<T> found;
    MB_CHECK(on.run(what, values, [&](row const& each) -> outcome<void> {
        if (found) return {};
        columns from{each};
        found.emplace(read(from));
        return from.finish(table);
    }));
    return found;
}

/// Every row of an answer.
template <class T, class Read>
outcome<std::vector<T>> all(session& on, statement what, std::initializer_list<parameter> values, char const* table, Read read)
{
    std::vector<T> found;
    MB_CHECK(on.run(what, values, [&](row const& each) -> outcome<void> {
        columns from{each};
        found.push_back(read(from));
        return from.finish(table);
    }));
    return found;
}

/// The number of rows that a statement touched.
inline outcome<std::size_t> touched(outcome<std::int64_t> ran)
{
    MB_TRY(auto const rows, std::move(ran));
    return static_cast<std::size_t>(rows);
}

/// Drops the number of rows.
inline outcome<void> ran(outcome<std::int64_t> statement)
{
    MB_CHECK(std::move(statement));
    return {};
}

}  // namespace mb::sql
