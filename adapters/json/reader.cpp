#include "adapters/json/reader.hpp"

#include "core/domain/base/text.hpp"

#include <boost/json/basic_parser_impl.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <exception>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace mb::json {
namespace {

namespace bj = boost::json;

/// Receives what Boost's parser finds and builds the value, refusing what the grammar allows but we don't.
/// Boost.JSON's own tree is no use: it keeps the last of two equal names and turns 1e999 into infinity.
class builder {
public:
    // The parser's own limits are constants; ours come with the call and are checked below.
    static constexpr std::size_t max_object_size = std::numeric_limits<std::size_t>::max();
    static constexpr std::size_t max_array_size = std::numeric_limits<std::size_t>::max();
    static constexpr std::size_t max_key_size = std::numeric_limits<std::size_t>::max();
    static constexpr std::size_t max_string_size = std::numeric_limits<std::size_t>::max();

    explicit builder(limits const& bounds) : bounds_(bounds) {}

    std::optional<fault_kind> refused() const noexcept { return refused_; }
    shape::value take() noexcept { return std::move(root_); }

    bool on_document_begin(bj::error_code&) { return true; }
    bool on_document_end(bj::error_code&) { return true; }

    bool on_object_begin(bj::error_code& ec) { return open(shape::object{}, ec); }
    bool on_object_end(std::size_t, bj::error_code& ec)
    {
        if (names_repeat(*open_.back().as<shape::object>())) return refuse(fault_kind::duplicate_name, ec);
        return close();
    }
    bool on_array_begin(bj::error_code& ec) { return open(shape::list{}, ec); }
    bool on_array_end(std::size_t, bj::error_code&) { return close(); }

    bool on_key_part(bj::string_view part, std::size_t total, bj::error_code& ec) { return gather(part, total, bounds_.name_bytes_max, ec); }
    bool on_key(bj::string_view part, std::size_t total, bj::error_code& ec)
    {
        if (!gather(part, total, bounds_.name_bytes_max, ec)) return false;
        auto& members = *open_.back().as<shape::object>();
        if (members.size() == bounds_.members_max) return refuse(fault_kind::too_large, ec);
        members.push_back({std::exchange(text_, {}), {}});
        return true;
    }
    bool on_string_part(bj::string_view part, std::size_t total, bj::error_code& ec) { return gather(part, total, bounds_.text_bytes_max, ec); }
    bool on_string(bj::string_view part, std::size_t total, bj::error_code& ec)
    {
        return gather(part, total, bounds_.text_bytes_max, ec) && put(std::exchange(text_, {}), ec);
    }

    // The whole text is one buffer, so every number arrives in one piece.
    bool on_number_part(bj::string_view, bj::error_code&) { return true; }
    bool on_int64(std::int64_t integer, bj::string_view, bj::error_code& ec) { return put(integer, ec); }
    bool on_uint64(std::uint64_t, bj::string_view lexeme, bj::error_code& ec) { return put_number(lexeme, ec); }
    bool on_double(double approximate, bj::string_view lexeme, bj::error_code& ec) { return put_number(lexeme, ec, approximate); }

    bool on_bool(bool truth, bj::error_code& ec) { return put(truth, ec); }
    bool on_null(bj::error_code& ec) { return put(nullptr, ec); }
    bool on_comment_part(bj::string_view, bj::error_code&) { return true; }
    bool on_comment(bj::string_view, bj::error_code&) { return true; }

private:
    bool refuse(fault_kind kind, bj::error_code& ec)
    {
        refused_ = kind;
        ec = bj::error::syntax;
        return false;
    }

    bool count(bj::error_code& ec) { return ++values_ <= bounds_.values_max || refuse(fault_kind::too_large, ec); }

    bool open(shape::value container, bj::error_code& ec)
    {
        if (!count(ec)) return false;
        open_.push_back(std::move(container));
        return true;
    }

    bool close()
    {
        auto finished = std::move(open_.back());
        open_.pop_back();
        place(std::move(finished));
        return true;
    }

    bool put(shape::value scalar, bj::error_code& ec)
    {
        if (!count(ec)) return false;
        place(std::move(scalar));
        return true;
    }

    void place(shape::value finished)
    {
        if (open_.empty())
            root_ = std::move(finished);
        else if (auto* items = open_.back().as<shape::list>())
            items->push_back(std::move(finished));
        else
            open_.back().as<shape::object>()->back().content = std::move(finished);
    }

    bool gather(bj::string_view part, std::size_t total, std::size_t bytes_max, bj::error_code& ec)
    {
        if (total > bytes_max) return refuse(fault_kind::too_large, ec);
        if (part.find('\0') != bj::string_view::npos) return refuse(fault_kind::nul_character, ec);
        text_.append(part.data(), part.size());
        return true;
    }

    /// @param estimate  the parser's value, off by some last digits: only good to tell an overflow from an underflow.
    bool put_number(bj::string_view lexeme, bj::error_code& ec, double estimate = 0)
    {
        if (lexeme.size() > bounds_.number_bytes_max) return refuse(fault_kind::too_large, ec);
        shape::number read{0, std::string(lexeme.data(), lexeme.size())};
        auto const* const end = read.lexeme.data() + read.lexeme.size();
        auto const [stop, trouble] = std::from_chars(read.lexeme.data(), end, read.approximate);
        if (trouble == std::errc::result_out_of_range) {
            if (!(std::abs(estimate) < 1)) return refuse(fault_kind::number_range, ec);
            read.approximate = std::copysign(0.0, estimate);
        } else if (trouble != std::errc{} || stop != end || !std::isfinite(read.approximate)) {
            return refuse(fault_kind::number_range, ec);
        }
        return put(std::move(read), ec);
    }

    bool names_repeat(shape::object const& members)
    {
        if (members.size() <= 8) {
            for (auto left = members.begin(); left != members.end(); ++left)
                for (auto right = members.begin(); right != left; ++right)
                    if (left->name == right->name) return true;
            return false;
        }
        names_.clear();
        for (auto const& each : members) names_.push_back(each.name);
        std::sort(names_.begin(), names_.end());
        return std::adjacent_find(names_.begin(), names_.end()) != names_.end();
    }

    limits const& bounds_;
    shape::value root_;
    std::vector<shape::value> open_;  ///< containers that have begun and not ended, outermost first
    std::string text_;                ///< the string or name that is being gathered
    std::vector<std::string_view> names_;
    std::size_t values_ = 0;
    std::optional<fault_kind> refused_;
};

fault_kind kind_of(bj::error_code const& ec, std::string_view text) noexcept
{
    if (!is_utf8(text)) return fault_kind::encoding;
    if (ec == bj::error::too_deep) return fault_kind::too_deep;
    if (ec == bj::error::exponent_overflow) return fault_kind::number_range;
    if (ec == bj::error::illegal_leading_surrogate || ec == bj::error::illegal_trailing_surrogate || ec == bj::error::expected_utf16_escape)
        return fault_kind::encoding;
    return fault_kind::syntax;
}

}  // namespace

std::string_view name_of(fault_kind kind) noexcept
{
    switch (kind) {
        case fault_kind::syntax: return "syntax";
        case fault_kind::encoding: return "encoding";
        case fault_kind::nul_character: return "nul_character";
        case fault_kind::duplicate_name: return "duplicate_name";
        case fault_kind::number_range: return "number_range";
        case fault_kind::too_deep: return "too_deep";
        case fault_kind::too_large: return "too_large";
    }
    return "syntax";
}

std::variant<shape::value, fault> read(std::string_view text, limits const& bounds)
try {
    if (text.size() > bounds.bytes_max) return fault{fault_kind::too_large, bounds.bytes_max};
    bj::parse_options options;
    options.max_depth = bounds.depth_max;
    bj::basic_parser<builder> parser(options, bounds);
    bj::error_code ec;
    auto const consumed = parser.write_some(false, text.data(), text.size(), ec);
    if (ec) return fault{parser.handler().refused().value_or(kind_of(ec, text)), consumed};
    if (consumed != text.size()) return fault{fault_kind::syntax, consumed};
    return parser.handler().take();
} catch (std::exception const&) {
    return fault{fault_kind::too_large, 0};  // no memory: nothing else in here throws
}

}  // namespace mb::json
