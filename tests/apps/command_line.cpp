#include "apps/composition/arguments.hpp"
#include "tests/apps/support.hpp"

#include <catch2/catch.hpp>

using namespace mb;
using namespace mb::apps_testing;
using composition::argument;
using composition::command;

namespace {

/// A line with each kind of argument, and commands below commands.
struct sample {
    bool flag = false;
    bool look = false;
    int number = 0;
    std::size_t size = 0;
    std::string name;
    std::optional<std::string> note;
    std::vector<std::string> many;
    std::string called;
    std::optional<int> exit_code;

    command line()
    {
        command with_arguments{.name = "take",
                               .description = "takes what it is given",
                               .arguments = {{"name", &name, "of it", argument::needed::yes},
                                             {"--flag", &flag, "set or not"},
                                             {.name = "--number", .into = &number, .description = "from 1 to 9", .within = argument::range{1, 9}},
                                             {"--size", &size, "of it"},
                                             {"--note", &note, "to it"},
                                             {.name = "--many", .into = &many, .description = "of them", .excludes = "--note"}},
                               .chosen = [this] { called += "take "; }};
        command ends{.name = "end", .description = "ends", .chosen = [this] { called += "end "; }, .instead = [] { return 7; }};
        command goes_on{.name = "go", .description = "goes on", .chosen = [this] { called += "go "; }};
        return {
            .name = "sample",
            .description = "A sample",
            .arguments = {{.name = "--look", .into = &look, .description = "only looks", .replaces_command = true}},
            .commands = {std::move(with_arguments), {.name = "group", .description = "of two", .commands = {std::move(ends), std::move(goes_on)}}}};
    }
    told parse(words given)
    {
        given.insert(given.begin(), "sample");
        return run(
            {},
            [this](int argc, char const* const* argv) {
                exit_code = composition::parse(line(), "1.2.3", argc, argv);
                return exit_code.value_or(-1);
            },
            given);
    }
};

}  // namespace

TEST_CASE("what an argument is given goes to its place", "[arguments]")
{
    sample each;
    each.parse({"take", "ana", "--flag", "--number", "9", "--size", "12", "--note", "two words"});
    CHECK_FALSE(each.exit_code.has_value());
    CHECK(each.name == "ana");
    CHECK(each.flag);
    CHECK(each.number == 9);
    CHECK(each.size == 12);
    CHECK(each.note == "two words");
    CHECK(each.called == "take ");
}

TEST_CASE("an argument that takes many is given each of them, and the others stay as they were", "[arguments]")
{
    sample each;
    each.parse({"take", "ana", "--many", "a", "--many", "b"});
    CHECK(each.many == std::vector<std::string>{"a", "b"});
    CHECK_FALSE(each.flag);
    CHECK_FALSE(each.note.has_value());
}

TEST_CASE("a command line that can't be read ends with 1, and standard error says why", "[arguments]")
{
    struct refusal {
        words line;
        std::string why;
    };
    for (auto const& [line, why] : {refusal{{"take"}, "name is required"}, refusal{{"take", "ana", "--number", "10"}, "--number"},
                                    refusal{{"take", "ana", "--number", "0"}, "--number"}, refusal{{"take", "ana", "--number", "x"}, "--number"},
                                    refusal{{"take", "ana", "--note", "a", "--many", "b"}, "excludes"}, refusal{{"take", "ana", "more"}, "more"},
                                    refusal{{"--unknown"}, "--unknown"}, refusal{{"group"}, "subcommand"}}) {
        sample each;
        auto const said = each.parse(line);
        INFO(said.err << said.out);
        CHECK(each.exit_code == 1);
        CHECK(has(said.err, why));
        CHECK(each.called.empty());
    }
}

TEST_CASE("the bounds of a number are within it", "[arguments]")
{
    for (auto const* const bound : {"1", "9"}) {
        sample each;
        each.parse({"take", "ana", "--number", bound});
        CHECK(std::to_string(each.number) == bound);
    }
}

TEST_CASE("a command can end the program in the place of what would follow", "[arguments]")
{
    sample each;
    each.parse({"group", "end"});
    CHECK(each.exit_code == 7);
    CHECK(each.called == "end ");
}

TEST_CASE("a command of a group is called alone", "[arguments]")
{
    sample each;
    each.parse({"group", "go"});
    CHECK_FALSE(each.exit_code.has_value());
    CHECK(each.called == "go ");
}

TEST_CASE("without a command the help is shown, unless an argument takes its place", "[arguments]")
{
    sample each;
    auto const said = each.parse({});
    CHECK(each.exit_code == 0);
    CHECK(has(said.out, "takes what it is given"));
    auto const looked = each.parse({"--look"});
    CHECK_FALSE(each.exit_code.has_value());
    CHECK(looked.out.empty());
    CHECK(each.look);
}

TEST_CASE("help names each command and each argument of the one that was asked for", "[arguments]")
{
    sample each;
    auto const whole = each.parse({"--help"});
    CHECK(each.exit_code == 0);
    for (auto const* const word : {"--look", "--version", "take", "group", "A sample"}) CHECK(has(whole.out, word));
    auto const of_one = each.parse({"take", "--help"});
    for (auto const* const word : {"--flag", "--number", "--many", "name"}) CHECK(has(of_one.out, word));
}

TEST_CASE("the version is shown alone", "[arguments]")
{
    sample each;
    CHECK(each.parse({"--version"}).out == "1.2.3\n");
    CHECK(each.exit_code == 0);
}
