#include "adapters/sqlite/session.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <utility>

namespace mb::sqlite {
namespace {

class current_row final : public sql::row {
public:
    explicit current_row(sqlite3_stmt* of) noexcept : of_(of) {}
    bool is_null(int column) const noexcept override { return sqlite3_column_type(of_, column) == SQLITE_NULL; }
    std::int64_t integer(int column) const noexcept override { return sqlite3_column_int64(of_, column); }
    double real(int column) const noexcept override { return sqlite3_column_double(of_, column); }
    std::string_view text(int column) const noexcept override
    {
        auto const* bytes = reinterpret_cast<char const*>(sqlite3_column_text(of_, column));
        return bytes == nullptr ? std::string_view{} : std::string_view{bytes, size(column)};
    }
    std::string_view bytes(int column) const noexcept override
    {
        auto const* bytes = static_cast<char const*>(sqlite3_column_blob(of_, column));
        return bytes == nullptr ? std::string_view{} : std::string_view{bytes, size(column)};
    }

private:
    std::size_t size(int column) const noexcept { return static_cast<std::size_t>(sqlite3_column_bytes(of_, column)); }

    sqlite3_stmt* of_;
};

/// Binds one value without copying it: what it borrows outlives the run.
struct binding {
    sqlite3_stmt* to;
    int at;

    int operator()(std::monostate) const noexcept { return sqlite3_bind_null(to, at); }
    int operator()(std::int64_t number) const noexcept { return sqlite3_bind_int64(to, at, number); }
    int operator()(double number) const noexcept { return sqlite3_bind_double(to, at, number); }
    int operator()(std::string_view text) const noexcept
    {
        auto const* start = text.data() == nullptr ? "" : text.data();  // a null pointer would bind NULL
        return sqlite3_bind_text64(to, at, start, text.size(), SQLITE_STATIC, SQLITE_UTF8);
    }
    int operator()(sql::blob blob) const noexcept
    {
        auto const* start = blob.bytes.data() == nullptr ? "" : blob.bytes.data();
        return sqlite3_bind_blob64(to, at, start, blob.bytes.size(), SQLITE_STATIC);
    }
};

/// Leaves a statement ready for its next run, however this one ends.
struct resetting {
    sqlite3_stmt* statement;
    ~resetting() { sqlite3_reset(statement); }
};

}  // namespace

void finalizer::operator()(sqlite3_stmt* statement) const noexcept { sqlite3_finalize(statement); }

outcome<session::prepared> session::prepare(std::string_view text)
{
    constexpr char const* where = "sqlite.prepare";
    sqlite3_stmt* made = nullptr;
    char const* rest = nullptr;
    int const code = sqlite3_prepare_v3(handle_, text.data(), static_cast<int>(text.size()), SQLITE_PREPARE_PERSISTENT, &made, &rest);
    if (code != SQLITE_OK) return fault(code, where);
    prepared ready;
    ready.handle.reset(made);
    if (made == nullptr || rest != text.data() + text.size()) return error{errc::unexpected, where, "not exactly one statement"};
    ready.parameters = static_cast<std::size_t>(sqlite3_bind_parameter_count(made));
    // To SQLite $1 is a name, numbered by its first appearance.
    for (std::size_t i = 1; i <= ready.parameters; ++i)
        if (sqlite3_bind_parameter_name(made, static_cast<int>(i)) != '$' + std::to_string(i))
            return error{errc::unexpected, where, "parameters appear out of order"};
    ready.writes = sqlite3_stmt_readonly(made) == 0;
    return ready;
}

outcome<void> session::prepare(sql::statement what)
{
    auto& kept = fixed_[static_cast<std::size_t>(what)];
    if (kept.handle) return {};
    MB_TRY(kept, prepare(with_.text(what)));
    return {};
}

outcome<std::int64_t> session::run(sql::statement what, std::span<sql::parameter const> values, on_row each)
{
    MB_CHECK(prepare(what));
    return execute(fixed_[static_cast<std::size_t>(what)], values, each);
}

outcome<std::int64_t> session::run(std::string_view text, std::span<sql::parameter const> values, on_row each)
{
    auto found = texts_.find(text);
    if (found == texts_.end()) {
        MB_TRY(auto made, prepare(text));
        make_room();
        found = texts_.emplace(std::string(text), std::move(made)).first;
    }
    found->second.used = ++clock_;
    return execute(found->second, values, each);
}

outcome<std::int64_t> session::execute(prepared const& made, std::span<sql::parameter const> values, on_row each)
{
    constexpr char const* where = "sqlite.run";
    auto* const statement = made.handle.get();
    if (values.size() != made.parameters) return error{errc::unexpected, where, "a statement got another number of values"};
    resetting const afterwards{statement};
    for (std::size_t i = 0; i < values.size(); ++i)
        if (int const code = std::visit(binding{statement, static_cast<int>(i + 1)}, values[i].held()); code != SQLITE_OK) return fault(code, where);
    current_row const row{statement};
    for (;;) {
        int const code = sqlite3_step(statement);
        if (code == SQLITE_DONE) return made.writes ? sqlite3_changes64(handle_) : 0;
        if (code != SQLITE_ROW) return fault(code, where);
        MB_CHECK(each(row));
    }
}

outcome<void> session::script(std::string_view text)
{
    std::string const ended{text};
    int const code = sqlite3_exec(handle_, ended.c_str(), nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) return fault(code, "sqlite.script");
    return {};
}

void session::schema_changed() noexcept
{
    forget_texts();
    schema_changed_ = true;
}

void session::make_room()
{
    if (texts_.size() < texts_max) return;
    texts_.erase(std::ranges::min_element(texts_, {}, [](auto const& each) { return each.second.used; }));
}

bool session::in_transaction() const noexcept { return sqlite3_get_autocommit(handle_) == 0; }

bool session::sync_failed() const noexcept
{
    int const code = sqlite3_extended_errcode(handle_);
    return code == SQLITE_IOERR_FSYNC || code == SQLITE_IOERR_DIR_FSYNC;
}

outcome<void> session::restrict_to(access how)
{
    MB_CHECK(script(how == access::reading ? "PRAGMA query_only = ON" : "PRAGMA query_only = OFF"));
    how_ = how;
    return {};
}

}  // namespace mb::sqlite
