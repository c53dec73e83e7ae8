#include "adapters/user_lines/account_lines.hpp"

#include <catch2/catch.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <vector>

using namespace mb;
using usecases::import_line;
using usecases::imported_account;
using user_lines::read_accounts;

namespace {

/// A file of one test.
struct input {
    std::string path = (std::filesystem::temp_directory_path() / ("mb-lines-" + std::to_string(::getpid()))).string();
    explicit input(std::string const& content) { std::ofstream(path, std::ios::binary) << content; }
    ~input() { ::unlink(path.c_str()); }
};

std::vector<import_line> lines_of(std::string const& content)
{
    input const file(content);
    std::vector<import_line> found;
    REQUIRE(read_accounts(file.path, [&](import_line&& line) -> outcome<bool> {
        found.push_back(std::move(line));
        return true;
    }));
    return found;
}

violations broken(std::string const& line)
{
    auto const read = lines_of(line);
    REQUIRE(read.size() == 1);
    REQUIRE(std::holds_alternative<violations>(read[0].content));
    return std::get<violations>(read[0].content);
}

imported_account account(std::string const& line)
{
    auto const read = lines_of(line);
    REQUIRE(read.size() == 1);
    REQUIRE(std::holds_alternative<imported_account>(read[0].content));
    return std::get<imported_account>(read[0].content);
}

/// One line that says an address, with as much white space as makes it so long.
std::string line_of(std::size_t bytes)
{
    std::string line = R"({"email":"a@example.org")";
    return line + std::string(bytes - line.size() - 1, ' ') + "}";
}

}  // namespace

TEST_CASE("a line says everything of an account, or its address alone")
{
    auto const full =
        account(R"({"email":"Ana@example.org","username":"ana","display_name":"Ana Pérez","email_verified":true,"roles":["user","editor"],)"
                R"("password_hash":"$2y$10$x"})");
    CHECK(full.email == "Ana@example.org");
    CHECK(full.username == "ana");
    CHECK(full.display_name == "Ana Pérez");
    CHECK(full.email_verified);
    CHECK(full.roles == std::vector<std::string>{"user", "editor"});
    CHECK(full.password_hash == "$2y$10$x");
    for (auto const* line : {R"({"email":"a@example.org"})",
                             R"({"email":"a@example.org","username":null,"display_name":null,"email_verified":null,"password_hash":null})"}) {
        auto const bare = account(line);
        CHECK_FALSE(bare.username);
        CHECK_FALSE(bare.display_name);
        CHECK_FALSE(bare.email_verified);
        CHECK_FALSE(bare.roles);
        CHECK_FALSE(bare.password_hash);
    }
    CHECK(account(R"({"email":"a@example.org","roles":[]})").roles == std::vector<std::string>{});
}

TEST_CASE("everything that is wrong with the form of a line is told")
{
    CHECK(broken(R"({"username":7,"colour":"red","roles":"user","email_verified":"yes"})").size() == 5);
    CHECK(broken("[]")[0].code == violation_code::wrong_type);
    CHECK(broken("{") == violations{{"", violation_code::wrong_format, "JSON: syntax"}});
    CHECK(broken("{\"email\":\"\xff\"}") == violations{{"", violation_code::wrong_format, "JSON: encoding"}});
    CHECK(broken("\xef\xbb\xbf{}") == violations{{"", violation_code::wrong_format, "JSON: syntax"}});
    CHECK(broken(R"({"email":"a","email":"b"})") == violations{{"", violation_code::duplicate, ""}});
    CHECK(broken(R"({"email":"a@example.org"} {})") == violations{{"", violation_code::wrong_format, "JSON: syntax"}});
    CHECK(broken(R"({"email":null})").size() == 1);
    CHECK(broken(R"({"email":"a","roles":[7]})")[0].pointer == "/roles/0");
}

TEST_CASE("lengths hold at the limit and not one past it")
{
    auto const with = [](std::string const& name, std::size_t length) {
        return "{\"email\":\"a@b.org\",\"" + name + "\":\"" + std::string(length, 'x') + "\"}";
    };
    for (auto const& [name, most] : {std::pair{"username", 64}, std::pair{"display_name", 200}, std::pair{"password_hash", 512}}) {
        CHECK(account(with(name, static_cast<std::size_t>(most))).email == "a@b.org");
        CHECK(broken(with(name, static_cast<std::size_t>(most) + 1))[0].code == violation_code::too_long);
        CHECK(broken(with(name, 0))[0].code == violation_code::too_short);
    }
    auto const roles = [](int count) {
        std::string list = "\"r\"";
        for (int i = 1; i < count; ++i) list += ",\"r\"";
        return "{\"email\":\"a@b.org\",\"roles\":[" + list + "]}";
    };
    CHECK(account(roles(100)).roles->size() == 100);
    CHECK(broken(roles(101)).size() == 1);
}

TEST_CASE("a line of the largest size is read, one byte more is told, and what follows is read in both cases")
{
    auto const most = user_lines::line_bytes_max;
    for (auto const* end : {"\n", "\r\n"}) {
        auto const fits = lines_of(line_of(most) + end + line_of(100) + end);
        REQUIRE(fits.size() == 2);
        CHECK(std::holds_alternative<imported_account>(fits[0].content));
        for (std::size_t const bytes : {most + 1, most + 2, 5 * most}) {
            auto const past = lines_of(line_of(bytes) + end + line_of(100));
            REQUIRE(past.size() == 2);
            CHECK(std::get<violations>(past[0].content) == violations{{"", violation_code::too_long, std::to_string(most)}});
            CHECK(past[1].number == 2);
            CHECK(std::holds_alternative<imported_account>(past[1].content));
        }
    }
}

TEST_CASE("lines are counted as an editor does, blank ones too, and the last needs no end")
{
    auto const line = line_of(60);
    std::vector<std::size_t> numbers;
    for (auto const& each : lines_of("\n" + line + "\r\n \t\n\n" + line + "\n" + line)) numbers.push_back(each.number);
    CHECK(numbers == std::vector<std::size_t>{2, 5, 6});
    CHECK(lines_of("").empty());
    CHECK(lines_of("\n\n").empty());
    // across the pieces that the file is read in
    std::string many;
    for (int i = 0; i < 5'000; ++i) many += line + "\n";
    CHECK(lines_of(many).size() == 5'000);
}

TEST_CASE("whoever takes the lines may stop, and its errors are passed on")
{
    input const file(line_of(60) + "\n" + line_of(60) + "\n" + line_of(60));
    int taken = 0;
    REQUIRE(read_accounts(file.path, [&](import_line&&) -> outcome<bool> { return ++taken < 2; }));
    CHECK(taken == 2);
    auto const failed = read_accounts(file.path, [](import_line&&) -> outcome<bool> { return error{errc::conflict, "test", ""}; });
    REQUIRE_FALSE(failed);
    CHECK(failed.error().code == errc::conflict);
}

TEST_CASE("what can't be read twice is refused before its first line")
{
    auto const nothing = [](import_line&&) -> outcome<bool> { return error{errc::unexpected, "test", ""}; };
    input const file("");
    auto const pipe = file.path + ".pipe";
    REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
    for (auto const& path : {file.path + ".nowhere", std::filesystem::temp_directory_path().string(), pipe, std::string("/dev/null")}) {
        auto const said = read_accounts(path, nothing);
        REQUIRE_FALSE(said);
        CHECK(said.error().code == errc::unavailable);
    }
    ::unlink(pipe.c_str());
}
