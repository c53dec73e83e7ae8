#include "adapters/user_lines/account_lines.hpp"

#include "adapters/json/reader.hpp"
#include "adapters/posix/descriptor.hpp"
#include "core/domain/shape/rule.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <memory>
#include <string_view>
#include <system_error>
#include <utility>

namespace mb::user_lines {
namespace {

using usecases::import_line;
using usecases::imported_account;

constexpr char const* where = "user_lines.read";
constexpr std::size_t chunk_bytes = 64 * 1024;
constexpr std::size_t roles_max = 100;

shape::field_rule text(std::string name, std::size_t min, std::size_t max)
{
    shape::field_rule rule;
    rule.name = std::move(name);
    rule.length_min = min;
    rule.length_max = max;
    return rule;
}

shape::field_rule maybe(shape::field_rule rule)
{
    rule.nullable = true;
    return rule;
}

/// As the body of a registration, but for what only another system knows.
shape::object_rule const& account_rule()
{
    static shape::object_rule const rule = [] {
        shape::object_rule made;
        auto email = text("email", 1, 320);
        email.required = true;
        auto verified = maybe({});
        verified.name = "email_verified";
        verified.type = shape::kind::boolean;
        shape::field_rule roles;
        roles.name = "roles";
        roles.type = shape::kind::list;
        roles.length_max = roles_max;
        roles.element = std::make_shared<shape::field_rule const>(text("", 1, 64));
        auto hash = maybe(text("password_hash", 1, 512));
        hash.secret = true;
        made.fields = {std::move(email), maybe(text("username", 1, 64)), maybe(text("display_name", 1, 200)), std::move(verified), std::move(roles),
                       std::move(hash)};
        return made;
    }();
    return rule;
}

std::variant<imported_account, violations> read_account(std::string_view line)
{
    auto const read = json::read(line);
    if (auto const* fault = std::get_if<json::fault>(&read)) {
        if (fault->kind == json::fault_kind::duplicate_name) return violations{{"", violation_code::duplicate, {}}};
        return violations{{"", violation_code::wrong_format, "JSON: " + std::string(json::name_of(fault->kind))}};
    }
    auto const& tree = std::get<shape::value>(read);
    violations broken;
    (void)shape::accept(account_rule(), tree, shape::presence::complete, broken);  // the checked tree itself is read below
    if (!broken.empty()) return broken;
    auto const maybe_text = [&](std::string_view name) {
        auto const* given = tree.find(name);
        return given == nullptr || given->is_null() ? std::nullopt : std::optional(*given->as<std::string>());
    };
    imported_account account{
        *tree.find("email")->as<std::string>(), maybe_text("username"), maybe_text("display_name"), false, {}, maybe_text("password_hash")};
    if (auto const* verified = tree.find("email_verified"); verified != nullptr && !verified->is_null())
        account.email_verified = *verified->as<bool>();
    if (auto const* roles = tree.find("roles")) {
        account.roles.emplace();
        for (auto const& each : *roles->as<shape::list>()) account.roles->push_back(*each.as<std::string>());
    }
    return account;
}

bool is_blank(std::string_view line) noexcept { return line.find_first_not_of(" \t") == std::string_view::npos; }

/// Puts lines together out of what is read, and hands them on.
class line_assembly {
public:
    explicit line_assembly(function_ref<outcome<bool>(import_line&&)> take) : take_(take) {}

    /// @return whether to go on.
    outcome<bool> add(std::string_view bytes)
    {
        for (auto end = bytes.find('\n'); end != std::string_view::npos; end = bytes.find('\n')) {
            keep(bytes.substr(0, end));
            bytes.remove_prefix(end + 1);
            MB_TRY(bool const going, finish());
            if (!going) return false;
        }
        keep(bytes);
        return true;
    }

    /// The line is whole.
    outcome<bool> finish()
    {
        ++number_;
        std::string_view line = line_;
        if (line.ends_with('\r')) line.remove_suffix(1);
        bool going = true;
        if (line.size() > line_bytes_max) {
            MB_TRY(going, take_({number_, violations{{"", violation_code::too_long, std::to_string(line_bytes_max)}}}));
        } else if (!is_blank(line)) {
            MB_TRY(going, take_({number_, read_account(line)}));
        }
        line_.clear();
        return going;
    }

private:
    /// Of a line that is too long only so much as shows that it is.
    void keep(std::string_view bytes) { line_.append(bytes.substr(0, line_bytes_max + 2 - std::min(line_.size(), line_bytes_max + 2))); }

    function_ref<outcome<bool>(import_line&&)> take_;
    std::string line_;
    std::size_t number_ = 0;
};

error failed(int number) { return error{errc::unavailable, where, std::generic_category().message(number)}; }

}  // namespace

outcome<void> read_accounts(std::string const& path, function_ref<outcome<bool>(import_line&&)> take)
{
    posix::descriptor const opened{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
    struct stat about {};
    if (!opened.is_open() || ::fstat(opened.number(), &about) != 0) return failed(errno);
    if (!S_ISREG(about.st_mode)) return error{errc::unavailable, where, "not a regular file: it is read twice"};

    line_assembly lines(take);
    std::array<char, chunk_bytes> chunk;
    for (;;) {
        auto const count = ::read(opened.number(), chunk.data(), chunk.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return failed(errno);
        if (count == 0) break;
        MB_TRY(bool const going, lines.add({chunk.data(), static_cast<std::size_t>(count)}));
        if (!going) return {};
    }
    MB_CHECK(lines.finish());  // the last one needs no end
    return {};
}

}  // namespace mb::user_lines
