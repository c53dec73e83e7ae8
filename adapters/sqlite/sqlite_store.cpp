#include "adapters/sqlite/sqlite_store.hpp"

#include "adapters/sqlite/file.hpp"
#include "adapters/sqlite/readers.hpp"
#include "adapters/sqlite/writer.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace mb::sqlite {
namespace {

constexpr int tries_max = 3;

outcome<std::string> problems(session& on, std::string_view pragma)
{
    std::string found;
    MB_CHECK(on.run(pragma, {}, [&](sql::row const& each) -> outcome<void> {
        if (each.text(0) != "ok") found.append(found.empty() ? "" : "\n").append(each.text(0));
        return {};
    }));
    return found;
}

}  // namespace

outcome<std::unique_ptr<sqlite_store>> sqlite_store::open(options const& how, ports::sealer const& seals)
{
    bool const in_memory = how.path == memory_path;
    if (!in_memory) MB_CHECK(prepare_file(how.path));
    MB_TRY(auto writing, connection::open(how, access::writing, seals));
    std::vector<std::unique_ptr<connection>> reading;
    for (std::size_t i = 0; !in_memory && i < std::max<std::size_t>(1, how.readers); ++i) {
        MB_TRY(auto another, connection::open(how, access::reading, seals));
        reading.push_back(std::move(another));
    }
    auto pool = in_memory ? nullptr : std::make_unique<readers>(std::move(reading));
    return std::unique_ptr<sqlite_store>(new sqlite_store(std::make_unique<writer>(std::move(writing), how, seals), std::move(pool)));
}

sqlite_store::sqlite_store(std::unique_ptr<writer> writes, std::unique_ptr<readers> reads) noexcept
    : writer_(std::move(writes)),
      readers_(std::move(reads))
{
}

sqlite_store::~sqlite_store()
{
    readers_.reset();
    (void)writer_->between([](connection& on) -> outcome<void> {
        on.checkpoint();
        return {};
    });
}

outcome<void> sqlite_store::transact(ports::work_ref work)
{
    for (int tries = 1;; ++tries) {
        auto ended = writer_->run([&](connection& on) { return work(on.repositories()); });
        if (ended || ended.error().code != errc::conflict || tries == tries_max) return ended;
    }
}

outcome<void> sqlite_store::read(ports::work_ref work)
{
    if (readers_) return readers_->read(work, writer_->schema_generation());
    return writer_->between([&](connection& on) -> outcome<void> {
        MB_CHECK(on.session().restrict_to(access::reading));
        struct ending {
            sqlite::session& of;
            ~ending() { (void)of.restrict_to(access::writing); }  // a pragma that does not fail
        } const afterwards{on.session()};
        return on.read(work);
    });
}

outcome<void> sqlite_store::migrate(instant now)
{
    dialect const with;
    for (bool missing = true; missing;) {
        MB_CHECK(writer_->run([&](connection& on) -> outcome<void> {
            MB_TRY(missing, sql::migrate_one(on.session(), with, now));
            return {};
        }));
    }
    return {};
}

outcome<sql::schema_status> sqlite_store::schema_status()
{
    dialect const with;
    sql::schema_status status;
    MB_CHECK(writer_->between([&](connection& on) -> outcome<void> {
        MB_TRY(status, sql::read_schema(on.session(), with));
        return {};
    }));
    return status;
}

outcome<void> sqlite_store::require_current_schema()
{
    MB_TRY(auto const status, schema_status());
    return sql::require_current(status);
}

outcome<void> sqlite_store::integrity_check()
{
    return writer_->between([](connection& on) -> outcome<void> {
        MB_TRY(auto found, problems(on.session(), "PRAGMA integrity_check(20)"));
        MB_TRY(auto const orphans, problems(on.session(), "PRAGMA foreign_key_check"));
        if (!orphans.empty()) found += "rows refer to rows that are not there, in: " + orphans;
        if (found.empty()) return {};
        return error{errc::corrupt, "sqlite.integrity_check", std::move(found)};
    });
}

commit_counts sqlite_store::commits() const { return writer_->counted(); }

}  // namespace mb::sqlite
