#pragma once

#include "adapters/postgres/channel.hpp"
#include "adapters/postgres/dialect.hpp"
#include "adapters/postgres/faults.hpp"
#include "adapters/postgres/options.hpp"
#include "adapters/sql/session.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace mb::postgres {

/// Runs statements on one connection. What need not be waited for goes out together with what has to be: BEGIN with the first
/// statement, rows that are only added with the next statement or with COMMIT, and ROLLBACK is never waited for.
class session final : public sql::session {
public:
    static constexpr std::chrono::seconds answer_grace{5};  ///< how much longer than the server's own limit this side waits
    static constexpr std::chrono::hours migration_wait{1};
    static constexpr std::size_t texts_max = 256;  ///< of those made at run time, this many are kept prepared

    enum class purpose : std::uint8_t {
        reading,   ///< one snapshot
        writing,   ///< read committed; finds hold their row
        migrating  ///< as writing, and nothing is too slow
    };

    /// What the sessions of one store tell each other: the catalogue's revision that was seen last, or -1.
    using last_revision = std::atomic<std::int64_t>;

    /// Prepares what controls a transaction. @param seen  outlives the session. @error unavailable
    static outcome<std::unique_ptr<session>> make(channel on, dialect const& with, options const& how, last_revision& seen);

    using sql::session::run;
    outcome<std::int64_t> run(sql::statement what, std::span<sql::parameter const> values, on_row each) override;
    outcome<std::int64_t> run(std::string_view text, std::span<sql::parameter const> values, on_row each) override;
    /// Waits for locks of tables for half a second at most, since whoever wants the table waits behind it, and tries six times.
    /// @error busy  they were not to be had.
    outcome<void> script(std::string_view text) override;
    /// Nothing: the server sees by itself which of its plans are outdated, and numbers of columns are never used again.
    void schema_changed() noexcept override {}
    bool holds() const noexcept override { return purpose_ != purpose::reading; }

    /// Begins a transaction; the server hears of it with the first statement.
    void begin(purpose wanted);
    /// Whether what was taken for granted is so; to be asked before what a read answered is believed.
    /// @error conflict  it is not: the work is to be run again.
    outcome<void> verify();
    /// @error outcome_unknown  the answer to COMMIT was lost. Else nothing was committed.
    outcome<void> commit();
    /// Undoes everything since begin(), without waiting for it.
    void rollback() noexcept;

    /// Whether the work that read is to be run again, from the beginning: its first statement was taken for its only one, or the
    /// catalogue for unchanged.
    bool needs_snapshot() const noexcept { return needs_snapshot_; }
    bool lost() const noexcept { return channel_.lost(); }
    channel& wire() noexcept { return channel_; }
    std::size_t texts_kept() const noexcept { return texts_.size(); }

private:
    struct prepared {
        std::string name;
        std::string text;
        std::vector<type_number> types;
        bool ready = false;          ///< the types are known, and the server has it under its name
        bool reads = false;          ///< SELECT
        bool holds = false;          ///< and keeps its rows from changing
        bool may_repeat = false;     ///< may answer `duplicate`, and what follows must work all the same
        bool may_wait = false;       ///< nobody looks at its answer but for failures
        std::int8_t loneliness = 2;  ///< from 2 on, a work that begins with it is expected to read nothing else
        std::uint64_t used = 0;
    };
    struct text_hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>{}(text); }
    };
    enum class phase : std::uint8_t {
        idle,
        pending,  ///< begun, and the server knows nothing yet
        loose,    ///< one statement ran without a transaction around it
        open,
        failed  ///< the server will do nothing but roll back
    };
    /// What a message is for whose answer is awaited.
    enum class step : std::uint8_t { control, guessed, earlier, wanted, sync, ignored };

    session(channel on, dialect const& with, options const& how, last_revision& seen);

    prepared& fixed(sql::statement what);
    prepared& kept(std::string_view text);
    outcome<std::int64_t> execute(prepared& what, prepared* guard, std::span<sql::parameter const> values, on_row each);
    outcome<void> make_ready(prepared& what);
    bool may_guess(prepared const& what) const noexcept;
    outcome<std::int64_t> guess(prepared& what, on_row each);
    bool may_be_loose(prepared const& what) const noexcept;
    error refuse(prepared const& what, bool saved, error failure);

    void queue_begin();
    void queue_control(sql::statement what, step as = step::control);
    void prepare_controls();
    void forget_statements();
    void queue_text(char const* text, step as = step::control);
    void queue_run(prepared const& what, step as);
    void queue_sync();
    void queued(bool sent, step as);
    outcome<result> settle(channel::time_point deadline);
    outcome<void> run_script(std::string const& text);
    outcome<std::string> owner_prefix();
    error fail(error how);
    channel::time_point deadline() const noexcept;

    channel channel_;
    dialect const& with_;
    options how_;
    last_revision& seen_;
    std::array<std::array<prepared, sql::statements_total>, 2> fixed_;  ///< as it is, and holding its rows
    std::array<prepared, sql::statements_total> guards_;
    std::vector<std::string> evicted_;  ///< names that the server is to forget
    std::unordered_map<std::string, prepared, text_hash, std::equal_to<>> texts_;
    std::uint64_t clock_ = 0;
    std::uint64_t names_ = 0;
    packed_values packed_;
    packed_values none_;

    purpose purpose_ = purpose::reading;
    phase phase_ = phase::idle;
    bool clean_ = true;  ///< nothing was written or held: beginning anew loses nothing
    bool wrote_ = false;
    bool needs_snapshot_ = false;
    bool outdated_ = false;  ///< every prepared statement is to be forgotten
    bool expects_more_ = false;
    std::optional<std::int64_t> guessed_;  ///< and not confirmed yet
    std::size_t ran_ = 0;
    prepared* first_ = nullptr;
    std::optional<error> fault_;
    std::vector<step> steps_;  ///< sent or queued, not answered yet
    std::vector<step> settling_;
    std::optional<step> failed_step_;  ///< of the last settle(), where the server itself said so
};

}  // namespace mb::postgres
