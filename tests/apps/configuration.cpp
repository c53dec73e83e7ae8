#include "adapters/config/settings.hpp"
#include "apps/admin/run.hpp"
#include "apps/composition/run_server.hpp"
#include "tests/apps/certificates.hpp"
#include "tests/apps/support.hpp"

#include <catch2/catch.hpp>

#include <filesystem>

using namespace mb;
using namespace mb::apps_testing;

namespace {

variables good_production(scratch const& folder)
{
    return {{"STATE_DIR", folder.path().string()},
            {"MASTER_KEY", "q1m9Yk0vZt7eR3xUuXcB5nHfJ8wLs2aDgPzQoE4iKM0="},
            {"JWT_SECRET", "Zr8kq-V3nXw0LmTtYc6sB1hGd9uJfE2a_oPi5RzQ"},
            {"SMTP_URL", "smtps://mail.example.com:465"},
            {"MAIL_FROM", "no-reply@example.com"},
            {"PUBLIC_URL", "https://id.example.com"}};
}

told server(variables const& environment, words line, config::profile which = config::profile::production)
{
    line.insert(line.begin(), "metabuilder-server");
    return run(
        environment, [which](int argc, char const* const* argv) { return composition::run_server(which, "metabuilder-server", argc, argv); }, line);
}

told admin_with(variables const& environment, words line)
{
    line.insert(line.begin(), "metabuilder-admin");
    return run(environment, admin::run, line);
}

}  // namespace

TEST_CASE("a good configuration passes the check and says nothing", "[configure]")
{
    scratch const folder;
    auto const said = server(good_production(folder), {"--check"});
    CHECK(said.exit_code == 0);
    CHECK(said.err.empty());
    CHECK(said.out.empty());
}

TEST_CASE("everything that is wrong is told at once and no value is", "[configure]")
{
    auto const said = server({{"PORT", "70000"}, {"JWT_SECRET", "corto"}, {"ALLOWED_ORIGINS", "*"}}, {"--check"});
    CHECK(said.exit_code == 1);
    for (auto const* const name : {"PORT", "JWT_SECRET", "MASTER_KEY", "ALLOWED_ORIGINS"}) CHECK(has(said.err, name));
    CHECK_FALSE(has(said.err, "corto"));
}

TEST_CASE("what is in force is printed without secrets", "[configure]")
{
    scratch const folder;
    auto const given = good_production(folder);
    auto const said = server(given, {"--print-config"});
    CHECK(said.exit_code == 0);
    CHECK(has(said.out, "PUBLIC_URL=https://id.example.com"));
    for (auto const* const name : {"MASTER_KEY", "JWT_SECRET"}) CHECK_FALSE(has(said.out, given.at(name)));
}

TEST_CASE("an unknown name in the file is named and refused", "[configure]")
{
    scratch const folder;
    auto const file = folder.write("bad.env", "PORT=8080\nJWT_SECERT=x\n");
    auto const said = server({}, {"--check", "--env-file", file}, config::profile::development);
    CHECK(said.exit_code == 1);
    CHECK(has(said.err, "JWT_SECERT"));
}

TEST_CASE("a lab refuses to listen to the world", "[configure]")
{
    auto const said = server({{"HOST", "0.0.0.0"}}, {"--check"}, config::profile::development);
    CHECK(said.exit_code == 1);
    CHECK(has(said.err, "HOST"));
}

TEST_CASE("looking at a configuration makes no folder", "[configure]")
{
    scratch const folder;
    CHECK(server({{"STATE_DIR", folder / "state"}}, {"--check"}, config::profile::development).exit_code == 0);
    CHECK(names_in(folder.path()).empty());
}

TEST_CASE("a state folder that can't be made is named", "[configure]")
{
    scratch const folder;
    auto const file = folder.write("file", "");
    auto const said = server({{"STATE_DIR", file + "/below"}}, {}, config::profile::development);
    CHECK(said.exit_code == 1);
    CHECK(has(said.err, "STATE_DIR"));
}

TEST_CASE("secrets of a lab that others can read are refused", "[configure]")
{
    lab const of;
    of.good({"migrate", "up"});
    std::filesystem::permissions(of.folder() / "secrets.env", std::filesystem::perms::others_read, std::filesystem::perm_options::add);
    auto const said = of.admin({"migrate", "status"});
    CHECK(said.exit_code == 1);
    CHECK(has(said.err, "secrets.env"));
}

TEST_CASE("files that the mailer and the countries need are judged before anything is opened", "[configure]")
{
    scratch const folder;
    auto given = good_production(folder);
    given["METABUILDER_LANG"] = "en";
    given["SMTP_CA_FILE"] = folder.write("ca.pem", "no certificate");
    given["GEOIP_DB"] = folder / "absent.mmdb";
    auto const said = server(given, {"--check"});
    CHECK(said.exit_code == 1);
    CHECK(has(said.err, "SMTP_CA_FILE"));
    CHECK(has(said.err, "GEOIP_DB names a file that can't be read"));
    given["GEOIP_DB"] = folder.write("broken.mmdb", "no database");
    CHECK(has(server(given, {"--check"}).err, "GEOIP_DB is no MMDB database"));
}

TEST_CASE("config check says what the server would", "[configure][admin]")
{
    variables const bad{{"PORT", "70000"}, {"JWT_SECRET", "corto"}};
    auto const said = admin_with(bad, {"config", "check"});
    CHECK(said.exit_code == 1);
    CHECK(said.err == server(bad, {"--check"}).err);
}

TEST_CASE("config check judges as production does, and says so", "[configure][admin]")
{
    scratch const folder;
    auto given = good_production(folder);
    auto const spanish = admin_with(given, {"config", "check"});
    CHECK(spanish.exit_code == 0);
    CHECK(has(spanish.out, "la configuración es correcta (perfil production)"));
    given["METABUILDER_LANG"] = "en";
    given["ENVIRONMENT"] = "development";
    CHECK(has(admin_with(given, {"config", "check"}).out, "the configuration is good (profile development)"));
}

TEST_CASE("config check reads the file that the command line names", "[configure][admin]")
{
    scratch const folder;
    auto const file = folder.write("bad.env", "PORT=70000\n");
    auto const said = admin_with(good_production(folder), {"--env-file", file, "config", "check"});
    CHECK(said.exit_code == 1);
    CHECK(has(said.err, "PORT"));
}

TEST_CASE("metabuilder-admin looks at the configuration without a command", "[configure][admin]")
{
    lab const of;
    CHECK(has(of.good({"--print-config"}), "STATE_DIR="));
    CHECK(of.good({"--check"}).empty());
    CHECK(names_in(of.folder().path()).empty());
}

TEST_CASE("authorities of the mail server are certificates in PEM and nothing else", "[configure][mail]")
{
    scratch const folder;
    auto given = good_production(folder);
    auto const one = make_certificate({.from = from_micros(0), .until = from_micros(4'000'000'000'000'000)});
    auto const judged = [&](std::string const& content) {
        given["SMTP_CA_FILE"] = folder.write("ca.pem", content);
        return server(given, {"--check"}).exit_code == 0;
    };
    CHECK(judged(one.certificate));
    CHECK(judged(one.certificate + one.certificate));
    CHECK_FALSE(judged(""));
    CHECK_FALSE(judged(one.key));
    CHECK_FALSE(judged(one.certificate + "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"));
    CHECK_FALSE(judged(one.certificate.substr(0, one.certificate.size() / 2)));
    given["SMTP_CA_FILE"] = folder / "none";
    CHECK(server(given, {"--check"}).exit_code == 1);
}
