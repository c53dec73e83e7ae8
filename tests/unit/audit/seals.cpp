#include "core/domain/audit/seal.hpp"
#include "core/domain/base/text.hpp"
#include "tests/fakes/plain_cryptography.hpp"

#include <catch2/catch.hpp>

using namespace mb;
using namespace mb::audit;
using namespace std::chrono_literals;

namespace {

constexpr instant start = from_micros(1'769'250'600'123'456);
fakes::plain_digester const digests;
auto const mac = [](std::string_view purpose, std::string_view bytes) { return digests.mac(purpose, bytes); };
auto const hash = [](std::string_view bytes) { return digests.sha256(bytes); };

secret salt() { return secret{std::string(salt_bytes, 's')}; }

template <class Id>
Id numbered(std::uint8_t number)
{
    Id made;
    made.bytes.fill(number);
    return made;
}

event full(std::uint8_t number)
{
    event row;
    row.id = numbered<log_id>(number);
    row.type = event_type::data_exported;
    row.level = severity::medium;
    row.user = numbered<identity::user_id>(1);
    row.actor = numbered<identity::user_id>(2);
    row.ip = identity::ip_hash{"hashed"};
    row.user_agent = "agent";
    row.correlation = numbered<correlation_id>(3);
    row.endpoint = "/api/v1/x";
    row.http_method = "GET";
    row.status_code = 200;
    row.response_time_ms = 7;
    row.metadata = {{"b", "2"}, {"a", "1"}};
    row.country = "ES";
    row.risk_score = 20;
    row.at = start + std::chrono::seconds{number};
    return row;
}

seal seal_of(seal const* before, std::vector<event> const& rows)
{
    std::vector<sealed_row> sealed;
    for (auto const& each : rows) sealed.push_back(seal_row(each, salt(), mac));
    return make_seal(before, std::move(sealed), position_of(rows.back()), start + 1h, salt(), hash, mac);
}

row_standing judge(event const& found, std::optional<secret> const& with = salt())
{
    return judge_row(seal_row(full(1), salt(), mac), found, with, mac);
}

}  // namespace

TEST_CASE("sealed rows read back as they were written, and half a row is none")
{
    auto const seal = seal_of(nullptr, {full(1), full(2), full(3)});
    auto const bytes = write_rows(seal.rows);
    CHECK(bytes.size() == 3 * 64);
    CHECK(read_rows(bytes) == seal.rows);
    CHECK(read_rows("")->empty());
    CHECK_FALSE(read_rows(bytes.substr(1)));
}

TEST_CASE("a row is as it was sealed, whatever the order of its metadata")
{
    CHECK(judge(full(1)) == row_standing::intact);
    auto other_order = full(1);
    std::ranges::reverse(other_order.metadata);
    CHECK(judge(other_order) == row_standing::intact);
}

TEST_CASE("a row without a country and a score digests as it did before there were any")
{
    auto row = full(1);
    row.country.reset();
    row.risk_score.reset();
    auto const sealed = seal_row(row, salt(), mac);
    CHECK(hex({reinterpret_cast<char const*>(sealed.content.data()), sealed.content.size()}) == "7f46ada341ef1d57a42899ead0f6c5e4");
}

TEST_CASE("each column of a row that is changed shows")
{
    std::vector<void (*)(event&)> const changes{
        [](event& row) { row.type = event_type::logout; },
        [](event& row) { row.level = severity::low; },
        [](event& row) { row.user = numbered<identity::user_id>(9); },
        [](event& row) { row.actor = numbered<identity::user_id>(9); },
        [](event& row) { row.ip->text += "x"; },
        [](event& row) { row.user_agent += "x"; },
        [](event& row) { row.user_agent.clear(); },
        [](event& row) { row.ip.reset(); },
        [](event& row) { row.correlation = numbered<correlation_id>(9); },
        [](event& row) { row.endpoint += "x"; },
        [](event& row) { row.http_method = "PUT"; },
        [](event& row) { row.status_code = 403; },
        [](event& row) { row.response_time_ms = 8; },
        [](event& row) { row.metadata.pop_back(); },
        [](event& row) { row.metadata.emplace_back("c", ""); },
        [](event& row) { row.metadata[0].second = "3"; },
        [](event& row) { std::swap(row.metadata[0].second, row.metadata[1].second); },
        [](event& row) { row.country = "FR"; },
        [](event& row) { row.country.reset(); },
        [](event& row) { row.risk_score = 0; },
        [](event& row) { row.risk_score.reset(); },
        [](event& row) { row.country.reset(), row.risk_score.reset(); },
    };
    for (std::size_t i = 0; i < changes.size(); ++i) {
        INFO("change " << i);
        auto row = full(1);
        changes[i](row);
        CHECK(judge(row) == row_standing::changed);
    }
    auto later = full(1);
    later.at += 1us;
    CHECK(judge(later) == row_standing::moved);
}

TEST_CASE("a row may forget whom it is about, all of it or one of them, and is intact")
{
    auto erased = full(1);
    erased.user.reset();
    erased.ip.reset();
    erased.user_agent.clear();
    CHECK(judge(erased) == row_standing::forgotten);
    erased.actor.reset();
    CHECK(judge(erased) == row_standing::forgotten);
    CHECK(judge(erased, std::nullopt) == row_standing::forgotten);
    erased.status_code = 500;
    CHECK(judge(erased) == row_standing::changed);
}

TEST_CASE("without its salt a seal knows nobody, and a row that names somebody is not as it should be")
{
    CHECK(judge(full(1), std::nullopt) == row_standing::changed);
    CHECK(judge(full(1), secret{std::string(salt_bytes, 'x')}) == row_standing::changed);
    auto const one = seal_row(full(1), salt(), mac);
    auto const other = seal_row(full(1), secret{std::string(salt_bytes, 'x')}, mac);
    CHECK(one.content == other.content);
    CHECK(one.persons != other.persons);
}

TEST_CASE("seals follow each other, and one that is missing, changed or signed by somebody else shows")
{
    auto const first = seal_of(nullptr, {full(1)});
    auto const second = seal_of(&first, {full(2)});
    auto const third = seal_of(&second, {full(3)});
    CHECK(first.number == 1);
    CHECK(third.number == 3);
    CHECK(judge_seal(first, nullptr, hash, mac) == seal_standing::good);
    CHECK(judge_seal(second, &first, hash, mac) == seal_standing::good);
    CHECK(judge_seal(third, &first, hash, mac) == seal_standing::missing);
    CHECK(judge_seal(second, nullptr, hash, mac) == seal_standing::missing);

    auto changed = second.clone();
    changed.rows[0].content[0] ^= 1;
    CHECK(judge_seal(changed, &first, hash, mac) == seal_standing::changed);
    changed = second.clone();
    changed.sealed_at += 1us;
    CHECK(judge_seal(changed, &first, hash, mac) == seal_standing::changed);
    auto const otherwise = seal_of(nullptr, {full(7)});
    CHECK(judge_seal(second, &otherwise, hash, mac) == seal_standing::changed);
    auto const foreign = [](std::string_view, std::string_view bytes) { return digests.mac("somebody else", bytes); };
    auto const forged = make_seal(&first, second.rows, second.through, second.sealed_at, salt(), hash, foreign);
    CHECK(judge_seal(forged, &first, hash, mac) == seal_standing::forged);
    auto without_salt = second.clone();
    without_salt.salt.reset();
    CHECK(judge_seal(without_salt, &first, hash, mac) == seal_standing::good);
}
