#pragma once

#include "adapters/backup/descriptor.hpp"
#include "core/domain/base/outcome.hpp"

#include <string>
#include <vector>

namespace mb::backup {

/// Another program at work, started without a shell. It gets its arguments, two descriptors, our standard error, and of our environment what is named: no
/// secret of ours.
class child {
public:
    /// Looks the program up in PATH. @param variables  NAME=value, beside PATH. Ignores SIGPIPE in this process from now on: a child that has left
    /// is seen where it is written to.
    /// @error unavailable  there is no such program, or it can't be started; the detail names it
    static outcome<child> start(std::vector<std::string> const& command, descriptor const& in, descriptor const& out, std::vector<std::string> const& variables = {});
    /// Ends one that nobody waited for.
    ~child();
    child(child&& other) noexcept;
    child& operator=(child&&) = delete;

    /// @error unavailable  it ended with anything but 0
    outcome<void> wait();

private:
    child(int process, std::string name) noexcept : process_(process), name_(std::move(name)) {}

    int process_;
    std::string name_;
};

}  // namespace mb::backup
