#include "adapters/openssl/ed25519.hpp"
#include "apps/admin/run.hpp"
#include "apps/composition/key_material.hpp"
#include "core/domain/base/text.hpp"
#include "tests/apps/support.hpp"

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <filesystem>

using namespace mb;
using namespace mb::apps_testing;
using composition::draw_keys;
using composition::write_private_file;

namespace {

constexpr auto private_mode = std::filesystem::perms::owner_read | std::filesystem::perms::owner_write;

std::filesystem::perms mode_of(std::string const& path) { return std::filesystem::status(path).permissions(); }

told generate(words line, variables const& environment = {})
{
    line.insert(line.begin(), {"metabuilder-admin", "keys", "generate"});
    return run(environment, admin::run, line);
}

std::vector<std::string> settings_of(std::vector<composition::drawn_key> const& keys)
{
    std::vector<std::string> names;
    for (auto const& each : keys) names.push_back(each.setting);
    return names;
}

}  // namespace

TEST_CASE("without a name the keys are those that a server needs", "[keys]")
{
    auto const keys = draw_keys({});
    REQUIRE(keys);
    CHECK(settings_of(*keys) == words{"MASTER_KEY", "JWT_SECRET", "METRICS_TOKEN"});
    CHECK(parse_base64(keys->front().value.reveal()).value_or("").size() == 32);
}

TEST_CASE("keys are drawn anew each time", "[keys]")
{
    for (auto const* const name : {"MASTER_KEY", "JWT_SECRET", "METRICS_TOKEN", "PASETO_PRIVATE_KEY"})
        CHECK(draw_keys({name})->front().value.reveal() != draw_keys({name})->front().value.reveal());
}

TEST_CASE("a name that is none gives no keys, whatever stands before it", "[keys]")
{
    CHECK_FALSE(draw_keys({"MASTER_KEY", "SMTP_PASSWORD"}));
    CHECK_FALSE(draw_keys({""}));
}

TEST_CASE("a private key of PASETO comes with its public one", "[keys]")
{
    auto const keys = draw_keys({"PASETO_PRIVATE_KEY"});
    REQUIRE(keys);
    CHECK(settings_of(*keys) == words{"PASETO_PRIVATE_KEY", "PASETO_PUBLIC_KEY"});
    std::string_view const secret_prefix = "k4.secret.";
    std::string_view const public_prefix = "k4.public.";
    std::string const whole(keys->at(0).value.reveal());
    std::string const open(keys->at(1).value.reveal());
    REQUIRE(whole.starts_with(secret_prefix));
    REQUIRE(open.starts_with(public_prefix));
    auto const both = parse_base64url(whole.substr(secret_prefix.size())).value_or("");
    REQUIRE(both.size() == 64);
    CHECK(parse_base64url(open.substr(public_prefix.size())) == both.substr(32));
    CHECK(openssl::ed25519_public_key(secret{both.substr(0, 32)}) == both.substr(32));
}

TEST_CASE("a private file is its owner's alone and is never replaced", "[keys]")
{
    scratch const folder;
    REQUIRE(write_private_file(folder / "key", "first"));
    CHECK(mode_of(folder / "key") == private_mode);
    auto const again = write_private_file(folder / "key", "second");
    REQUIRE_FALSE(again);
    CHECK(again.error().code == errc::unavailable);
    CHECK(content_of(folder / "key") == "first");
    CHECK(names_in(folder.path()) == words{"key"});
}

TEST_CASE("a private file whose folder is not there can't be written", "[keys]")
{
    scratch const folder;
    auto const made = write_private_file(folder / "none/key", "text");
    REQUIRE_FALSE(made);
    CHECK(has(made.error().detail, "none/key"));
}

TEST_CASE("keys go to a private file, and are not shown", "[keys][admin]")
{
    scratch const folder;
    auto const file = folder / "secrets.env";
    auto const said = generate({"--file", file}, {{"METABUILDER_LANG", "en"}});
    CHECK(said.exit_code == 0);
    CHECK(said.out == "written: " + file + "\n");
    CHECK(mode_of(file) == private_mode);
    auto const lines = content_of(file);
    for (auto const* const name : {"MASTER_KEY=", "JWT_SECRET=", "METRICS_TOKEN="}) CHECK(has(lines, name));
    auto const again = generate({"--file", file});
    CHECK(again.exit_code == 1);
    CHECK(content_of(file) == lines);
}

TEST_CASE("keys go to a folder, one a file, and replace none", "[keys][admin]")
{
    scratch const folder;
    CHECK(generate({"--folder", folder.path().string()}).exit_code == 0);
    CHECK(names_in(folder.path()) == words{"jwt_secret", "master_key", "metrics_token"});
    for (auto const& name : names_in(folder.path())) CHECK(mode_of(folder / name) == private_mode);
    std::filesystem::remove(folder / "master_key");
    auto const again = generate({"--folder", folder.path().string()});
    CHECK(again.exit_code == 1);
    CHECK(has(again.err, "jwt_secret: ya existe"));
    CHECK_FALSE(std::filesystem::exists(folder / "master_key"));
}

TEST_CASE("a folder that is not there gets no keys", "[keys][admin]")
{
    scratch const folder;
    auto const said = generate({"--folder", folder / "none"});
    CHECK(said.exit_code == 1);
    CHECK(has(said.err, "none/master_key"));
}

TEST_CASE("keys go to a file or to a folder, not to both", "[keys][admin]")
{
    scratch const folder;
    CHECK(generate({"--file", folder / "a", "--folder", folder.path().string()}).exit_code == 1);
    CHECK(names_in(folder.path()).empty());
}

TEST_CASE("keys are not written where a log could be", "[keys][admin]")
{
    auto const said = generate({}, {{"METABUILDER_LANG", "en"}});
    CHECK(said.exit_code == 1);
    CHECK(said.out.empty());
    CHECK(has(said.err, "--file"));
}

TEST_CASE("keys are printed on a terminal", "[keys][admin]")
{
    int const ours = ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    REQUIRE(ours >= 0);
    REQUIRE(::grantpt(ours) == 0);
    REQUIRE(::unlockpt(ours) == 0);
    int const theirs = ::open(::ptsname(ours), O_RDWR | O_NOCTTY | O_CLOEXEC);
    REQUIRE(theirs >= 0);
    auto const said = run({}, [&] {
        int const before = ::dup(STDOUT_FILENO);
        ::dup2(theirs, STDOUT_FILENO);
        std::array<char const*, 5> line{"metabuilder-admin", "keys", "generate", "MASTER_KEY", nullptr};
        auto const exit_code = admin::run(4, line.data());
        std::fflush(stdout);
        ::dup2(before, STDOUT_FILENO);
        ::close(before);
        return exit_code;
    });
    std::array<char, 256> shown{};
    auto const bytes = ::read(ours, shown.data(), shown.size());
    ::close(theirs);
    ::close(ours);
    CHECK(said.exit_code == 0);
    REQUIRE(bytes > 0);
    std::string const text(shown.data(), static_cast<std::size_t>(bytes));
    CHECK(text.starts_with("MASTER_KEY="));
    CHECK(text.size() == std::string("MASTER_KEY=").size() + 44 + 2);
}

TEST_CASE("a name that is none is refused with those that are", "[keys][admin]")
{
    scratch const folder;
    auto const said = generate({"SMTP_PASSWORD", "--file", folder / "x"}, {{"METABUILDER_LANG", "en"}});
    CHECK(said.exit_code == 1);
    CHECK(has(said.err, "known names: MASTER_KEY"));
    CHECK(names_in(folder.path()).empty());
}
