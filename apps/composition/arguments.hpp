#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace mb::composition {

/// Something that a command takes. What it is given goes to where `into` points, which outlives parse().
struct argument {
    using destination = std::variant<bool*, int*, std::size_t*, std::string*, std::optional<std::string>*, std::vector<std::string>*>;
    struct range {
        int least = 0;
        int most = 0;
    };
    enum class needed { no, yes };

    std::string name;           ///< "--email", or "file" for what stands there without a name
    destination into;           ///< a bool makes it a flag
    std::string description{};  ///< for --help
    needed must = needed::no;
    std::optional<range> within{};  ///< of numbers
    std::string excludes{};         ///< the name of one before it, which may not be given at the same time
    bool replaces_command = false;  ///< if it is given, no command has to be named
};

/// A command, with those below it: if there are any, one must be named.
struct command {
    std::string name;
    std::string description{};
    std::vector<argument> arguments{};
    std::vector<command> commands{};
    std::function<void()> chosen{};  ///< called if the command was named
    std::function<int()> instead{};  ///< the same, and the program ends with what it returns
};

/// A whole command line: its name is the program's. Adds --help and --version, and tells what is wrong on standard error.
/// @return the exit code, where the program has nothing more to do
std::optional<int> parse(command const& line, std::string const& version, int argc, char const* const* argv);

}  // namespace mb::composition
