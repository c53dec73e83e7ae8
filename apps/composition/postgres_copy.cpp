#include "apps/composition/postgres_copy.hpp"

#include "adapters/postgres/environment.hpp"

#include <array>
#include <chrono>
#include <memory>
#include <thread>
#include <utility>

namespace mb::composition {
namespace {

constexpr char const* where = "composition.postgres_copy";

struct dumping {
    backup::child program;
    backup::descriptor pipe;
};

}  // namespace

outcome<postgres_copy> postgres_copy::of(secret const& url)
{
    MB_TRY(auto said, postgres::environment_of(std::string(url.reveal())));
    postgres_copy made;
    made.variables_ = std::move(said.variables);
    made.database_ = std::move(said.database);
    return made;
}

outcome<backup::content_source> postgres_copy::dump() const
{
    MB_TRY(auto const nothing, backup::open_to_read("/dev/null"));
    MB_TRY(auto ends, backup::make_pipe());
    MB_TRY(auto program, backup::child::start({"pg_dump", "--format=custom", "--no-owner", "--no-privileges", "--no-password",
                                               "--lock-wait-timeout=60s", "--schema=mb_meta", "--schema=mb_data"},
                                              nothing, ends.writes, variables_));
    auto const from = std::make_shared<dumping>(dumping{std::move(program), std::move(ends.reads)});
    return backup::content_source{[from](std::span<char> into) -> outcome<std::size_t> {
        MB_TRY(auto const bytes, from->pipe.read(into));
        if (bytes == 0) MB_CHECK(from->program.wait());
        return bytes;
    }};
}

outcome<std::string> postgres_copy::ask(std::string const& question) const
{
    MB_TRY(auto const nothing, backup::open_to_read("/dev/null"));
    MB_TRY(auto ends, backup::make_pipe());
    MB_TRY(auto program, backup::child::start({"psql", "--no-psqlrc", "--no-password", "--quiet", "--tuples-only", "--no-align",
                                               "--set=ON_ERROR_STOP=1", "--command=" + question},
                                              nothing, ends.writes, variables_));
    ends.writes.close();
    std::string said;
    std::array<char, 4096> piece{};
    for (;;) {
        MB_TRY(auto const bytes, ends.reads.read(piece));
        if (bytes == 0) break;
        said.append(piece.data(), bytes);
    }
    MB_CHECK(program.wait());
    if (said.ends_with('\n')) said.pop_back();
    return said;
}

outcome<void> postgres_copy::require_unused() const
{
    constexpr int looks = 10;
    constexpr auto pause = std::chrono::milliseconds{100};
    std::string others;
    for (int look = 0; look < looks; ++look) {
        // a server that has just ended is still seen for a moment
        if (look > 0) std::this_thread::sleep_for(pause);
        MB_TRY(others, ask("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND "
                           "coalesce(backend_type, 'client backend') = 'client backend'"));
        if (others == "0") return {};
    }
    return error{errc::busy, where, "stop every server first: " + others + " connections to " + database_ + " are open"};
}

outcome<void> postgres_copy::require_empty() const
{
    MB_TRY(auto const schemas, ask("SELECT count(*) FROM pg_namespace WHERE nspname IN ('mb_meta', 'mb_data')"));
    if (schemas != "0") return error{errc::unavailable, where, database_ + " is not empty: make a new database, and name it in DATABASE_URL"};
    return {};
}

outcome<postgres_copy::restoring> postgres_copy::begin_restore() const
{
    MB_TRY(auto const nowhere, backup::open_to_write("/dev/null"));
    MB_TRY(auto ends, backup::make_pipe());
    MB_TRY(auto program, backup::child::start({"pg_restore", "--dbname=" + database_, "--no-owner", "--no-privileges", "--no-password",
                                               "--exit-on-error", "--single-transaction"},
                                              ends.reads, nowhere, variables_));
    return restoring{std::move(ends.writes), std::move(program)};
}

outcome<void> postgres_copy::drop() const
{
    MB_CHECK(ask("DROP SCHEMA IF EXISTS mb_data CASCADE; DROP SCHEMA IF EXISTS mb_meta CASCADE"));
    return {};
}

}  // namespace mb::composition
