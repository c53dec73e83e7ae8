#include "core/domain/entities/cursor.hpp"

#include "core/domain/base/big_endian.hpp"
#include "core/domain/base/secret.hpp"
#include "core/domain/base/text.hpp"
#include "core/domain/entities/query_input.hpp"

#include <bit>

namespace mb::entities {
namespace {

constexpr std::size_t mac_bytes = 16;
constexpr char format_version = 1;
enum class key_form : char { inline_keys = 0, by_record = 1 };

/// What a cell's variant holds; the numbers are on the wire.
enum class cell_tag : char { null = 0, truth = 1, integer = 2, real = 3, text = 4, uuid = 5 };

void put_bytes(std::string& out, uuid_bytes const& bytes) { out.append(reinterpret_cast<char const*>(bytes.data()), bytes.size()); }

void put_cell(std::string& out, cell const& content)
{
    auto const put_tag = [&](cell_tag tag) { out += static_cast<char>(tag); };
    if (auto const* truth = std::get_if<bool>(&content)) {
        put_tag(cell_tag::truth);
        out += static_cast<char>(*truth);
    } else if (auto const* integer = std::get_if<std::int64_t>(&content)) {
        put_tag(cell_tag::integer);
        append_big_endian(out, static_cast<std::uint64_t>(*integer));
    } else if (auto const* real = std::get_if<double>(&content)) {
        put_tag(cell_tag::real);
        append_big_endian(out, std::bit_cast<std::uint64_t>(*real));
    } else if (auto const* text = std::get_if<std::string>(&content)) {
        put_tag(cell_tag::text);
        append_big_endian<std::uint64_t>(out, text->size());
        out += *text;
    } else if (auto const* bytes = std::get_if<uuid_bytes>(&content)) {
        put_tag(cell_tag::uuid);
        put_bytes(out, *bytes);
    } else {
        put_tag(cell_tag::null);
    }
}

/// Takes a payload apart; every step answers nothing where too little is left.
class payload_reader {
public:
    explicit payload_reader(std::string_view payload) : left_(payload) {}

    bool at_end() const noexcept { return left_.empty(); }

    std::optional<std::string_view> take(std::size_t bytes) noexcept
    {
        if (left_.size() < bytes) return std::nullopt;
        auto const taken = left_.substr(0, bytes);
        left_.remove_prefix(bytes);
        return taken;
    }
    std::optional<std::uint64_t> take_number() noexcept
    {
        auto const bytes = take(8);
        if (!bytes) return std::nullopt;
        return read_big_endian<std::uint64_t>(*bytes);
    }
    std::optional<uuid_bytes> take_uuid() noexcept
    {
        uuid_bytes uuid{};
        auto const bytes = take(uuid.size());
        if (!bytes) return std::nullopt;
        for (std::size_t i = 0; i < uuid.size(); ++i) uuid[i] = static_cast<std::uint8_t>((*bytes)[i]);
        return uuid;
    }
    std::optional<cell> take_cell()
    {
        auto const tag = take(1);
        if (!tag) return std::nullopt;
        switch (static_cast<cell_tag>(tag->front())) {
            case cell_tag::null: return cell{};
            case cell_tag::truth:
                if (auto const byte = take(1)) return cell{byte->front() != 0};
                return std::nullopt;
            case cell_tag::integer:
                if (auto const number = take_number()) return cell{static_cast<std::int64_t>(*number)};
                return std::nullopt;
            case cell_tag::real:
                if (auto const number = take_number()) return cell{std::bit_cast<double>(*number)};
                return std::nullopt;
            case cell_tag::text: {
                auto const length = take_number();
                auto const text = length ? take(*length) : std::nullopt;
                if (!text) return std::nullopt;
                return cell{std::string(*text)};
            }
            case cell_tag::uuid:
                if (auto const uuid = take_uuid()) return cell{*uuid};
                return std::nullopt;
        }
        return std::nullopt;
    }

private:
    std::string_view left_;
};

void put_column(std::string& out, entity_definition const& entity, column const& what)
{
    if (auto const* index = std::get_if<field_index>(&what)) {
        auto const& field = entity.fields[index->at];
        out += 'f';
        put_bytes(out, field.id.bytes);
        out += static_cast<char>(field.type);
    } else {
        out += 's';
        out += static_cast<char>(std::get<system_column>(what));
    }
}

/// The entity, the sort and the filter, spelt in one way only.
std::string binding_of(entity_definition const& entity, record_query const& query)
{
    std::string bound = "records";
    put_bytes(bound, entity.id.bytes);
    append_big_endian<std::uint64_t>(bound, query.order.size());
    for (auto const& key : query.order) {
        put_column(bound, entity, key.by);
        bound += static_cast<char>(key.way);
    }
    for (auto const& each : query.where) {
        put_column(bound, entity, each.what);
        bound += static_cast<char>(each.op);
        append_big_endian<std::uint64_t>(bound, each.operands.size());
        for (auto const& operand : each.operands) put_cell(bound, operand);
    }
    return bound;
}

std::string mac_of(std::string_view payload, std::string_view bound_to, cursor_mac mac)
{
    std::string covered;
    covered.reserve(8 + payload.size() + bound_to.size());
    append_big_endian<std::uint64_t>(covered, payload.size());
    covered += payload;
    covered += bound_to;
    auto const made = mac(covered);
    return {reinterpret_cast<char const*>(made.data()), mac_bytes};
}

/// Which alternative of `cell` holds values of the type.
std::size_t alternative_of(shape::kind type) noexcept
{
    switch (type) {
        case shape::kind::boolean: return cell{true}.index();
        case shape::kind::number: return cell{0.0}.index();
        case shape::kind::integer:
        case shape::kind::decimal:
        case shape::kind::date_time:
        case shape::kind::enumeration: return cell{std::int64_t{0}}.index();
        case shape::kind::uuid: return cell{uuid_bytes{}}.index();
        default: return cell{std::string{}}.index();
    }
}

}  // namespace

std::optional<std::string> seal_cursor(std::string_view payload, std::string_view bound_to, cursor_mac mac)
{
    auto token = base64url(std::string(payload) + mac_of(payload, bound_to, mac));
    if (token.size() > cursor_bytes_max) return std::nullopt;
    return token;
}

std::optional<std::string> open_cursor(std::string_view token, std::string_view bound_to, cursor_mac mac)
{
    if (token.size() > cursor_bytes_max) return std::nullopt;
    auto bytes = parse_base64url(token);
    if (!bytes || bytes->size() < mac_bytes) return std::nullopt;
    auto const presented = bytes->substr(bytes->size() - mac_bytes);
    bytes->resize(bytes->size() - mac_bytes);
    if (!same_bytes(presented, mac_of(*bytes, bound_to, mac))) return std::nullopt;
    return bytes;
}

std::string encode_cursor(entity_definition const& entity, record_query const& query, record const& last, cursor_mac mac)
{
    auto const begin = [&](key_form form) {
        std::string payload{format_version, static_cast<char>(form)};
        put_bytes(payload, last.id.bytes);
        return payload;
    };
    auto const bound_to = binding_of(entity, query);
    auto payload = begin(key_form::inline_keys);
    for (auto const& key : query.order) put_cell(payload, cell_of(last, key.by));
    if (auto token = seal_cursor(payload, bound_to, mac)) return *std::move(token);
    // a long text: whoever reads the cursor finds it in the record
    return *seal_cursor(begin(key_form::by_record), bound_to, mac);
}

std::optional<cursor_position> decode_cursor(std::string_view token, entity_definition const& entity, record_query const& query, cursor_mac mac)
{
    auto const payload = open_cursor(token, binding_of(entity, query), mac);
    if (!payload) return std::nullopt;
    payload_reader reader(*payload);
    auto const head = reader.take(2);
    auto const last = head ? reader.take_uuid() : std::nullopt;
    if (!last || head->front() != format_version) return std::nullopt;
    cursor_position position{record_id{*last}, std::nullopt};
    if (head->back() == static_cast<char>(key_form::inline_keys)) {
        auto& keys = position.keys.emplace();
        for (auto const& key : query.order) {
            auto content = reader.take_cell();
            if (!content || (!shape::is_null(*content) && content->index() != alternative_of(type_rule_of(entity, key.by).type))) return std::nullopt;
            keys.push_back(*std::move(content));
        }
    } else if (head->back() != static_cast<char>(key_form::by_record)) {
        return std::nullopt;
    }
    if (!reader.at_end()) return std::nullopt;
    return position;
}

}  // namespace mb::entities
