#pragma once

#include "adapters/log/line_writer.hpp"
#include "core/domain/base/instant.hpp"
#include "core/domain/base/secret.hpp"
#include "ports/clock.hpp"

#include <atomic>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace mb::log {

enum class level : std::uint8_t { debug, info, warning, error };
std::string_view name_of(level severity) noexcept;  ///< lower case
std::optional<level> level_named(std::string_view name) noexcept;

enum class format : std::uint8_t {
    text,  ///< 2026-01-24T10:30:00.000Z INFO http [correlation] - message key=value
    json   ///< one object a line
};
std::optional<format> format_named(std::string_view name) noexcept;
/// Text for a terminal, JSON for anything else (decisions.md #26).
format format_for(int descriptor) noexcept;

/// One name with its value, borrowed for the length of the call. A secret can't be one.
class field {
public:
    using content = std::variant<std::string_view, std::int64_t, std::uint64_t, duration>;

    /// @param text  the first 256 bytes of it are logged, escaped
    field(std::string_view name, std::string_view text) noexcept : name_(name), value_(text) {}
    field(std::string_view name, char const* text) noexcept : field(name, std::string_view{text}) {}
    field(std::string_view name, std::string const& text) noexcept : field(name, std::string_view{text}) {}
    template <std::integral Integer>
    requires(!std::same_as<Integer, bool> && !std::same_as<Integer, char>) field(std::string_view name, Integer number)
    noexcept : name_(name)
    {
        if constexpr (std::unsigned_integral<Integer>)
            value_ = std::uint64_t{number};
        else
            value_ = std::int64_t{number};
    }
    /// Shown in milliseconds.
    field(std::string_view name, duration time) noexcept : name_(name), value_(time) {}
    field(std::string_view name, secret const&) = delete;

    std::string_view name() const noexcept { return name_; }
    content const& value() const noexcept { return value_; }

private:
    std::string_view name_;
    content value_;
};

/// What is said of each request. No query, no body, no credential, no address in clear.
struct access_line {
    std::string_view correlation_id{};
    std::string_view method{};
    std::string_view path{};
    int status = 0;
    duration took{};
    std::uint64_t response_bytes = 0;
    std::string_view ip_hash{};  ///< left out where empty, as are the two below
    std::string_view user_id{};
    std::string_view user_agent{};
};

struct options {
    level threshold = level::info;
    format shape = format::json;
    int descriptor = 1;
    std::size_t queue_bytes_max = 1024 * 1024;
};

/// The log of the process. Callable from any thread; a call costs a format and a copy, and never waits for the output.
class logger {
public:
    /// @param clock  outlives the logger
    logger(options chosen, ports::clock const& clock);

    void debug(std::string_view module, std::string_view correlation_id, std::string_view message, std::initializer_list<field> fields = {});
    void info(std::string_view module, std::string_view correlation_id, std::string_view message, std::initializer_list<field> fields = {});
    void warning(std::string_view module, std::string_view correlation_id, std::string_view message, std::initializer_list<field> fields = {});
    void error(std::string_view module, std::string_view correlation_id, std::string_view message, std::initializer_list<field> fields = {});
    /// At level info; error where the status is 500 or above.
    void access(access_line const& request);

    /// @param module          a name of ours, such as "http"
    /// @param correlation_id  "" where the line belongs to no request
    /// @param message         words of ours; what came from outside belongs into a field
    void write(level severity, std::string_view module, std::string_view correlation_id, std::string_view message, std::span<field const> fields);

    bool is_enabled(level severity) const noexcept { return severity >= options_.threshold; }
    /// Lines lost because the output did not keep up, or failed.
    std::uint64_t dropped() const noexcept { return writer_.dropped(); }
    bool flush(std::chrono::milliseconds patience) { return writer_.flush(patience); }
    /// Writes what waits, at most for `patience`. Later lines are dropped.
    void stop(std::chrono::milliseconds patience) { writer_.stop(patience); }

private:
    void report_drops();

    options const options_;
    ports::clock const& clock_;
    line_writer writer_;
    std::atomic<std::uint64_t> drops_reported_{0};
};

/// One line, line feed included; what logger::write appends.
std::string format_line(format shape, instant at, level severity, std::string_view module, std::string_view correlation_id, std::string_view message,
                        std::span<field const> fields);

}  // namespace mb::log
