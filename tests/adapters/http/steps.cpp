#include "tests/adapters/http/steps.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

namespace mb::http::testing {
namespace {

constexpr int pages_max = 100;

std::string encoded(std::string_view text)
{
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string made;
    for (char const c : text) {
        auto const byte = static_cast<unsigned char>(c);
        made += '%';
        made += digits[byte >> 4];
        made += digits[byte & 15];
    }
    return made;
}

std::string joined(std::vector<std::string> const& words)
{
    std::string text;
    for (auto const& each : words) text += (text.empty() ? "" : " ") + each;
    return text;
}

std::vector<std::string> items(reply const& page, std::string_view name)
{
    std::vector<std::string> found;
    for (std::size_t i = 0; i < page.size("/data"); ++i) found.push_back(page.at("/data/" + std::to_string(i) + '/' + std::string(name)));
    return found;
}

}  // namespace

std::string query_of(std::vector<std::pair<std::string_view, std::string_view>> const& parameters)
{
    std::string query;
    for (auto const& [name, value] : parameters) query += (query.empty() ? '?' : '&') + encoded(name) + '=' + encoded(value);
    return query;
}

std::string column(reply const& page, std::string_view name)
{
    INFO(page.body);
    REQUIRE(page.status == 200);
    return joined(items(page, name));
}

std::string details(reply const& refusal)
{
    std::vector<std::string> found;
    auto const list = refusal.has("/details") ? std::string("/details") : std::string("/errors");
    for (std::size_t i = 0; i < refusal.size(list); ++i) {
        auto const at = list + '/' + std::to_string(i);
        CHECK_FALSE(refusal.at(at + "/message").empty());
        found.push_back(refusal.at(at + "/field") + ':' + refusal.at(at + "/code"));
    }
    std::ranges::sort(found);
    return joined(found);
}

std::string define(in_process& server, session const& admin, std::string_view name, std::initializer_list<std::string_view> fields)
{
    auto const made = server.ask("POST /api/v1/metadata/entities", bearer(admin), object_of({{"name", name}, {"display_name", name}}));
    INFO(made.body);
    REQUIRE(made.status == 201);
    for (auto const field : fields) {
        auto const added = server.ask("POST /api/v1/metadata/entities/" + std::string(name) + "/fields", bearer(admin), std::string(field));
        INFO(added.body);
        REQUIRE(added.status == 201);
    }
    return made.at("/id");
}

void make_role(in_process& server, session const& admin, std::string_view name, std::string_view permissions)
{
    auto const made = server.ask("POST /api/v1/admin/roles", bearer(admin),
                                 R"({"name":")" + std::string(name) + R"(","permissions":)" + std::string(permissions) + '}');
    INFO(made.body);
    REQUIRE(made.status == 201);
}

std::string make_record(in_process& server, session const& who, std::string_view entity, std::string body)
{
    auto const records = "/api/v1/entities/" + std::string(entity) + "/records";
    auto const made = server.ask("POST " + records, bearer(who), std::move(body));
    INFO(made.body);
    REQUIRE(made.status == 201);
    return records + '/' + made.at("/id");
}

std::string walk(in_process& server, session const& who, std::string const& target, std::string_view name)
{
    std::vector<std::string> found;
    std::string cursor;
    for (int page = 0; page < pages_max; ++page) {
        auto const said = server.ask("GET " + target + cursor, bearer(who));
        INFO(said.body);
        REQUIRE(said.status == 200);
        for (auto& each : items(said, name)) found.push_back(std::move(each));
        CHECK((said.at("/hasMore") == "true") == (said.at("/nextCursor") != "null"));
        if (said.at("/nextCursor") == "null") return joined(found);
        cursor = "&cursor=" + said.at("/nextCursor");
    }
    FAIL("a list without an end: " << target);
    return {};
}

}  // namespace mb::http::testing
