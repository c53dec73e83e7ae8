#include "tests/apps/support.hpp"

#include "adapters/config/lab_secrets.hpp"
#include "adapters/config/load.hpp"
#include "adapters/openssl/system_randomness.hpp"
#include "adapters/runtime/signals.hpp"
#include "apps/admin/run.hpp"
#include "apps/composition/run_server.hpp"
#include "core/usecases/operations/prepare_store.hpp"
#include "tests/contract/steps.hpp"

#include <arpa/inet.h>
#include <catch2/catch.hpp>
#include <signal.h>
#include <sqlite3.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <fstream>
#include <iostream>
#include <iterator>
#include <streambuf>

extern char** environ;

namespace mb::apps_testing {
namespace {

constexpr auto patience = std::chrono::seconds{60};
constexpr auto pause = std::chrono::milliseconds{5};
// what instrumented builds and PostgreSQL's programs need
constexpr std::array kept_prefixes{"PATH=", "GCOV_", "ASAN_", "UBSAN_", "TSAN_", "LSAN_"};

std::string read_from_start(int descriptor)
{
    std::string text;
    std::array<char, 4096> piece{};
    off_t at = 0;
    for (;;) {
        auto const bytes = ::pread(descriptor, piece.data(), piece.size(), at);
        if (bytes <= 0) return text;
        text.append(piece.data(), static_cast<std::size_t>(bytes));
        at += bytes;
    }
}

void flush_all()
{
    std::cout.flush();
    std::fflush(stdout);
    std::fflush(stderr);
}

/// Takes the place of one of the standard descriptors.
class replaced {
public:
    explicit replaced(int which) : which_(which), before_(::dup(which)), file_(std::tmpfile())
    {
        if (before_ < 0 || file_ == nullptr || ::dup2(::fileno(file_), which) < 0) FAIL("no temporary file");
    }
    ~replaced() { give_back(); }
    replaced(replaced const&) = delete;
    replaced& operator=(replaced const&) = delete;
    std::string text() const { return read_from_start(::fileno(file_)); }
    void put(std::string const& text) const
    {
        if (::pwrite(::fileno(file_), text.data(), text.size(), 0) < 0) FAIL("no input");
        ::lseek(::fileno(file_), 0, SEEK_SET);
    }
    void give_back()
    {
        if (before_ < 0) return;
        ::dup2(before_, which_);
        ::close(before_);
        before_ = -1;
    }
    void close() { std::fclose(file_); }

private:
    int which_;
    int before_;
    std::FILE* file_;
};

/// Writes where printf() writes.
class file_buffer final : public std::streambuf {
public:
    explicit file_buffer(std::FILE* to) noexcept : to_(to) {}

protected:
    int_type overflow(int_type next) override
    {
        if (traits_type::eq_int_type(next, traits_type::eof())) return traits_type::not_eof(next);
        return std::fputc(next, to_) == EOF ? traits_type::eof() : next;
    }
    std::streamsize xsputn(char const* bytes, std::streamsize count) override
    {
        return static_cast<std::streamsize>(std::fwrite(bytes, 1, static_cast<std::size_t>(count), to_));
    }

private:
    std::FILE* to_;
};

/// A stream of the standard library goes to its descriptor meanwhile; Catch2 turns it elsewhere where it writes a report.
class straightened {
public:
    straightened(std::ostream& which, std::FILE* to) : which_(which), buffer_(to), before_(which.rdbuf(&buffer_)) {}
    ~straightened() { which_.rdbuf(before_); }
    straightened(straightened const&) = delete;
    straightened& operator=(straightened const&) = delete;

private:
    std::ostream& which_;
    file_buffer buffer_;
    std::streambuf* before_;
};

}  // namespace

struct disguise::parts {
    std::vector<std::string> environment;
    int failing = std::uncaught_exceptions();
    replaced in{STDIN_FILENO};
    replaced out{STDOUT_FILENO};
    replaced err{STDERR_FILENO};
    std::optional<straightened> cout{std::in_place, std::cout, stdout};
    std::optional<straightened> cerr{std::in_place, std::cerr, stderr};
};

disguise::disguise(variables const& environment, std::string const& input)
{
    flush_all();
    parts_ = std::make_unique<parts>();
    parts_->in.put(input);
    std::clearerr(stdin);
    std::cin.clear();
    for (char** each = environ; *each != nullptr; ++each) parts_->environment.emplace_back(*each);
    ::clearenv();
    for (auto const& each : parts_->environment) {
        auto const is_kept = [&](std::string_view prefix) { return each.starts_with(prefix); };
        auto const equals = each.find('=');
        if (std::any_of(kept_prefixes.begin(), kept_prefixes.end(), is_kept)) ::setenv(each.substr(0, equals).c_str(), each.c_str() + equals + 1, 1);
    }
    for (auto const& [name, value] : environment) ::setenv(name.c_str(), value.c_str(), 1);
}

disguise::~disguise()
{
    flush_all();
    auto const written = so_far();
    parts_->cout.reset();
    parts_->cerr.reset();
    ::clearenv();
    for (auto const& each : parts_->environment) {
        auto const equals = each.find('=');
        ::setenv(each.substr(0, equals).c_str(), each.c_str() + equals + 1, 1);
    }
    for (auto* each : {&parts_->in, &parts_->out, &parts_->err}) {
        each->give_back();
        each->close();
    }
    // the test failed meanwhile: what Catch said is among it
    if (std::uncaught_exceptions() > parts_->failing) std::cout << written.out << written.err << std::flush;
}

told disguise::so_far() const
{
    flush_all();
    return {-1, parts_->out.text(), parts_->err.text()};
}

told run(variables const& environment, std::function<int()> const& program, std::string const& input)
{
    disguise const as_process(environment, input);
    auto const exit_code = program();
    auto said = as_process.so_far();
    said.exit_code = exit_code;
    return said;
}

told run(variables const& environment, std::function<int(int, char const* const*)> const& program, words line, std::string const& input)
{
    std::vector<char const*> pointers;
    for (auto const& each : line) pointers.push_back(each.c_str());
    pointers.push_back(nullptr);
    return run(
        environment, [&] { return program(static_cast<int>(line.size()), pointers.data()); }, input);
}

scratch::scratch()
{
    auto name = (std::filesystem::temp_directory_path() / "mb-apps-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) FAIL("no folder");
    path_ = name;
}

scratch::~scratch()
{
    std::error_code ignored;  // what is left lies in the system's folder for such things
    std::filesystem::remove_all(path_, ignored);
}

std::string scratch::write(std::string const& name, std::string const& content) const
{
    auto const path = *this / name;
    std::ofstream(path, std::ios::binary | std::ios::trunc) << content;
    return path;
}

std::string content_of(std::filesystem::path const& file)
{
    std::ifstream from(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(from), {}};
}

std::vector<std::string> names_in(std::filesystem::path const& folder)
{
    std::vector<std::string> names;
    for (auto const& each : std::filesystem::directory_iterator(folder)) names.push_back(each.path().filename().string());
    std::sort(names.begin(), names.end());
    return names;
}

bool has(std::string const& text, std::string_view piece) { return text.find(piece) != std::string::npos; }

lab::lab(variables more) : environment_(std::move(more))
{
    environment_.insert({{"STATE_DIR", folder_.path().string()},
                         {"HOME", folder_.path().string()},
                         {"METABUILDER_LANG", "en"},
                         {"ADMIN_EMAIL", admin_email},
                         {"ADMIN_PASSWORD", admin_password},
                         {"BCRYPT_SALT_ROUNDS", "4"},
                         {"RATE_LIMIT_ENABLED", "false"},
                         {"LOG_FORMAT", "json"}});
}

told lab::admin(words line, std::string const& input) const
{
    line.insert(line.begin(), "metabuilder-admin");
    return run(environment_, admin::run, std::move(line), input);
}

std::string lab::good(words line, std::string const& input) const
{
    auto said = admin(line, input);
    if (said.exit_code != 0) {
        std::string command;
        for (auto const& each : line) command += " " + each;
        FAIL("metabuilder-admin" << command << ": " << said.out << said.err);
    }
    return std::move(said.out);
}

void lab::set_up(administrator first) const
{
    auto const with = open();
    contract::must(with->migrate());
    usecases::prepare_store const prepare(with->store(), with->clock(), with->random(), with->hasher(), with->judge(),
                                          composition::policies_of(settings()).passwords);
    usecases::preparation wanted;
    if (first == administrator::made) wanted.admin = usecases::first_admin{admin_email, secret{std::string_view{admin_password}}};
    auto const said = contract::must(prepare(wanted, composition::own_origin(with->random(), with->clock().now())));
    if (said.granted() == nullptr) FAIL("the store can't be prepared");
}

void lab::go_to_production()
{
    variables const wanted{{"ENVIRONMENT", "production"},
                           {"MASTER_KEY", "q1m9Yk0vZt7eR3xUuXcB5nHfJ8wLs2aDgPzQoE4iKM0="},
                           {"JWT_SECRET", "Zr8kq-V3nXw0LmTtYc6sB1hGd9uJfE2a_oPi5RzQ"},
                           {"SMTP_URL", "smtps://mail.example.com:465"},
                           {"MAIL_FROM", "no-reply@example.com"},
                           {"PUBLIC_URL", "https://id.example.com"},
                           {"BCRYPT_SALT_ROUNDS", "10"},
                           {"RATE_LIMIT_ENABLED", "true"}};
    for (auto const& [name, value] : wanted) environment_[name] = value;
}

config::settings lab::settings() const
{
    auto loaded = config::load({config::profile::development, environment_, {}});
    if (auto const* wrong = std::get_if<std::vector<std::string>>(&loaded)) FAIL(wrong->front());
    auto made = std::get<config::settings>(std::move(loaded));
    if (auto const wrong = config::fill_lab_secrets(made, openssl::system_randomness{}); !wrong.empty()) FAIL(wrong);
    return made;
}

std::unique_ptr<composition::services> lab::open() const
{
    auto opened = composition::services::open(settings());
    if (!opened) FAIL(opened.error().detail);
    return *std::move(opened);
}

std::vector<std::string> lab::sql(std::string const& text) const
{
    sqlite3* handle = nullptr;
    std::vector<std::string> answers;
    auto const collect = [](void* to, int, char** values, char**) {
        static_cast<std::vector<std::string>*>(to)->emplace_back(values[0] == nullptr ? "" : values[0]);
        return 0;
    };
    auto const opened = sqlite3_open_v2(database_file().c_str(), &handle, SQLITE_OPEN_READWRITE, nullptr);
    auto const done = opened == SQLITE_OK ? sqlite3_exec(handle, text.c_str(), collect, &answers, nullptr) : opened;
    std::string const why = sqlite3_errmsg(handle);
    sqlite3_close(handle);
    if (done != SQLITE_OK) FAIL(text << ": " << why);
    return answers;
}

std::uint16_t free_port()
{
    int const probe = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in where{};
    where.sin_family = AF_INET;
    where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof where;
    auto* const generic = reinterpret_cast<sockaddr*>(&where);
    if (probe < 0 || ::bind(probe, generic, size) != 0 || ::getsockname(probe, generic, &size) != 0) FAIL("no free port");
    ::close(probe);
    return ntohs(where.sin_port);
}

namespace {

variables with_port(variables of, std::uint16_t port)
{
    of.insert({"PORT", std::to_string(port)});
    return of;
}

std::uint16_t port_for(variables const& of)
{
    auto const given = of.find("PORT");
    return given == of.end() ? free_port() : static_cast<std::uint16_t>(std::stoi(given->second));
}

}  // namespace

running_server::running_server(lab& of, config::profile profile)
    : port_(port_for(of.environment())),
      disguise_(std::in_place, with_port(of.environment(), port_))
{
    runtime::block_signals();  // in this thread, too: the signal is for the one that waits for it
    thread_ = std::thread([this, profile] {
        std::array<char const*, 2> line{"metabuilder", nullptr};
        exit_code_ = composition::run_server(profile, line[0], 1, line.data());
        ended_ = true;
    });
    auto const deadline = std::chrono::steady_clock::now() + patience;
    while (!ended_ && !has(disguise_->so_far().out, "MetaBuilder responde en ") && std::chrono::steady_clock::now() < deadline)
        std::this_thread::sleep_for(pause);
}

running_server::~running_server()
{
    if (thread_.joinable()) stop();
}

std::string running_server::ask(std::string const& method, std::string const& path, std::string const& body, std::string const& token) const
{
    auto request = method + " " + path + " HTTP/1.1\r\nHost: localhost:" + std::to_string(port_) + "\r\nConnection: close\r\n";
    if (!token.empty()) request += "Authorization: Bearer " + token + "\r\n";
    if (!body.empty()) request += "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
    request += "\r\n" + body;
    int const client = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    timeval const limit{.tv_sec = patience.count(), .tv_usec = 0};
    ::setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    sockaddr_in where{};
    where.sin_family = AF_INET;
    where.sin_port = htons(port_);
    where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    std::string answer;
    if (::connect(client, reinterpret_cast<sockaddr const*>(&where), sizeof where) == 0
        && ::send(client, request.data(), request.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(request.size())) {
        std::array<char, 4096> piece{};
        for (ssize_t bytes = 1; bytes > 0;) {
            bytes = ::recv(client, piece.data(), piece.size(), 0);
            if (bytes > 0) answer.append(piece.data(), static_cast<std::size_t>(bytes));
        }
    }
    ::close(client);
    return answer;
}

bool running_server::logs(std::string_view piece, int times) const
{
    auto const deadline = std::chrono::steady_clock::now() + patience;
    for (;;) {
        auto const said = disguise_->so_far();
        auto const text = said.out + said.err;
        int found = 0;
        for (auto at = text.find(piece); at != std::string::npos; at = text.find(piece, at + 1)) ++found;
        if (found >= times) return true;
        if (ended_ || std::chrono::steady_clock::now() > deadline) return false;
        std::this_thread::sleep_for(pause);
    }
}

void running_server::reload() const { ::kill(::getpid(), SIGHUP); }

told running_server::stop()
{
    if (!ended_) runtime::request_termination();
    thread_.join();
    auto said = disguise_->so_far();
    said.exit_code = exit_code_;
    disguise_.reset();  // from here on claims are told to whoever runs the test
    // where it ended by itself nobody took the signal
    sigset_t waiting;
    ::sigpending(&waiting);
    if (::sigismember(&waiting, SIGTERM) == 1) {
        int number = 0;
        ::sigemptyset(&waiting);
        ::sigaddset(&waiting, SIGTERM);
        ::sigwait(&waiting, &number);
    }
    return said;
}

std::string text_of(std::string const& answer, std::string const& name)
{
    auto const sought = "\"" + name + "\":\"";
    auto const at = answer.find(sought);
    if (at == std::string::npos) return "";
    auto const begin = at + sought.size();
    return answer.substr(begin, answer.find('"', begin) - begin);
}

}  // namespace mb::apps_testing
