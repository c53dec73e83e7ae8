#pragma once

#include "adapters/sql/dialect.hpp"
#include "adapters/sql/session.hpp"
#include "adapters/sqlite/faults.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

struct sqlite3;
struct sqlite3_stmt;

namespace mb::sqlite {

struct finalizer {
    void operator()(sqlite3_stmt* statement) const noexcept;
};

/// Runs statements on one handle, which outlives it. Each statement is prepared once; of the texts made at run time the
/// `texts_max` that were used last are kept.
class session final : public sql::session {
public:
    static constexpr std::size_t texts_max = 256;

    session(sqlite3* handle, sql::dialect const& with, access how) noexcept : handle_(handle), with_(with), how_(how) {}
    using sql::session::run;
    outcome<std::int64_t> run(sql::statement what, std::span<sql::parameter const> values, on_row each) override;
    outcome<std::int64_t> run(std::string_view text, std::span<sql::parameter const> values, on_row each) override;
    outcome<void> script(std::string_view text) override;
    void schema_changed() noexcept override;

    /// Prepares a fixed statement without running it.
    outcome<void> prepare(sql::statement what);
    /// Whether a table was altered since the last call.
    bool take_schema_changed() noexcept { return std::exchange(schema_changed_, false); }
    void forget_texts() noexcept { texts_.clear(); }
    std::size_t texts_kept() const noexcept { return texts_.size(); }
    bool in_transaction() const noexcept;
    /// Whether the last statement failed because the disk did not confirm a write.
    bool sync_failed() const noexcept;
    /// Makes a connection that writes refuse writes until further notice, as one that reads does.
    outcome<void> restrict_to(access how);

private:
    struct prepared {
        std::unique_ptr<sqlite3_stmt, finalizer> handle;
        std::size_t parameters = 0;
        bool writes = false;
        std::uint64_t used = 0;
    };
    struct text_hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>{}(text); }
    };

    outcome<prepared> prepare(std::string_view text);
    outcome<std::int64_t> execute(prepared const& made, std::span<sql::parameter const> values, on_row each);
    void make_room();
    error fault(int code, char const* where) const { return fault_of(handle_, code, where, how_); }

    sqlite3* handle_;
    sql::dialect const& with_;
    access how_;
    std::array<prepared, sql::statements_total> fixed_;
    std::unordered_map<std::string, prepared, text_hash, std::equal_to<>> texts_;
    std::uint64_t clock_ = 0;
    bool schema_changed_ = false;
};

}  // namespace mb::sqlite
