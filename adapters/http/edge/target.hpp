#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mb::http {

/// The names that this server answers to. An entry is `host` (any port) or `host:port` (that port only).
class host_list {
public:
    /// Nothing where an entry is malformed.
    static std::optional<host_list> parse(std::vector<std::string> const& entries);
    /// @param authority  host[:port] as sent; false where it is malformed: user information, an empty host or port, a port past 65535, a foreign
    /// character.
    /// @source RFC 3986 section 3.2.2, compared without regard to case; "localhost." is not "localhost".
    bool allows(std::string_view authority) const noexcept;

private:
    struct entry {
        std::string host;  ///< in lower case
        std::string port;  ///< "" is any
    };
    std::vector<entry> entries_;
};

/// Splits on raw '/', then decodes each segment once. "/" has no segment; a trailing slash leaves an empty last one, which no route has.
/// Nothing where a segment holds / \ ; NUL, a control, "." or "..", in clear or encoded, is not UTF-8 once decoded, or is empty before the end
/// (security.md section 2).
std::optional<std::vector<std::string>> split_path(std::string_view path);

/// Where a request is for.
struct target_parts {
    std::string_view authority;  ///< of the absolute form, else ""
    std::string_view path;
    std::string_view query;  ///< without '?'
};

/// Reads the origin form, the absolute form of http and https, and "*" (as the path "*").
/// Nothing for the authority form, a fragment, or bytes outside ASCII.
/// @source RFC 9112 section 3.2
std::optional<target_parts> read_target(std::string_view target) noexcept;

/// Compares ASCII letters without regard to case.
bool same_letters(std::string_view left, std::string_view right) noexcept;

}  // namespace mb::http
