#pragma once

#include "adapters/sql/statements.hpp"
#include "core/domain/base/function_ref.hpp"
#include "core/domain/base/id.hpp"
#include "core/domain/base/instant.hpp"
#include "core/domain/base/outcome.hpp"
#include "core/domain/identity/user.hpp"
#include "core/domain/shape/value.hpp"

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace mb::sql {

/// Bytes that are no text.
struct blob {
    std::string_view bytes;
};

/// One bound value. Borrows text and bytes: what it was made of outlives the call that it is passed to.
class parameter {
public:
    using content = std::variant<std::monostate, std::int64_t, double, std::string_view, blob>;

    parameter() noexcept = default;
    parameter(std::nullopt_t) noexcept {}
    template <std::integral Integer>
    parameter(Integer number) noexcept : content_(static_cast<std::int64_t>(number))
    {
    }
    parameter(double number) noexcept : content_(number) {}
    parameter(std::string_view text) noexcept : content_(text) {}
    parameter(std::string const& text) noexcept : content_(std::string_view{text}) {}
    parameter(char const* text) noexcept : content_(std::string_view{text}) {}
    parameter(blob bytes) noexcept : content_(bytes) {}
    parameter(instant at) noexcept : content_(to_micros(at)) {}
    parameter(identity::ip_hash const& hash) noexcept : parameter(hash.text) {}
    parameter(identity::email const& address) noexcept : parameter(address.text()) {}
    parameter(identity::username const& name) noexcept : parameter(name.text()) {}
    template <std::size_t Size>
    parameter(std::array<std::uint8_t, Size> const& bytes) noexcept : content_(blob{{reinterpret_cast<char const*>(bytes.data()), bytes.size()}})
    {
    }
    template <class Tag>
    parameter(id<Tag> const& identity) noexcept : parameter(identity.bytes)
    {
    }
    template <class T>
    parameter(std::optional<T> const& value) noexcept
    {
        if (value) *this = parameter(*value);
    }
    /// A cell in stored form; a truth is stored as 0 or 1.
    parameter(shape::scalar const& cell) noexcept;

    content const& held() const noexcept { return content_; }

private:
    content content_;
};

/// One row of an answer, read by position from 0. Text and bytes end with the call that the row was passed to.
class row {
public:
    virtual bool is_null(int column) const noexcept = 0;
    virtual std::int64_t integer(int column) const noexcept = 0;
    virtual double real(int column) const noexcept = 0;
    virtual std::string_view text(int column) const noexcept = 0;
    virtual std::string_view bytes(int column) const noexcept = 0;

protected:
    ~row() = default;
};

/// One connection that is inside a transaction, as the repositories see it. Used by one thread at a time.
class session {
public:
    using on_row = function_ref<outcome<void>(row const&)>;
    static constexpr auto ignore_rows = [](row const&) -> outcome<void> { return {}; };

    virtual ~session() = default;
    /// Runs a fixed statement. `each` MUST NOT use the session; its error ends the statement.
    /// Parameters are $1, $2 … and first appear in that order.
    /// @return rows inserted, changed or removed; 0 for a statement that only reads.
    /// @error duplicate  a uniqueness rule refused: only this statement was undone, and the detail ends in the name of the column or
    ///                   of the constraint. @error conflict  the tables are no longer what the statement was made for.
    virtual outcome<std::int64_t> run(statement what, std::span<parameter const> values, on_row each) = 0;
    /// The same for a text made at run time, from fixed words, numbered names and placeholders only. Prepared once and kept.
    virtual outcome<std::int64_t> run(std::string_view text, std::span<parameter const> values, on_row each) = 0;
    /// Runs several statements without parameters, once.
    virtual outcome<void> script(std::string_view text) = 0;
    /// A table of records was altered: every connection forgets the texts that it prepared.
    virtual void schema_changed() noexcept = 0;
    /// Whether a find has to hold the row that it returns; where a transaction that writes is alone, it is held anyway.
    virtual bool holds() const noexcept { return false; }

    outcome<std::int64_t> run(statement what, std::initializer_list<parameter> values = {})
    {
        return run(what, {values.begin(), values.size()}, ignore_rows);
    }
    outcome<std::int64_t> run(statement what, std::initializer_list<parameter> values, on_row each)
    {
        return run(what, {values.begin(), values.size()}, each);
    }
    outcome<std::int64_t> run(std::string_view text, std::initializer_list<parameter> values = {})
    {
        return run(text, {values.begin(), values.size()}, ignore_rows);
    }
    outcome<std::int64_t> run(std::string_view text, std::initializer_list<parameter> values, on_row each)
    {
        return run(text, {values.begin(), values.size()}, each);
    }
};

}  // namespace mb::sql
