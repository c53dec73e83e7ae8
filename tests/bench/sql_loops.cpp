// The limits of what stores and lists: the adapter's own SQL in a loop on one thread, without repositories, transactions per request or HTTP.
// The environment configures it as it does the server; it changes the database.
// Usage: mb_bench_sql_loops <entity> <seconds> <page|create|refresh>…   prints works per second
#include "adapters/config/lab_secrets.hpp"
#include "adapters/config/load.hpp"
#include "adapters/openssl/system_randomness.hpp"
#include "adapters/sql/record_statements.hpp"
#include "adapters/sqlite/dialect.hpp"
#include "apps/composition/services.hpp"
#include "core/usecases/access/catalogue_cache.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <random>
#include <string>
#include <vector>

namespace {

using namespace mb;

constexpr int works_per_commit = 64;  // what 64 waiting connections can fill
constexpr std::size_t page_records = 50;

[[noreturn]] void die(std::string const& why)
{
    std::fprintf(stderr, "mb_bench_sql_loops: %s\n", why.c_str());
    std::exit(1);
}

/// One prepared statement; values are bound in the order of the calls.
class loop_statement {
public:
    loop_statement(sqlite3* on, std::string const& text) : on_(on)
    {
        require(sqlite3_prepare_v3(on, text.c_str(), -1, SQLITE_PREPARE_PERSISTENT, &held_, nullptr));
    }
    ~loop_statement() { sqlite3_finalize(held_); }
    loop_statement(loop_statement const&) = delete;
    loop_statement& operator=(loop_statement const&) = delete;

    loop_statement& bind(uuid_bytes const& id)
    {
        return bound(sqlite3_bind_blob(held_, ++at_, id.data(), static_cast<int>(id.size()), SQLITE_TRANSIENT));
    }
    loop_statement& bind(std::int64_t number) { return bound(sqlite3_bind_int64(held_, ++at_, number)); }
    loop_statement& bind(std::string_view text)
    {
        return bound(sqlite3_bind_text(held_, ++at_, text.data(), static_cast<int>(text.size()), SQLITE_STATIC));
    }
    loop_statement& bind_column(loop_statement const& from, int column)
    {
        return bound(sqlite3_bind_value(held_, ++at_, sqlite3_column_value(from.held_, column)));
    }

    bool step()
    {
        int const code = sqlite3_step(held_);
        if (code != SQLITE_ROW && code != SQLITE_DONE) die(sqlite3_errmsg(on_));
        return code == SQLITE_ROW;
    }
    /// Reads every column, as whoever uses the row must. @return bytes
    std::size_t read() const
    {
        std::size_t bytes = 0;
        for (int i = 0; i < sqlite3_column_count(held_); ++i) {
            sqlite3_column_blob(held_, i);
            bytes += static_cast<std::size_t>(sqlite3_column_bytes(held_, i));
        }
        return bytes;
    }
    uuid_bytes identity(int column) const
    {
        uuid_bytes read{};
        auto const* bytes = static_cast<std::uint8_t const*>(sqlite3_column_blob(held_, column));
        if (bytes == nullptr || sqlite3_column_bytes(held_, column) != static_cast<int>(read.size())) die("no identity");
        std::copy_n(bytes, read.size(), read.begin());
        return read;
    }
    void reset()
    {
        sqlite3_reset(held_);
        at_ = 0;
    }
    void run()
    {
        while (step()) (void)read();
        reset();
    }

private:
    void require(int code) const
    {
        if (code != SQLITE_OK) die(sqlite3_errmsg(on_));
    }
    loop_statement& bound(int code)
    {
        require(code);
        return *this;
    }

    sqlite3* on_;
    sqlite3_stmt* held_ = nullptr;
    int at_ = 0;
};

class loops {
public:
    loops(std::string const& path, entities::entity_definition const& entity)
        : entity_(entity),
          texts_(sql::record_statements_cache(dialect_).of(entity))
    {
        if (sqlite3_open_v2(path.c_str(), &on_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr) != SQLITE_OK) die(path);
        // as sqlite/connection.cpp sets it
        execute(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -8192; PRAGMA foreign_keys = ON;"
            "PRAGMA wal_autocheckpoint = 2000; PRAGMA journal_size_limit = 67108864");
    }
    ~loops() { sqlite3_close(on_); }
    loops(loops const&) = delete;
    loops& operator=(loops const&) = delete;

    /// Pages of 50 from the beginning of the table.
    double pages(double seconds)
    {
        auto statements = sql::page_statements(texts_, entity_, {});
        if (!statements) die("page_statements");
        loop_statement page(on_, statements->front().text() + " LIMIT $1");
        return rate(seconds, 1, [&] {
            page.bind(std::int64_t{page_records + 1});
            std::size_t bytes = 0;
            while (page.step()) bytes += page.read();
            page.reset();
            if (bytes == 0) die("the table is empty");
        });
    }

    double creates(double seconds)
    {
        loop_statement insert(on_, texts_.insert);
        loop_statement audit(on_, text(sql::statement::append_event));
        auto const user = next_id();
        return rate(seconds, works_per_commit, [&] {
            auto const now = micros();
            insert.bind(next_id()).bind(now).bind(now).bind(user).bind(std::int64_t{1}).bind("Item number 4711");
            insert.bind(static_cast<std::int64_t>(drawn_() % 1'000'000'000)).bind("A note of usual length, as a person would write it.").run();
            append(audit, user, "REGISTRO_CREADO", "/api/v1/entities/{id}/records", 201,
                   R"({"entity":"items","entity_id":"019a0000-0000-7000-8000-000000000000","record_id":"019a0000-0000-7000-8000-000000000001"})");
        });
    }

    double refreshes(double seconds)
    {
        auto const families = identities("SELECT id FROM refresh_token_families");
        loop_statement find(on_, text(sql::statement::family_by_id));
        loop_statement owner(on_, text(sql::statement::user_by_id));
        loop_statement save(on_, text(sql::statement::save_family));
        loop_statement audit(on_, text(sql::statement::append_event));
        std::size_t next = 0;
        return rate(seconds, works_per_commit, [&] {
            auto const now = micros();
            find.bind(families[next++ % families.size()]);
            if (!find.step()) die("a family is gone");
            (void)find.read();
            owner.bind_column(find, 1).run();
            // the columns of the row are the values of the statement, but for the heads and the times
            save.bind_column(find, 0).bind_column(find, 1).bind_column(find, 2).bind(next_id()).bind_column(find, 3).bind(next_id()).bind_column(find,
                                                                                                                                                 5);
            save.bind(now).bind_column(find, 8).bind_column(find, 9).bind_column(find, 10).bind(now).bind(now + refresh_life).bind_column(find, 13);
            save.bind_column(find, 14).run();
            find.reset();
            append(audit, next_id(), "TOKEN_RENOVADO", "/api/v1/jwt/refresh", 200, R"({"session":"019a0000-0000-7000-8000-000000000000"})");
        });
    }

private:
    static constexpr std::int64_t refresh_life = 7LL * 24 * 3600 * 1'000'000;

    static std::int64_t micros()
    {
        return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
    }
    uuid_bytes next_id()
    {
        std::array<std::uint8_t, 10> entropy{};
        for (auto& byte : entropy) byte = static_cast<std::uint8_t>(drawn_());
        return make_uuid_v7(from_micros(micros()), entropy);
    }
    std::string text(sql::statement what) const { return std::string(dialect_.text(what)); }
    void execute(char const* script)
    {
        if (sqlite3_exec(on_, script, nullptr, nullptr, nullptr) != SQLITE_OK) die(sqlite3_errmsg(on_));
    }
    std::vector<uuid_bytes> identities(std::string const& query)
    {
        std::vector<uuid_bytes> found;
        for (loop_statement each(on_, query); each.step();) found.push_back(each.identity(0));
        if (found.empty()) die("no sessions");
        return found;
    }

    void append(loop_statement& audit, uuid_bytes const& user, std::string_view type, std::string_view endpoint, std::int64_t status,
                std::string_view metadata)
    {
        audit.bind(next_id()).bind(user).bind(user).bind(type).bind("LOW").bind("3q2-7wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA").bind("");
        audit.bind(next_id()).bind(endpoint).bind("POST").bind(status).bind(std::int64_t{2}).bind(metadata).bind(micros()).run();
    }

    /// Works per second; `per_commit` of them share a transaction, 1 means none that writes.
    double rate(double seconds, int per_commit, std::function<void()> const& work)
    {
        using clock = std::chrono::steady_clock;
        auto const begun = clock::now();
        std::chrono::duration<double> taken{};
        std::int64_t done = 0;
        for (; taken.count() < seconds; taken = clock::now() - begun) {
            if (per_commit > 1) execute("BEGIN IMMEDIATE");
            for (int i = 0; i < works_per_commit; ++i, ++done) work();
            if (per_commit > 1) execute("COMMIT");
        }
        return static_cast<double>(done) / taken.count();
    }

    sqlite::dialect dialect_;
    entities::entity_definition const& entity_;
    sql::record_statements texts_;
    sqlite3* on_ = nullptr;
    std::mt19937_64 drawn_{std::random_device{}()};
};

}  // namespace

int main(int argc, char** argv)
{
    if (argc < 4) return 2;
    auto loaded = config::load({config::profile::development, config::process_environment(), std::nullopt});
    auto* const settings = std::get_if<config::settings>(&loaded);
    if (settings == nullptr || !config::fill_lab_secrets(*settings, openssl::system_randomness{}).empty()) die("the configuration is wrong");
    std::shared_ptr<entities::compiled_entity const> entity;
    {
        auto const with = composition::services::open(*settings);
        if (!with || !(*with)->catalogues().refresh()) die("the database can't be opened");
        entity = (*with)->catalogues().current()->find_entity(argv[1]);
    }
    if (entity == nullptr) die("no such entity");

    loops of(settings->database_path, entity->definition);
    double const seconds = std::atof(argv[2]);
    for (int i = 3; i < argc; ++i) {
        std::string const what = argv[i];
        double const rate = what == "page"      ? of.pages(seconds)
                            : what == "create"  ? of.creates(seconds)
                            : what == "refresh" ? of.refreshes(seconds)
                                                : -1;
        if (rate < 0) die("page, create or refresh, not " + what);
        std::printf("{\"per_second\": %.1f}\n", rate);
    }
}
