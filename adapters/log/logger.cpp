#include "adapters/log/logger.hpp"

#include "adapters/log/escape.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace mb::log {
namespace {

constexpr std::size_t field_bytes_max = 256;
constexpr std::size_t message_bytes_max = 2048;

template <class... Held>
struct overloaded : Held... {
    using Held::operator()...;
};
template <class... Held>
overloaded(Held...) -> overloaded<Held...>;

template <class Number>
void append_number(std::string& out, Number number)
{
    std::array<char, 24> digits;
    auto const end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    out.append(digits.data(), end);
}

/// 1234 µs as 1.234
void append_milliseconds(std::string& out, duration time)
{
    auto const micros = time.count() < 0 ? 0 : time.count();
    append_number(out, micros / 1000);
    out += '.';
    for (auto unit = 100; unit > 0; unit /= 10) out += static_cast<char>('0' + micros / unit % 10);
}

bool needs_quotes(std::string_view text) noexcept
{
    if (text.empty()) return true;
    for (char const c : text)
        if (c == ' ' || c == '=' || c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return true;
    return false;
}

void append_quoted(std::string& out, std::string_view raw, spelling how, std::size_t bytes_max)
{
    out += '"';
    append_escaped(out, raw, how, bytes_max);
    out += '"';
}

void append_value(std::string& out, field::content const& value, format shape)
{
    std::visit(overloaded{[&](std::string_view text) {
                              if (shape == format::json)
                                  append_quoted(out, text, spelling::json, field_bytes_max);
                              else if (needs_quotes(text))
                                  append_quoted(out, text, spelling::text, field_bytes_max);
                              else
                                  append_escaped(out, text, spelling::text, field_bytes_max);
                          },
                          [&](duration time) { append_milliseconds(out, time); }, [&](auto number) { append_number(out, number); }},
               value);
}

std::string_view shouted(level severity) noexcept
{
    switch (severity) {
        case level::debug: return "DEBUG";
        case level::info: return "INFO";
        case level::warning: return "WARNING";
        case level::error: return "ERROR";
    }
    return "ERROR";
}

void append_text_line(std::string& out, std::string_view time, level severity, std::string_view module, std::string_view correlation_id,
                      std::string_view message, std::span<field const> fields)
{
    out.append(time).append(" ").append(shouted(severity)).append(" ").append(module).append(" [");
    append_escaped(out, correlation_id.empty() ? "-" : correlation_id, spelling::text, field_bytes_max);
    out += "] - ";
    append_escaped(out, message, spelling::text, message_bytes_max);
    for (auto const& each : fields) {
        out.append(" ").append(each.name()).append("=");
        append_value(out, each.value(), format::text);
    }
}

void append_json_line(std::string& out, std::string_view time, level severity, std::string_view module, std::string_view correlation_id,
                      std::string_view message, std::span<field const> fields)
{
    out.append(R"({"timestamp":")").append(time).append(R"(","level":")").append(name_of(severity)).append(R"(","module":")").append(module);
    out += '"';
    if (!correlation_id.empty()) {
        out += R"(,"correlationId":)";
        append_quoted(out, correlation_id, spelling::json, field_bytes_max);
    }
    out += R"(,"message":)";
    append_quoted(out, message, spelling::json, message_bytes_max);
    for (auto const& each : fields) {
        out.append(",\"").append(each.name()).append("\":");
        append_value(out, each.value(), format::json);
    }
    out += '}';
}

void append_line(std::string& out, format shape, instant at, level severity, std::string_view module, std::string_view correlation_id,
                 std::string_view message, std::span<field const> fields)
{
    char time[24];
    format_rfc3339(at, time);
    auto const append = shape == format::json ? append_json_line : append_text_line;
    append(out, {time, sizeof time}, severity, module, correlation_id, message, fields);
    out += '\n';
}

}  // namespace

std::string_view name_of(level severity) noexcept
{
    switch (severity) {
        case level::debug: return "debug";
        case level::info: return "info";
        case level::warning: return "warning";
        case level::error: return "error";
    }
    return "error";
}

std::optional<level> level_named(std::string_view name) noexcept
{
    for (auto const severity : {level::debug, level::info, level::warning, level::error})
        if (name == name_of(severity)) return severity;
    return std::nullopt;
}

std::optional<format> format_named(std::string_view name) noexcept
{
    if (name == "text") return format::text;
    if (name == "json") return format::json;
    return std::nullopt;
}

format format_for(int descriptor) noexcept { return isatty(descriptor) == 1 ? format::text : format::json; }

std::string format_line(format shape, instant at, level severity, std::string_view module, std::string_view correlation_id, std::string_view message,
                        std::span<field const> fields)
{
    std::string line;
    append_line(line, shape, at, severity, module, correlation_id, message, fields);
    return line;
}

logger::logger(options chosen, ports::clock const& clock) : options_(chosen), clock_(clock), writer_(chosen.descriptor, chosen.queue_bytes_max) {}

void logger::write(level severity, std::string_view module, std::string_view correlation_id, std::string_view message, std::span<field const> fields)
{
    if (!is_enabled(severity)) return;
    thread_local std::string line;  // keeps its capacity: a line allocates nothing
    line.clear();
    append_line(line, options_.shape, clock_.now(), severity, module, correlation_id, message, fields);
    if (writer_.append(line) == queued::yes) report_drops();
}

void logger::report_drops()
{
    auto const lost = writer_.dropped();
    auto reported = drops_reported_.load(std::memory_order_relaxed);
    // of several threads one reports; where the report is lost too, it counts and the next one tells
    if (lost == reported || !drops_reported_.compare_exchange_strong(reported, lost)) return;
    field const fields[] = {{"lines", lost - reported}, {"lines_in_all", lost}};
    (void)writer_.append(format_line(options_.shape, clock_.now(), level::warning, "log", "", "log lines were dropped", fields));
}

void logger::debug(std::string_view module, std::string_view correlation_id, std::string_view message, std::initializer_list<field> fields)
{
    write(level::debug, module, correlation_id, message, fields);
}

void logger::info(std::string_view module, std::string_view correlation_id, std::string_view message, std::initializer_list<field> fields)
{
    write(level::info, module, correlation_id, message, fields);
}

void logger::warning(std::string_view module, std::string_view correlation_id, std::string_view message, std::initializer_list<field> fields)
{
    write(level::warning, module, correlation_id, message, fields);
}

void logger::error(std::string_view module, std::string_view correlation_id, std::string_view message, std::initializer_list<field> fields)
{
    write(level::error, module, correlation_id, message, fields);
}

void logger::access(access_line const& request)
{
    std::array<field, 8> fields{{{"method", request.method},
                                 {"path", request.path},
                                 {"status", request.status},
                                 {"ms", request.took},
                                 {"bytes", request.response_bytes},
                                 {"ip_hash", request.ip_hash},
                                 {"user_id", request.user_id},
                                 {"user_agent", request.user_agent}}};
    auto const is_empty = [](field const& each) {
        auto const* text = std::get_if<std::string_view>(&each.value());
        return text != nullptr && text->empty();
    };
    auto const end = std::remove_if(fields.begin(), fields.end(), is_empty);
    write(request.status >= 500 ? level::error : level::info, "http", request.correlation_id, "request", {fields.begin(), end});
}

}  // namespace mb::log
