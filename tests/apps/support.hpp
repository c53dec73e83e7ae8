#pragma once

#include "adapters/config/settings.hpp"
#include "adapters/config/sources.hpp"
#include "apps/composition/services.hpp"

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

/// Runs in this process what is a process of its own elsewhere.
namespace mb::apps_testing {

using config::variables;
using words = std::vector<std::string>;

inline constexpr char admin_email[] = "root@example.com";
inline constexpr char admin_password[] = "siete grullas sobre el tejado";
inline constexpr char password[] = "dos barcas cruzan la ría";

/// How a program ended, and what it wrote.
struct told {
    int exit_code = -1;
    std::string out;
    std::string err;
    std::string all() const { return out + err; }
};

/// While it lives this process has these variables and PATH, reads `input`, and writes to where the test reads it. Not from two threads at once.
class disguise {
public:
    explicit disguise(variables const& environment, std::string const& input = "");
    ~disguise();
    disguise(disguise const&) = delete;
    disguise& operator=(disguise const&) = delete;
    /// What was written until now.
    told so_far() const;

private:
    struct parts;
    std::unique_ptr<parts> parts_;
};

/// Runs it to its end in a disguise.
told run(variables const& environment, std::function<int()> const& program, std::string const& input = "");
/// The same with a command line, whose first word is the program's name.
told run(variables const& environment, std::function<int(int, char const* const*)> const& program, words line, std::string const& input = "");

/// A folder of a test's own, gone with it.
class scratch {
public:
    scratch();
    ~scratch();
    scratch(scratch const&) = delete;
    scratch& operator=(scratch const&) = delete;
    std::filesystem::path const& path() const noexcept { return path_; }
    std::string operator/(std::string const& name) const { return (path_ / name).string(); }
    /// The path of a new file.
    std::string write(std::string const& name, std::string const& content) const;

private:
    std::filesystem::path path_;
};

std::string content_of(std::filesystem::path const& file);
std::vector<std::string> names_in(std::filesystem::path const& folder);
bool has(std::string const& text, std::string_view piece);

/// The state and the environment of a lab, on SQLite unless DATABASE_URL says otherwise.
class lab {
public:
    explicit lab(variables more = {});

    scratch const& folder() const noexcept { return folder_; }
    std::string database_file() const { return folder_ / "metabuilder.db"; }
    variables& environment() noexcept { return environment_; }

    /// What metabuilder-admin says to these words.
    told admin(words line, std::string const& input = "") const;
    /// Fails the test where it does not end with 0. @return what it wrote to standard output
    std::string good(words line, std::string const& input = "") const;
    enum class administrator { none, made };
    /// What a server makes before it serves: the schema, the roles, a signing key and the administrator.
    void set_up(administrator first = administrator::made) const;
    /// The settings that production demands.
    void go_to_production();
    config::settings settings() const;
    std::unique_ptr<composition::services> open() const;
    /// Tampers with the file of SQLite, or asks it. @return the first column of every row
    std::vector<std::string> sql(std::string const& text) const;

private:
    scratch folder_;
    variables environment_;
};

/// metabuilder-lab at work on a free port of the loopback. What it wrote is told by stop() alone: claims are made after that.
class running_server {
public:
    explicit running_server(lab& of, config::profile profile = config::profile::development);
    ~running_server();
    running_server(running_server const&) = delete;
    running_server& operator=(running_server const&) = delete;

    std::uint16_t port() const noexcept { return port_; }
    /// The whole answer to a request, which ends the connection; "" where there is none.
    std::string ask(std::string const& method, std::string const& path, std::string const& body = "", std::string const& token = "") const;
    /// Waits until its log holds the piece so many times. @return whether it came to that
    bool logs(std::string_view piece, int times = 1) const;
    /// As SIGHUP does.
    void reload() const;
    /// As SIGTERM does, and waits for its end.
    told stop();

private:
    std::uint16_t port_;
    std::optional<disguise> disguise_;
    std::atomic<bool> ended_ = false;
    int exit_code_ = -1;
    std::thread thread_;
};

std::uint16_t free_port();
/// The value of a name in an answer's JSON, which is a text without escapes.
std::string text_of(std::string const& answer, std::string const& name);

}  // namespace mb::apps_testing
