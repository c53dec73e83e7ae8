#include "tests/redis/redis_server.hpp"

#include "adapters/redis/connection.hpp"

#include <arpa/inet.h>
#include <catch2/catch.hpp>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <thread>
#include <vector>

namespace mb::testing {
namespace {

constexpr auto patience = std::chrono::seconds{30};

std::uint16_t free_port()
{
    int const probe = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in where{};
    where.sin_family = AF_INET;
    where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof where;
    auto* const generic = reinterpret_cast<sockaddr*>(&where);
    if (probe < 0 || bind(probe, generic, size) != 0 || getsockname(probe, generic, &size) != 0) FAIL("no free port");
    close(probe);
    return ntohs(where.sin_port);
}

}  // namespace

redis_server::redis_server(keeping what, std::string password) : keeping_(what), password_(std::move(password))
{
    auto name = (std::filesystem::temp_directory_path() / "mb-redis-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) FAIL("no folder for Redis");
    folder_ = name;
    start();
}

redis_server::~redis_server()
{
    kill();
    std::error_code ignored;  // what is left lies in the system's folder for such things
    std::filesystem::remove_all(folder_, ignored);
}

redis::address redis_server::where() const
{
    redis::address made;
    made.host = "127.0.0.1";
    made.port = port_;
    made.password = secret{std::string_view{password_}};
    return made;
}

redis::options redis_server::options(duration timeout) const
{
    redis::options chosen;
    chosen.where = where();
    chosen.timeout = timeout;
    return chosen;
}

void redis_server::launch()
{
    std::vector<std::string> words{"redis-server",   "--port",    std::to_string(port_),
                                   "--bind",         "127.0.0.1", "--dir",
                                   folder_.string(), "--save",    "",
                                   "--daemonize",    "no",        "--loglevel",
                                   "warning",        "--logfile", (folder_ / "log").string()};
    if (keeping_ == keeping::each_write)
        for (auto const* word : {"--appendonly", "yes", "--appendfsync", "always"}) words.emplace_back(word);
    if (!password_.empty()) words.insert(words.end(), {"--requirepass", password_});
    std::vector<char*> arguments;
    for (auto& each : words) arguments.push_back(each.data());
    arguments.push_back(nullptr);
    auto const parent = getpid();
    process_ = fork();
    if (process_ < 0) FAIL("can't fork");
    if (process_ == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent) _exit(1);
        execvp(arguments.front(), arguments.data());
        _exit(127);
    }
}

bool redis_server::answers() const { return redis::connection::open(where(), redis::steady::now() + std::chrono::seconds{1}).has_value(); }

void redis_server::start()
{
    auto const deadline = redis::steady::now() + patience;
    auto const keeps_port = port_ != 0;
    if (!keeps_port) port_ = free_port();
    launch();
    while (!answers()) {
        int status = 0;
        if (waitpid(process_, &status, WNOHANG) == process_) {
            process_ = -1;
            if (WIFEXITED(status) && WEXITSTATUS(status) == 127) FAIL("redis-server is not installed: deploy/install.sh installs it");
            // somebody else took the port between the probe and the start
            if (!keeps_port) port_ = free_port();
            launch();
        }
        if (redis::steady::now() > deadline) FAIL("redis-server does not answer");
        std::this_thread::sleep_for(std::chrono::milliseconds{5});
    }
}

void redis_server::kill()
{
    if (process_ < 0) return;
    ::kill(process_, SIGKILL);
    waitpid(process_, nullptr, 0);
    process_ = -1;
}

void redis_server::pause() { ::kill(process_, SIGSTOP); }
void redis_server::resume() { ::kill(process_, SIGCONT); }

redis::reply redis_server::tell(redis::command const& asked) const
{
    auto const deadline = redis::steady::now() + patience;
    auto opened = redis::connection::open(where(), deadline);
    REQUIRE(opened);
    auto said = (*opened)->ask({&asked, 1}, deadline);
    REQUIRE(said);
    return said->front();
}

}  // namespace mb::testing
