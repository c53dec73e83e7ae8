#include "tests/adapters/sqlite/support.hpp"

#include <catch2/catch.hpp>
#include <sys/stat.h>

#include <fstream>
#include <thread>

using namespace mb;
using namespace mb::sqlite::testing;

namespace {

error refusal(std::string const& path)
{
    sqlite::options how;
    how.path = path;
    auto const opened = sqlite::sqlite_store::open(how, seals());
    REQUIRE_FALSE(opened);
    return opened.error();
}

void write_at(std::string const& path, std::streamoff at, std::string const& bytes)
{
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(at);
    file << bytes;
}

std::string bytes_of(std::string const& path)
{
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

TEST_CASE("a file that is no database is refused, stays as it is, and the command that helps is named")
{
    folder const here;
    auto const path = here.file("db");
    std::string const text(4'096, 'x');
    std::ofstream(path) << text;
    auto const refused = refusal(path);
    CHECK(refused.code == errc::corrupt);
    CHECK(refused.detail.find("metabuilder-admin restore") != std::string::npos);
    CHECK(bytes_of(path) == text);
}

TEST_CASE("a database that was cut short is refused")
{
    folder const here;
    auto const path = here.file("db");
    (void)fresh_store(path);
    std::filesystem::resize_file(path, std::filesystem::file_size(path) - 4'096);
    auto const refused = refusal(path);
    CHECK(refused.code == errc::corrupt);
    CHECK(refused.detail.find("cut short") != std::string::npos);
}

TEST_CASE("a database whose schema is damaged is refused")
{
    folder const here;
    auto const path = here.file("db");
    (void)fresh_store(path);
    SECTION("the root page holds noise")
    {
        write_at(path, 100, std::string(400, '\x5a'));
        auto const refused = refusal(path);
        CHECK(refused.code == errc::corrupt);
        CHECK(refused.detail.find("metabuilder-admin restore") != std::string::npos);
    }
    SECTION("the text of a table can't be read")
    {
        auto const at = bytes_of(path).find("CREATE TABLE users");
        REQUIRE(at != std::string::npos);
        write_at(path, static_cast<std::streamoff>(at), "CREATE TUBLE users");
        CHECK(refusal(path).code == errc::corrupt);
    }
}

TEST_CASE("a database of another program is refused and stays as it is")
{
    folder const here;
    auto const path = here.file("db");
    SECTION("which has tables") { ask(path, "CREATE TABLE theirs (x)"); }
    SECTION("which names itself") { ask(path, "PRAGMA application_id = 77; CREATE TABLE theirs (x)"); }
    auto const before = bytes_of(path);
    auto const refused = refusal(path);
    CHECK(refused.code == errc::corrupt);
    CHECK(refused.detail.find("another program") != std::string::npos);
    CHECK(bytes_of(path) == before);
}

TEST_CASE("damage deeper in the file is found by the integrity check, not at the start")
{
    folder const here;
    auto const path = here.file("db");
    {
        auto store = fresh_store(path);
        REQUIRE(store->transact([](ports::transaction& tx) -> outcome<void> {
            for (std::uint64_t i = 0; i < 500; ++i) MB_CHECK(tx.users().insert(sample_user(i)));
            return {};
        }));
        CHECK(store->integrity_check());
    }
    auto const size = static_cast<std::streamoff>(bytes_of(path).size());
    write_at(path, size - 4'096, std::string(4'096, '\x5a'));
    auto store = open_store(path);
    auto const checked = store->integrity_check();
    REQUIRE_FALSE(checked);
    CHECK(checked.error().code == errc::corrupt);
}

TEST_CASE("a new database can be read by its owner only")
{
    folder const here;
    auto store = fresh_store(here.file("db"));
    for (auto const* name : {"db", "db-wal", "db-shm"}) {
        struct stat status {};
        REQUIRE(::stat(here.file(name).c_str(), &status) == 0);
        CHECK((status.st_mode & 0777) == 0600);
    }
}

TEST_CASE("a path that can't be opened is unavailable")
{
    folder const here;
    CHECK(refusal(here.file("missing/db")).code == errc::unavailable);
    std::filesystem::create_directory(here.file("folder"));
    CHECK(refusal(here.file("folder")).code == errc::unavailable);
}

TEST_CASE("migrations")
{
    folder const here;
    auto const path = here.file("db");
    auto store = open_store(path);

    SECTION("a new database is empty, and is refused until it is migrated")
    {
        CHECK(store->schema_status()->state == sql::schema_state::empty);
        auto const refused = store->require_current_schema();
        REQUIRE_FALSE(refused);
        CHECK(refused.error().code == errc::corrupt);
        CHECK(refused.error().detail.find("metabuilder-admin migrate") != std::string::npos);
    }
    SECTION("run once, and a second time do nothing")
    {
        REQUIRE(store->migrate(start));
        CHECK(store->schema_status()->state == sql::schema_state::current);
        CHECK(store->require_current_schema());
        REQUIRE(store->migrate(start + std::chrono::hours{1}));
        CHECK(ask(path, "SELECT applied_at FROM schema_migrations")
              == std::vector<std::string>(static_cast<std::size_t>(store->schema_status()->known), std::to_string(to_micros(start))));
    }
    SECTION("refuse a step that is not the one that ran")
    {
        REQUIRE(store->migrate(start));
        ask(path, "UPDATE schema_migrations SET checksum = '0123456789abcdef' WHERE version = 1");
        CHECK(store->schema_status()->state == sql::schema_state::altered);
        CHECK(store->migrate(start).error().code == errc::corrupt);
        CHECK(store->require_current_schema().error().detail.find("metabuilder-admin migrate") != std::string::npos);
    }
    SECTION("refuse what a newer program made")
    {
        REQUIRE(store->migrate(start));
        ask(path, "INSERT INTO schema_migrations SELECT max(version) + 1, 'later', '0', 0 FROM schema_migrations");
        CHECK(store->schema_status()->state == sql::schema_state::newer);
        CHECK(store->migrate(start).error().code == errc::corrupt);
        CHECK(store->require_current_schema().error().detail.find("metabuilder-admin migrate") != std::string::npos);
    }
    SECTION("are run by one of two programs that start together")
    {
        auto other = open_store(path);
        outcome<void> theirs;
        std::thread starting([&] { theirs = other->migrate(start); });
        auto const ours = store->migrate(start);
        starting.join();
        CHECK(ours);
        CHECK(theirs);
        CHECK(ask(path, "SELECT count(*) FROM schema_migrations") == std::vector<std::string>{std::to_string(store->schema_status()->known)});
    }
}

TEST_CASE("a checksum changes with every byte of a script")
{
    CHECK(sql::checksum("") == "cbf29ce484222325");
    CHECK(sql::checksum("a") == "af63dc4c8601ec8c");
    CHECK(sql::checksum("CREATE TABLE a") != sql::checksum("CREATE TABLE b"));
}
