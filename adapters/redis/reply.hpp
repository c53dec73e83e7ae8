#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace mb::redis {

/// One answer of the server, taken apart but not judged.
struct reply {
    enum class kind : std::uint8_t { nothing, integer, text, status, failure, list };

    kind what = kind::nothing;
    std::int64_t number = 0;   ///< integer
    std::string text;          ///< text, status, failure
    std::vector<reply> items;  ///< list

    bool is_status(std::string_view wanted) const noexcept { return what == kind::status && text == wanted; }
};

/// One command in the form of the protocol (RESP, multi bulk). Its words may hold any bytes.
class command {
public:
    command(std::initializer_list<std::string_view> words) : command(std::vector<std::string_view>(words)) {}
    explicit command(std::vector<std::string_view> const& words)
    {
        bytes_ = '*' + std::to_string(words.size()) + "\r\n";
        for (auto const word : words) bytes_.append("$").append(std::to_string(word.size())).append("\r\n").append(word).append("\r\n");
    }
    std::string_view bytes() const noexcept { return bytes_; }

private:
    std::string bytes_;
};

}  // namespace mb::redis
