#include "apps/composition/backup.hpp"
#include "tests/apps/age.hpp"
#include "tests/apps/support.hpp"

#include <catch2/catch.hpp>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <regex>

using namespace mb;
using namespace mb::apps_testing;

namespace {

constexpr auto private_mode = std::filesystem::perms::owner_read | std::filesystem::perms::owner_write;

/// A lab with an administrator, and a key of age.
struct keeper : lab {
    explicit keeper(variables more = {}) : lab(std::move(more)) { set_up(); }
    std::string copy() const { return place / "copy.mbb"; }
    std::string sealed_copy() const { return place / "copy.age"; }
    void refuses(words line, std::string const& why) const
    {
        auto const said = admin(line);
        INFO(said.out << said.err);
        CHECK(said.exit_code == 1);
        CHECK(has(said.err, why));
    }
    bool left_something_behind() const
    {
        for (auto const& where : {place.path(), folder().path()})
            for (auto const& name : names_in(where))
                for (auto const* const draft : {"partial", "snapshot", "restoring"})
                    if (has(name, draft)) return true;
        return false;
    }
    std::string backups_in_log() const { return sql("SELECT count(*) FROM audit_logs WHERE event_type = 'BACKUP_CREATED'").front(); }

    scratch place;
    age_key key{place};
};

/// Another process that has the database open, until this object ends.
class other_process {
public:
    explicit other_process(std::string const& database)
    {
        std::array<int, 2> tells{};
        REQUIRE(::pipe(tells.data()) == 0);
        REQUIRE(::pipe(ends_.data()) == 0);
        child_ = ::fork();
        REQUIRE(child_ >= 0);
        if (child_ == 0) {
            ::close(ends_[1]);
            sqlite3* handle = nullptr;
            char const byte = 'x';
            if (sqlite3_open_v2(database.c_str(), &handle, SQLITE_OPEN_READWRITE, nullptr) != SQLITE_OK
                || sqlite3_exec(handle, "BEGIN; SELECT count(*) FROM users", nullptr, nullptr, nullptr) != SQLITE_OK
                || ::write(tells[1], &byte, 1) != 1)
                ::_exit(1);
            char end = 0;
            (void)!::read(ends_[0], &end, 1);  // until the test closes its end
            ::_exit(0);
        }
        ::close(ends_[0]);
        ::close(tells[1]);
        char byte = 0;
        auto const told = ::read(tells[0], &byte, 1);
        ::close(tells[0]);
        REQUIRE(told == 1);
    }
    ~other_process()
    {
        ::close(ends_[1]);
        ::waitpid(child_, nullptr, 0);
    }
    other_process(other_process const&) = delete;
    other_process& operator=(other_process const&) = delete;

private:
    std::array<int, 2> ends_{};
    pid_t child_ = -1;
};

std::string users_of(lab const& of)
{
    std::string joined;
    for (auto const& each : of.sql("SELECT email FROM users ORDER BY 1")) joined += each + " ";
    return joined;
}

}  // namespace

TEST_CASE("a copy put back has the accounts of its moment and ends its sessions", "[backup]")
{
    keeper const of;
    of.good({"backup", of.copy()});
    of.good({"user", "create", "--email", "ana@example.com", "--role", "user"}, std::string(password) + "\n");
    CHECK(users_of(of) == "ana@example.com root@example.com ");
    auto const said = of.good({"restore", of.copy()});
    CHECK(std::regex_search(said, std::regex("restored the backup of \\d{4}-.*Z \\(version .*\\); sessions ended: 0\n")));
    CHECK(users_of(of) == "root@example.com ");
    CHECK(of.sql("SELECT count(*) FROM audit_logs WHERE event_type = 'BACKUP_CREATED'") == words{"0"});
    CHECK(std::filesystem::exists(of.database_file() + ".before-restore"));
    CHECK_FALSE(of.left_something_behind());
}

TEST_CASE("an encrypted copy is private, shows nothing, and is written down", "[backup][age]")
{
    keeper of;
    of.environment()["BACKUP_AGE_RECIPIENT"] = of.key.recipient();
    auto const said = of.good({"backup", of.sealed_copy()});
    auto const written = content_of(of.sealed_copy());
    CHECK(written.starts_with("age-encryption.org/v1\n"));
    for (auto const* const clear : {"SQLite format", "MetaBuilder backup", "root@example.com"}) CHECK_FALSE(has(written, clear));
    CHECK(std::filesystem::status(of.sealed_copy()).permissions() == private_mode);
    auto const noted = of.sql("SELECT metadata FROM audit_logs WHERE event_type = 'BACKUP_CREATED'");
    REQUIRE(noted.size() == 1);
    CHECK(has(noted.front(), "\"encrypted\":\"true\""));
    auto const digest = said.substr(said.rfind(' ') + 1, 64);
    CHECK(has(noted.front(), digest));
    CHECK_FALSE(of.left_something_behind());
}

TEST_CASE("an encrypted copy comes back with its key alone", "[backup][age]")
{
    keeper of;
    of.good({"backup", of.sealed_copy(), "--recipient", of.key.recipient()});
    auto const before = content_of(of.database_file());
    scratch const elsewhere;
    age_key const other(elsewhere);
    of.refuses({"restore", of.sealed_copy()}, "--identity");
    of.refuses({"restore", of.sealed_copy(), "--identity", other.file()}, "age ended with status");
    of.refuses({"restore", of.sealed_copy(), "--identity", elsewhere / "absent"}, "age ended with status");
    CHECK(content_of(of.database_file()) == before);
    CHECK_FALSE(of.left_something_behind());
    CHECK(of.admin({"restore", of.sealed_copy(), "--identity", of.key.file()}).exit_code == 0);
}

TEST_CASE("a recipient of the command line wins, and several can read", "[backup][age]")
{
    keeper of;
    scratch const first_place, second_place;
    age_key const first(first_place), second(second_place);
    of.environment()["BACKUP_AGE_RECIPIENT"] = of.key.recipient();
    of.good({"backup", of.sealed_copy(), "--recipient", first.recipient(), "--recipient", second.recipient()});
    of.refuses({"restore", of.sealed_copy(), "--identity", of.key.file()}, "age ended with status");
    for (auto const* key : {&first, &second}) CHECK(of.admin({"restore", of.sealed_copy(), "--identity", key->file()}).exit_code == 0);
}

TEST_CASE("without a recipient it is said that the copy is in clear", "[backup]")
{
    keeper of;
    auto const english = of.admin({"backup", of.copy()});
    CHECK(english.err == "⚠ the backup is not encrypted (BACKUP_AGE_RECIPIENT)\n");
    CHECK(has(english.out, "backup in " + of.copy()));
    of.environment()["METABUILDER_LANG"] = "es";
    auto const spanish = of.admin({"backup", of.place / "copia"});
    CHECK(spanish.err == "⚠ la copia no está cifrada (BACKUP_AGE_RECIPIENT)\n");
    CHECK(has(spanish.out, "copia en "));
    CHECK(has(of.good({"restore", of.copy()}), "restaurada la copia de "));
}

TEST_CASE("a folder gets a file that is named after the time", "[backup]")
{
    keeper const of;
    scratch const clear, sealed;
    of.good({"backup", clear.path().string()});
    of.good({"backup", sealed.path().string(), "--recipient", of.key.recipient()});
    REQUIRE(names_in(clear.path()).size() == 1);
    REQUIRE(names_in(sealed.path()).size() == 1);
    CHECK(std::regex_match(names_in(clear.path()).front(), std::regex(R"(metabuilder-\d{8}T\d{6}Z\.backup)")));
    CHECK(std::regex_match(names_in(sealed.path()).front(), std::regex(R"(metabuilder-\d{8}T\d{6}Z\.backup\.age)")));
}

TEST_CASE("an existing target is never replaced, not even a link to nowhere", "[backup]")
{
    keeper const of;
    auto const mine = of.place.write("mine", "mine");
    of.refuses({"backup", mine}, "exists already");
    CHECK(content_of(mine) == "mine");
    std::filesystem::create_symlink(of.place / "nowhere", of.place / "link");
    of.refuses({"backup", of.place / "link"}, "exists already");
    of.refuses({"backup", of.place / "no/such/copy"}, "no/such");
    CHECK(of.backups_in_log() == "0");
    CHECK_FALSE(of.left_something_behind());
}

TEST_CASE("without age nothing is written", "[backup][age]")
{
    keeper of;
    of.environment()["BACKUP_AGE_RECIPIENT"] = of.key.recipient();
    of.environment()["PATH"] = "/nonexistent";
    of.refuses({"backup", of.sealed_copy()}, "age: ");
    CHECK_FALSE(std::filesystem::exists(of.sealed_copy()));
    CHECK(of.backups_in_log() == "0");
    CHECK_FALSE(of.left_something_behind());
}

TEST_CASE("an age that fails leaves no copy", "[backup][age]")
{
    // one that ends at once, and one that fails after it wrote something
    for (auto const* const script : {"exit 3", "head -c 100; exit 1"}) {
        keeper of;
        std::filesystem::create_directory(of.place / "bin");
        auto const program = of.place.write("bin/age", std::string("#!/bin/sh\n") + script + "\n");
        std::filesystem::permissions(program, std::filesystem::perms::owner_all);
        of.environment()["BACKUP_AGE_RECIPIENT"] = of.key.recipient();
        of.environment()["PATH"] = of.place / "bin" + ":/usr/bin:/bin";
        of.refuses({"backup", of.sealed_copy()}, "age ended with status");
        CHECK_FALSE(std::filesystem::exists(of.sealed_copy()));
        CHECK(of.backups_in_log() == "0");
        CHECK_FALSE(of.left_something_behind());
    }
}

TEST_CASE("a backup that was cut or altered changes nothing of the database", "[backup][restore]")
{
    keeper const of;
    of.good({"backup", of.copy()});
    auto const before = content_of(of.database_file());
    auto const whole = content_of(of.copy());
    auto flipped = whole;
    flipped[whole.size() / 2] ^= 1;
    auto const with = [&](std::string const& old, std::string const& other) {
        auto text = whole;
        return text.replace(text.find(old), old.size(), other);
    };
    struct damage {
        std::string content;
        std::string why;
    };
    for (auto const& [content, why] :
         {damage{flipped, "cut short or altered"}, damage{whole.substr(0, whole.size() - 1), "cut short or altered"},
          damage{whole.substr(0, 5000), "cut short or altered"}, damage{with("\nschema ", "\nschema 9"), ", this program knows "},
          damage{with("\nengine sqlite\n", "\nengine postgresql\n"), "the backup is one of postgresql, the configuration says sqlite"},
          damage{"rubbish", "no backup"}, damage{"", "no backup"}}) {
        of.refuses({"restore", of.place.write("bad", content)}, why);
        CHECK(content_of(of.database_file()) == before);
        CHECK_FALSE(of.left_something_behind());
    }
    of.refuses({"restore", of.place / "absent"}, "absent");
}

TEST_CASE("an encrypted backup that was cut changes nothing of the database", "[backup][restore][age]")
{
    keeper const of;
    of.good({"backup", of.sealed_copy(), "--recipient", of.key.recipient()});
    auto const before = content_of(of.database_file());
    auto const sealed = content_of(of.sealed_copy());
    for (auto const& content : {sealed.substr(0, sealed.size() - 1), sealed.substr(0, sealed.size() - 70'000), sealed.substr(0, 100)}) {
        of.refuses({"restore", of.place.write("bad", content), "--identity", of.key.file()}, "age");
        CHECK(content_of(of.database_file()) == before);
        CHECK_FALSE(of.left_something_behind());
    }
}

TEST_CASE("a backup of another master key is refused", "[backup][restore]")
{
    keeper const of;
    of.good({"backup", of.copy()});
    std::filesystem::remove(of.folder() / "secrets.env");
    of.refuses({"restore", of.copy()}, "MASTER_KEY");
    CHECK_FALSE(of.left_something_behind());
}

TEST_CASE("nothing is restored under a server that has the database open", "[backup][restore]")
{
    keeper const of;
    of.good({"backup", of.copy()});
    other_process const server(of.database_file());
    of.refuses({"restore", of.copy()}, "stop the server first");
    CHECK_FALSE(of.left_something_behind());
}

TEST_CASE("a damaged database is no obstacle to a restore", "[backup][restore]")
{
    keeper const of;
    of.good({"backup", of.copy()});
    of.folder().write("metabuilder.db", "damaged");
    of.good({"restore", of.copy()});
    CHECK(users_of(of) == "root@example.com ");
}

TEST_CASE("a database in memory has no backups", "[backup][restore]")
{
    keeper of;
    of.good({"backup", of.copy()});
    of.environment()["DATABASE_URL"] = "sqlite::memory:";
    of.refuses({"backup", of.place / "other"}, "a database in memory has no backups");
    of.refuses({"restore", of.copy()}, "a database in memory has no backups");
}

TEST_CASE("a database that is not there, or not current, gets no backup", "[backup]")
{
    lab const of;
    auto const missing = of.admin({"backup", of.folder() / "copy"});
    CHECK(missing.exit_code == 1);
    CHECK(has(missing.err, "no database"));
    of.folder().write("metabuilder.db", "");
    CHECK(of.admin({"backup", of.folder() / "copy"}).exit_code == 1);
    CHECK_FALSE(std::filesystem::exists(of.folder() / "copy"));
}
