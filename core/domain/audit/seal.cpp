#include "core/domain/audit/seal.hpp"

#include "core/domain/base/big_endian.hpp"

#include <algorithm>
#include <cstring>

namespace mb::audit {
namespace {

constexpr std::size_t row_bytes = 8 + 16 + 16 + 3 * 8;
constexpr std::string_view version = "metabuilder audit 1";

/// Numbers with the highest byte first, texts behind their length: no two contents are written alike.
class encoder {
public:
    explicit encoder(std::string start = {}) : bytes_(std::move(start)) {}
    encoder& number(std::int64_t value)
    {
        append_big_endian(bytes_, static_cast<std::uint64_t>(value));
        return *this;
    }
    encoder& text(std::string_view value)
    {
        number(static_cast<std::int64_t>(value.size()));
        bytes_ += value;
        return *this;
    }
    template <std::size_t Size>
    encoder& raw(std::array<std::uint8_t, Size> const& value)
    {
        bytes_.append(reinterpret_cast<char const*>(value.data()), Size);
        return *this;
    }
    std::string take() { return std::move(bytes_); }

private:
    std::string bytes_;
};

template <std::size_t Size>
void read_raw(std::string_view bytes, std::array<std::uint8_t, Size>& into) noexcept
{
    std::memcpy(into.data(), bytes.data(), Size);
}

template <class Short>
Short shortened(identity::digest const& whole) noexcept
{
    Short made;
    std::copy_n(whole.begin(), made.size(), made.begin());
    return made;
}

row_digest content_of(event const& row, mac_function mac)
{
    auto metadata = row.metadata;  // a database may keep its pairs in an order of its own
    std::ranges::sort(metadata);
    encoder out;
    out.text(entry_of(row.type).name).text(name_of(row.level)).raw(row.correlation.bytes).text(row.endpoint).text(row.http_method);
    out.number(row.status_code).number(row.response_time_ms).number(static_cast<std::int64_t>(metadata.size()));
    for (auto const& [name, value] : metadata) out.text(name).text(value);
    // as long as neither is there, a row is written as it was before there were such columns
    if (row.country || row.risk_score) out.text(row.country.value_or("")).number(row.risk_score.value_or(-1));
    return shortened<row_digest>(mac("audit row", out.take()));
}

/// One text for each commitment; "" where there is nothing to forget any more.
std::array<std::string, 3> persons_of(event const& row)
{
    std::array<std::string, 3> said;
    if (row.user) said[0] = encoder{}.raw(row.user->bytes).take();
    if (row.actor) said[1] = encoder{}.raw(row.actor->bytes).take();
    if (row.ip || !row.user_agent.empty()) said[2] = encoder{}.text(row.ip ? row.ip->text : "").text(row.user_agent).take();
    return said;
}

commitment commit(std::size_t which, log_id row, std::string_view said, secret const& salt, mac_function mac)
{
    encoder out;
    out.text(salt.reveal()).raw(row.bytes).number(static_cast<std::int64_t>(which)).text(said);
    return shortened<commitment>(mac("audit person", out.take()));
}

std::string content_of(seal const& of)
{
    encoder out{std::string(version)};
    out.number(of.number).number(to_micros(of.through.at)).raw(of.through.id.bytes).number(to_micros(of.sealed_at)).raw(of.previous);
    return out.text(write_rows(of.rows)).take();
}

identity::digest sign(identity::digest const& digest, mac_function mac)
{
    return mac("audit seal", std::string_view{reinterpret_cast<char const*>(digest.data()), digest.size()});
}

}  // namespace

seal seal::clone() const
{
    return {number, through, sealed_at, rows, previous, digest, signature, salt ? std::optional(salt->clone()) : std::nullopt};
}

std::string write_rows(std::span<sealed_row const> rows)
{
    std::string start;
    start.reserve(rows.size() * row_bytes);
    encoder out{std::move(start)};
    for (auto const& each : rows) {
        out.number(to_micros(each.where.at)).raw(each.where.id.bytes).raw(each.content);
        for (auto const& person : each.persons) out.raw(person);
    }
    return out.take();
}

std::optional<std::vector<sealed_row>> read_rows(std::string_view bytes)
{
    if (bytes.size() % row_bytes != 0) return std::nullopt;
    std::vector<sealed_row> rows(bytes.size() / row_bytes);
    for (auto& each : rows) {
        each.where.at = from_micros(static_cast<std::int64_t>(read_big_endian<std::uint64_t>(bytes.substr(0, 8))));
        read_raw(bytes.substr(8), each.where.id.bytes);
        read_raw(bytes.substr(24), each.content);
        for (std::size_t i = 0; i < each.persons.size(); ++i) read_raw(bytes.substr(40 + 8 * i), each.persons[i]);
        bytes.remove_prefix(row_bytes);
    }
    return rows;
}

sealed_row seal_row(event const& row, secret const& salt, mac_function mac)
{
    sealed_row made{position_of(row), content_of(row, mac), {}};
    auto const said = persons_of(row);
    for (std::size_t i = 0; i < said.size(); ++i) made.persons[i] = commit(i, row.id, said[i], salt, mac);
    return made;
}

seal make_seal(seal const* before, std::vector<sealed_row> rows, position through, instant now, secret salt, hash_function hash, mac_function mac)
{
    seal made;
    made.number = before == nullptr ? 1 : before->number + 1;
    made.through = through;
    made.sealed_at = now;
    made.rows = std::move(rows);
    if (before != nullptr) made.previous = before->digest;
    made.digest = hash(content_of(made));
    made.signature = sign(made.digest, mac);
    made.salt = std::move(salt);
    return made;
}

seal_standing judge_seal(seal const& judged, seal const* before, hash_function hash, mac_function mac)
{
    if (judged.number != (before == nullptr ? 1 : before->number + 1)) return seal_standing::missing;
    if (judged.digest != hash(content_of(judged))) return seal_standing::changed;
    if (judged.previous != (before == nullptr ? identity::digest{} : before->digest)) return seal_standing::changed;
    if (judged.signature != sign(judged.digest, mac)) return seal_standing::forged;
    return seal_standing::good;
}

row_standing judge_row(sealed_row const& sealed, event const& found, std::optional<secret> const& salt, mac_function mac)
{
    if (!has_content(sealed, found, mac)) return row_standing::changed;
    bool forgotten = false;
    auto const said = persons_of(found);
    for (std::size_t i = 0; i < said.size(); ++i) {
        if (salt && sealed.persons[i] == commit(i, sealed.where.id, said[i], *salt, mac)) continue;
        if (!said[i].empty()) return row_standing::changed;
        forgotten = true;
    }
    if (found.at != sealed.where.at) return row_standing::moved;
    return forgotten ? row_standing::forgotten : row_standing::intact;
}

bool has_content(sealed_row const& sealed, event const& found, mac_function mac) { return sealed.content == content_of(found, mac); }

}  // namespace mb::audit
