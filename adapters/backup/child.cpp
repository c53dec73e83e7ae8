#include "adapters/backup/child.hpp"

#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace mb::backup {
namespace {

constexpr char const* in_child = "backup.child";
constexpr char const* path_without_one = "/usr/local/bin:/usr/bin:/bin";

std::vector<char*> pointers_to(std::vector<std::string>& texts)
{
    std::vector<char*> all;
    for (auto& each : texts) all.push_back(each.data());
    all.push_back(nullptr);
    return all;
}

}  // namespace

outcome<child> child::start(std::vector<std::string> const& command, descriptor const& in, descriptor const& out,
                            std::vector<std::string> const& variables)
{
    ::signal(SIGPIPE, SIG_IGN);
    auto arguments = command;
    auto environment = variables;
    auto const* const path = std::getenv("PATH");
    environment.push_back(std::string("PATH=") + (path == nullptr ? path_without_one : path));

    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    if (posix_spawn_file_actions_init(&files) != 0) return error{errc::unavailable, in_child, "no memory"};
    posix_spawnattr_init(&attributes);
    posix_spawn_file_actions_adddup2(&files, in.number(), STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&files, out.number(), STDOUT_FILENO);
    sigset_t usual, none;
    sigemptyset(&none);
    sigemptyset(&usual);
    sigaddset(&usual, SIGPIPE);
    posix_spawnattr_setsigdefault(&attributes, &usual);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    pid_t process = -1;
    int const failed =
        posix_spawnp(&process, arguments.front().c_str(), &files, &attributes, pointers_to(arguments).data(), pointers_to(environment).data());
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&files);
    if (failed != 0) return error{errc::unavailable, in_child, command.front() + ": " + std::strerror(failed)};
    return child{process, command.front()};
}

child::child(child&& other) noexcept : process_(std::exchange(other.process_, -1)), name_(std::move(other.name_)) {}

child::~child()
{
    if (process_ < 0) return;
    ::kill(process_, SIGKILL);
    (void)wait();
}

outcome<void> child::wait()
{
    int status = 0;
    while (::waitpid(process_, &status, 0) < 0)
        if (errno != EINTR) return error{errc::unavailable, in_child, name_ + ": " + std::strerror(errno)};
    process_ = -1;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
    auto const how = WIFEXITED(status) ? "status " + std::to_string(WEXITSTATUS(status)) : "signal " + std::to_string(WTERMSIG(status));
    return error{errc::unavailable, in_child, name_ + " ended with " + how};
}

}  // namespace mb::backup
