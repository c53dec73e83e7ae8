#include "adapters/backup/child.hpp"

#include <catch2/catch.hpp>
#include <sys/stat.h>

#include <array>
#include <cstdlib>
#include <string>

using namespace mb;
using namespace mb::backup;

namespace {

std::string read_all(descriptor const& from)
{
    std::string all;
    std::array<char, 4096> piece{};
    for (;;) {
        auto const bytes = from.read(piece);
        REQUIRE(bytes);
        if (*bytes == 0) return all;
        all.append(piece.data(), *bytes);
    }
}

/// What a program says to what it is given.
std::string said_by(std::vector<std::string> const& command, std::string_view given = "", std::vector<std::string> const& variables = {})
{
    auto to = make_pipe();
    auto from = make_pipe();
    REQUIRE(to);
    REQUIRE(from);
    auto program = child::start(command, to->reads, from->writes, variables);
    REQUIRE(program);
    to->reads.close();
    from->writes.close();
    REQUIRE(to->writes.write(given));
    to->writes.close();
    auto said = read_all(from->reads);
    REQUIRE(program->wait());
    return said;
}

}  // namespace

TEST_CASE("a program reads what is written to it, and its answer is read", "[backup][child]")
{
    std::string const text(60'000, 'x');
    CHECK(said_by({"cat"}, text) == text);
}

TEST_CASE("a program gets no variable of ours but the path and what is named, and no descriptor", "[backup][child]")
{
    ::setenv("MB_TEST_SECRET", "canary", 1);
    auto const variables = said_by({"env"}, "", {"GIVEN=1"});
    ::unsetenv("MB_TEST_SECRET");
    CHECK(variables.find("canary") == std::string::npos);
    CHECK(variables.find("GIVEN=1\n") != std::string::npos);
    CHECK(variables.find("PATH=") != std::string::npos);
    auto const spare = make_pipe();
    REQUIRE(spare);
    struct stat ours {};
    REQUIRE(::fstat(spare->reads.number(), &ours) == 0);
    auto const held = said_by({"ls", "-l", "/proc/self/fd"});
    CHECK(held.find("pipe:[") != std::string::npos);
    CHECK(held.find("pipe:[" + std::to_string(ours.st_ino) + "]") == std::string::npos);
}

TEST_CASE("no shell reads the arguments", "[backup][child]") { CHECK(said_by({"echo", "$PATH; `ls` *"}) == "$PATH; `ls` *\n"); }

TEST_CASE("a program that is missing, fails or is killed is told by its name", "[backup][child]")
{
    auto ends = make_pipe();
    REQUIRE(ends);
    auto const missing = child::start({"mb-no-such-program"}, ends->reads, ends->writes);
    REQUIRE_FALSE(missing);
    CHECK(missing.error().detail.starts_with("mb-no-such-program: "));

    auto failing = child::start({"false"}, ends->reads, ends->writes);
    REQUIRE(failing);
    auto const status = failing->wait();
    REQUIRE_FALSE(status);
    CHECK(status.error().detail == "false ended with status 1");

    auto killed = child::start({"sh", "-c", "kill -9 $$"}, ends->reads, ends->writes);
    REQUIRE(killed);
    CHECK(killed->wait().error().detail == "sh ended with signal 9");
}

TEST_CASE("a program that nobody waits for is ended", "[backup][child]")
{
    auto ends = make_pipe();
    REQUIRE(ends);
    {
        auto const waits = child::start({"cat"}, ends->reads, ends->writes);
        REQUIRE(waits);
    }
    SUCCEED("the destructor returned");
}

TEST_CASE("a program that has left is seen where it is written to", "[backup][child]")
{
    auto to = make_pipe();
    auto from = make_pipe();
    REQUIRE(to);
    REQUIRE(from);
    auto leaves = child::start({"true"}, to->reads, from->writes);
    REQUIRE(leaves);
    to->reads.close();
    REQUIRE(leaves->wait());
    auto const written = to->writes.write("text");
    REQUIRE_FALSE(written);
    CHECK(written.error().code == errc::unavailable);
}
