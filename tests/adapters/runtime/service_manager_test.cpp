#include "adapters/runtime/service_manager.hpp"

#include <catch2/catch.hpp>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <string>

using namespace mb::runtime;
using namespace std::chrono_literals;

namespace {

/// A variable of the environment that is gone at the end.
class variable {
public:
    variable(char const* name, std::string const& value) : name_(name) { ::setenv(name, value.c_str(), 1); }
    ~variable() { ::unsetenv(name_); }
    variable(variable const&) = delete;
    variable& operator=(variable const&) = delete;

private:
    char const* name_;
};

/// The socket of a service manager in the abstract namespace, which no file stands for.
class ear {
public:
    ear() : name_("@mb-test-" + std::to_string(::getpid()))
    {
        socket_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
        sockaddr_un at{};
        at.sun_family = AF_UNIX;
        std::memcpy(at.sun_path + 1, name_.data() + 1, name_.size() - 1);
        REQUIRE(::bind(socket_, reinterpret_cast<sockaddr*>(&at), static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name_.size())) == 0);
    }
    ~ear() { ::close(socket_); }
    ear(ear const&) = delete;
    ear& operator=(ear const&) = delete;

    std::string const& name() const { return name_; }
    std::string heard() const
    {
        std::array<char, 100> text{};
        auto const bytes = ::recv(socket_, text.data(), text.size(), 0);
        return bytes < 0 ? "" : std::string(text.data(), static_cast<std::size_t>(bytes));
    }

private:
    std::string name_;
    int socket_ = -1;
};

}  // namespace

TEST_CASE("a service manager hears that the server is ready, alive and stopping", "[runtime][service]")
{
    ear const listens;
    variable const socket("NOTIFY_SOCKET", listens.name());
    variable const period("WATCHDOG_USEC", "30000000");
    variable const watched("WATCHDOG_PID", std::to_string(::getpid()));
    auto const manager = service_manager::from_environment();
    REQUIRE(manager.watchdog());
    CHECK(*manager.watchdog() == 30s);
    manager.ready();
    CHECK(listens.heard() == "READY=1");
    manager.alive();
    CHECK(listens.heard() == "WATCHDOG=1");
    manager.stopping();
    CHECK(listens.heard() == "STOPPING=1");
    CHECK(listens.heard().empty());
}

TEST_CASE("nobody is told anything where nobody asked, and a watchdog of another process is not ours", "[runtime][service]")
{
    service_manager::from_environment().ready();
    CHECK_FALSE(service_manager::from_environment().watchdog());
    auto const [period, pid] = GENERATE(table<std::string, std::string>(
        {{"1000", "1"}, {"0", ""}, {"-5", ""}, {"soon", ""}, {"99999999999999999999", ""}, {"18446744073709551615", ""}}));
    variable const wanted("WATCHDOG_USEC", period);
    CHECK((pid.empty() || pid != std::to_string(::getpid())));
    if (pid.empty()) {
        CHECK_FALSE(service_manager::from_environment().watchdog());
    } else {
        variable const watched("WATCHDOG_PID", pid);
        CHECK_FALSE(service_manager::from_environment().watchdog());
    }
}

TEST_CASE("a socket that is none is ignored, of the longest name and of one byte more", "[runtime][service]")
{
    constexpr std::size_t name_bytes_max = sizeof(sockaddr_un::sun_path) - 1;
    auto const name = GENERATE(std::string(""), std::string("/"), std::string("notify"), std::string("/nonexistent/notify"),
                               "@" + std::string(name_bytes_max - 1, 'x'), "@" + std::string(name_bytes_max, 'x'));
    variable const socket("NOTIFY_SOCKET", name);
    service_manager::from_environment().ready();
    SUCCEED("nothing happened");
}
