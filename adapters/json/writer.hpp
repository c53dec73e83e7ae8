#pragma once

#include "core/domain/shape/value.hpp"

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

namespace mb::json {

/// Appends JSON to a text that the caller owns and that outlives the writer. Commas are its business, nesting is the caller's:
/// every begin needs its end, and inside an object every value needs its key.
///
///     writer(out).begin_object().key("id").integer(7).key("tags").begin_list().text("a").end_list().end_object();
class writer {
public:
    explicit writer(std::string& out) noexcept : out_(out) {}

    writer& begin_object() { return begin('{'); }
    writer& end_object() { return end('}'); }
    writer& begin_list() { return begin('['); }
    writer& end_list() { return end(']'); }
    writer& key(std::string_view name);

    /// Escapes quotes, backslashes, U+2028, U+2029 and all controls (C0, DEL, C1), so that the result is also safe in a log
    /// and in a script. Each byte that is no UTF-8 becomes U+FFFD: what is written is always JSON.
    writer& text(std::string_view content);
    writer& integer(std::int64_t content);
    /// The shortest text that reads back as the same double; null where it is not finite, as JSON has no word for that.
    writer& number(double content);
    writer& boolean(bool content) { return raw(content ? "true" : "false"); }
    writer& null() { return raw("null"); }
    /// @param json  one value that is JSON already.
    writer& raw(std::string_view json);
    writer& value(shape::value const& content);

    /// key and value in one.
    writer& member(std::string_view name, std::string_view content) { return key(name).text(content); }
    writer& member(std::string_view name, char const* content) { return key(name).text(content); }
    template <std::integral Integer>
    writer& member(std::string_view name, Integer content)
    {
        key(name);
        if constexpr (std::same_as<Integer, bool>)
            return boolean(content);
        else
            return integer(static_cast<std::int64_t>(content));
    }

private:
    writer& begin(char bracket);
    writer& end(char bracket);
    void separate();
    void quote(std::string_view content);

    std::string& out_;
    bool comma_due_ = false;
};

std::string write(shape::value const& content);

}  // namespace mb::json
