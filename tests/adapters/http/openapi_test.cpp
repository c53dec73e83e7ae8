// The contract as OpenAPI: each row of the route table is in it, and what it refers to is there.
#include "adapters/http/openapi.hpp"

#include "adapters/http/route.hpp"
#include "adapters/json/reader.hpp"
#include "adapters/json/writer.hpp"
#include "core/domain/base/ascii.hpp"
#include "core/usecases/operations/reports/report.hpp"
#include "tests/adapters/http/steps.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <set>

using namespace mb;
using namespace mb::http;
using namespace mb::http::testing;

namespace {

shape::value parsed(std::string const& text)
{
    auto read = json::read(text, {.bytes_max = 1 << 22, .values_max = 1'000'000});
    INFO(text);
    REQUIRE(std::holds_alternative<shape::value>(read));
    return std::get<shape::value>(std::move(read));
}

shape::value const& member(shape::value const& of, std::string_view name)
{
    INFO(name);
    auto const* found = of.find(name);
    REQUIRE(found != nullptr);
    return *found;
}

std::string text_of(shape::value const& of)
{
    auto const* text = of.as<std::string>();
    REQUIRE(text != nullptr);
    return *text;
}

shape::list const& items_of(shape::value const& of)
{
    auto const* items = of.as<shape::list>();
    REQUIRE(items != nullptr);
    return *items;
}

std::set<std::string> names_of(shape::value const& of)
{
    auto const* members = of.as<shape::object>();
    REQUIRE(members != nullptr);
    std::set<std::string> names;
    for (auto const& each : *members) names.insert(each.name);
    return names;
}

shape::value document() { return parsed(openapi_document(usual_settings())); }

shape::value const& operation_of(shape::value const& whole, route const& row)
{
    return member(member(member(whole, "paths"), row.path), ascii_lower(name_of(row.method)));
}

/// The parameters of an operation in one place ("path", "query" or "header"), by name.
std::set<std::string> parameters_in(shape::value const& operation, std::string_view place)
{
    std::set<std::string> names;
    for (auto const& each : items_of(member(operation, "parameters")))
        if (text_of(member(each, "in")) == place) CHECK(names.insert(text_of(member(each, "name"))).second);
    return names;
}

std::set<std::string> words(std::string_view text)
{
    std::set<std::string> found;
    while (!text.empty()) {
        auto const end = text.find(' ');
        found.emplace(text.substr(0, end));
        text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    }
    return found;
}

/// Calls `see` for each $ref below a value.
template <class See>
void each_reference(shape::value const& below, See&& see)
{
    if (auto const* items = below.as<shape::list>())
        for (auto const& each : *items) each_reference(each, see);
    auto const* members = below.as<shape::object>();
    if (members == nullptr) return;
    for (auto const& each : *members) {
        if (each.name == "$ref")
            see(text_of(each.content));
        else
            each_reference(each.content, see);
    }
}

std::string line_of(route const& row, std::string_view query = "")
{
    std::string path(row.path);
    for (auto at = path.find('{'); at != std::string::npos; at = path.find('{')) path.replace(at, path.find('}', at) - at + 1, unknown_id);
    return std::string(name_of(row.method)) + ' ' + path + std::string(query);
}

/// Members of answers that no schema describes.
struct quiet_members {
    shape::value const& schemas;
    std::set<std::string> bodies;  ///< what requests are described with, which says nothing of answers
    std::set<std::string> found;

    void look(shape::value const& described, shape::value const& shown, std::string const& place)
    {
        if (auto const* reference = described.find("$ref")) {
            auto const& name = *reference->as<std::string>();
            if (!bodies.contains(name)) look(member(schemas, name.substr(name.rfind('/') + 1)), shown, place);
        } else if (auto const* items = shown.as<shape::list>()) {
            if (auto const* each_described = described.find("items"))
                for (auto const& each : *items) look(*each_described, each, place);
        } else if (auto const* properties = described.find("properties"); properties != nullptr && shown.as<shape::object>() != nullptr) {
            for (auto const& each : *shown.as<shape::object>()) {
                auto const here = place + ' ' + each.name;
                if (auto const* known = properties->find(each.name))
                    look(*known, each.content, here);
                else
                    found.insert(here);
            }
        }
    }
};

template <class Rule>
std::string schema_of(Rule const& rule)
{
    std::string made;
    json::writer out(made);
    write_json_schema(out, rule);
    return made;
}

}  // namespace

TEST_CASE("the contract is served as JSON, for this server")
{
    in_process server;
    auto const said = server.ask("GET /openapi.json");
    CHECK(said.status == 200);
    CHECK(said.field("Content-Type").starts_with("application/json"));
    CHECK(said.body == openapi_document(usual_settings()));
    auto const whole = document();
    CHECK(text_of(member(whole, "openapi")) == "3.1.0");
    CHECK(text_of(member(member(whole, "info"), "version")) == "1.2.3");
    CHECK(text_of(member(items_of(member(whole, "servers")).front(), "url")) == own_origin);
}

TEST_CASE("each row of the table is one operation of the contract, and there are no others")
{
    auto const whole = document();
    std::set<std::string> ids;
    for (auto const& row : routes()) {
        INFO(name_of(row.method) << ' ' << row.path);
        auto const& operation = operation_of(whole, row);
        CHECK(text_of(member(operation, "summary")) == row.summary);
        CHECK(text_of(member(operation, "x-access")) == name_of(row.who));
        CHECK(text_of(member(operation, "x-step-up")) == name_of(row.proof));
        CHECK(ids.insert(text_of(member(operation, "operationId"))).second);
        auto const tag = text_of(items_of(member(operation, "tags")).front());
        CHECK(row.path.starts_with("/api/v1/" + tag) == (tag != "service"));
    }
    std::size_t operations = 0;
    for (auto const& path : names_of(member(whole, "paths"))) operations += names_of(member(member(whole, "paths"), path)).size();
    CHECK(operations == routes().size());
}

TEST_CASE("each operation names the parameters that its row has")
{
    auto const whole = document();
    for (auto const& row : routes()) {
        INFO(name_of(row.method) << ' ' << row.path);
        auto const& operation = operation_of(whole, row);
        CHECK(parameters_in(operation, "query") == words(row.query == "*" ? "limit cursor sort fields count filter" : row.query));
        auto const in_path = parameters_in(operation, "path");
        CHECK(in_path.size() == static_cast<std::size_t>(std::ranges::count(row.path, '{')));
        for (auto const& name : in_path) CHECK(row.path.find('{' + name + '}') != std::string_view::npos);
        CHECK(parameters_in(operation, "header").contains("X-Step-Up-Token") == (row.proof != fresh_proof::none));
        for (auto const& each : items_of(member(operation, "parameters"))) {
            auto const name = text_of(member(each, "name"));
            CHECK(*member(each, "required").as<bool>() == (text_of(member(each, "in")) == "path" || name == "token"));
            auto const type = text_of(member(member(each, "schema"), "type"));
            CHECK(type == (name == "limit" ? "integer" : name == "filter" ? "object" : "string"));
        }
    }
}

TEST_CASE("each operation names the ways in that its row takes, and each of them is described")
{
    auto const whole = document();
    auto const& schemes = member(member(whole, "components"), "securitySchemes");
    for (auto const& row : routes()) {
        INFO(name_of(row.method) << ' ' << row.path);
        std::set<std::string> named;
        for (auto const& each : items_of(member(operation_of(whole, row), "security")))
            for (auto const& name : names_of(each)) named.insert(name);
        std::set<std::string> wanted;
        if (row.who == audience::refresh_cookie) wanted.insert("refreshCookie");
        if (row.who == audience::session_cookie) wanted.insert("sessionCookie");
        if (row.who == audience::basic) wanted.insert("basic");
        if (row.who == audience::authenticated || row.who == audience::permission || row.who == audience::admin) wanted.insert("accessToken");
        if (row.key != access::power::none) wanted.insert("apiKey");
        CHECK(named == wanted);
        for (auto const& name : named) CHECK(schemes.find(name) != nullptr);
    }
}

TEST_CASE("an operation has a body and an answer where its row has them")
{
    auto const whole = document();
    for (auto const& row : routes()) {
        INFO(name_of(row.method) << ' ' << row.path);
        auto const& operation = operation_of(whole, row);
        CHECK((operation.find("requestBody") != nullptr) == (row.body != schema::nothing));
        auto const& answers = member(operation, "responses");
        auto const& granted = member(answers, std::to_string(row.success));
        bool const shown = row.reply != schema::nothing && row.reply != schema::text && row.reply != schema::anything;
        CHECK((granted.find("content") != nullptr) == shown);
        if (row.reply == schema::event_file) CHECK(names_of(member(granted, "content")) == std::set<std::string>{"application/x-ndjson", "text/csv"});
    }
}

TEST_CASE("whatever the contract refers to is in it")
{
    auto const whole = document();
    auto const known = names_of(member(member(whole, "components"), "schemas"));
    std::set<std::string> used;
    each_reference(whole, [&](std::string const& reference) {
        INFO(reference);
        constexpr std::string_view place = "#/components/schemas/";
        REQUIRE(reference.starts_with(place));
        used.insert(reference.substr(place.size()));
        CHECK(known.contains(reference.substr(place.size())));
    });
    CHECK(used == known);  // and nothing is in it that nobody refers to
}

TEST_CASE("each refusal is told as a problem, with its codes")
{
    auto const whole = document();
    std::set<std::string> codes;
    for (auto const& each : problems()) codes.emplace(each.code);
    for (auto const& row : routes()) {
        INFO(name_of(row.method) << ' ' << row.path);
        auto const& answers = member(operation_of(whole, row), "responses");
        for (auto const& status : names_of(answers)) {
            if (status == std::to_string(row.success)) continue;
            INFO(status);
            CHECK(status >= "400");
            auto described = text_of(member(member(answers, status), "description"));
            std::ranges::replace(described, ',', ' ');
            auto const named = words(described);
            CHECK_FALSE(named.empty());
            for (auto const& code : named)
                if (!code.empty()) CHECK(codes.contains(code));
            each_reference(member(answers, status), [](std::string const& reference) { CHECK(reference == "#/components/schemas/Problem"); });
        }
    }
}

TEST_CASE("no row gives a status that the contract does not name")
{
    in_process server;
    auto const whole = document();
    auto const admin = server.admin();
    auto const user = server.log_in_someone();
    auto const key = server.ask("POST /api/v1/keys", bearer(admin), R"({"name":"robot","scopes":["list"]})").at("/key");
    for (auto const& row : routes()) {
        INFO(name_of(row.method) << ' ' << row.path);
        auto const& answers = member(operation_of(whole, row), "responses");
        bool const takes_body = row.body != schema::nothing;
        auto const see = [&](std::string_view query, field_list sent, std::string body) {
            auto const said = server.ask(line_of(row, query), std::move(sent), std::move(body));
            INFO(said.status << ' ' << said.body);
            CHECK(answers.find(std::to_string(said.status)) != nullptr);
        };
        std::string const empty = takes_body ? "{}" : "";
        see("", {}, empty);
        see("", bearer("x.y.z"), empty);
        see("", bearer(user), empty);
        see("", bearer(key), empty);
        if (row.path.find("logout-all") == std::string_view::npos && row.path.find("/user/me") == std::string_view::npos)
            see("", bearer(admin), empty);
        see("?limit=0", bearer(admin), empty);
        see("?%=", bearer(admin), empty);
        if (!takes_body) continue;
        see("", bearer(admin), "{");
        see("", bearer(admin), R"({"x":1})");
        see("", bearer(admin, {{"Content-Type", "text/plain"}}), "{}");
        see("", bearer(admin), std::string(row.body_bytes_max + 1, ' '));
    }
}

TEST_CASE("the cookies are named as the server sets them")
{
    auto const name = [](bool secure, std::string_view scheme) {
        auto settings = usual_settings();
        settings.secure_cookies = secure;
        auto const whole = parsed(openapi_document(settings));
        return text_of(member(member(member(member(whole, "components"), "securitySchemes"), scheme), "name"));
    };
    CHECK(name(true, "refreshCookie") == "__Host-refresh");
    CHECK(name(true, "sessionCookie") == "__Host-session");
    CHECK(name(false, "refreshCookie") == "refresh");
    CHECK(name(false, "sessionCookie") == "session");
}

TEST_CASE("no answer shows a member that the contract keeps quiet about")
{
    in_process server;
    auto const admin = server.admin();
    REQUIRE(server.ask("POST /api/v1/keys", bearer(admin), R"({"name":"robot","scopes":["list"]})").status == 201);
    for (int i = 0; i < 6; ++i) (void)server.ask("POST /api/v1/auth/login", {}, object_of({{"email", "no@example.org"}, {"password", "wrong"}}));
    server.write_anomalies();
    server.clock.advance(std::chrono::seconds{1});

    auto const whole = document();
    quiet_members quiet{member(member(whole, "components"), "schemas"), {}, {}};
    for (auto const& row : routes())
        if (row.body != schema::nothing)
            each_reference(member(operation_of(whole, row), "requestBody"), [&](auto const& name) { quiet.bodies.insert(name); });
    std::size_t answers = 0;
    auto const see = [&](route const& row, std::string const& path) {
        auto const said = server.ask("GET " + path, bearer(admin));
        auto const* content = member(member(operation_of(whole, row), "responses"), std::to_string(row.success)).find("content");
        auto const* described = content == nullptr ? nullptr : content->find("application/json");
        if (said.status != row.success || described == nullptr) return;
        ++answers;
        quiet.look(member(*described, "schema"), said.json(), path);
    };
    for (auto const& row : routes()) {
        if (row.method != verb::get) continue;
        if (row.path == "/api/v1/admin/reports/{name}")
            for (auto const& each : usecases::reports()) see(row, "/api/v1/admin/reports/" + std::string(each.name));
        else if (row.path.find('{') == std::string_view::npos)
            see(row, std::string(row.path));
    }
    CHECK(answers > 20);
    for (auto const& each : quiet.found) UNSCOPED_INFO(each);
    CHECK(quiet.found.empty());
}

TEST_CASE("the rule of a body is its schema")
{
    auto const whole = document();
    auto const& schemas = member(member(whole, "components"), "schemas");
    auto const& registration = member(schemas, "Registration");
    CHECK(member(registration, "additionalProperties") == shape::value{false});
    auto const& properties = member(registration, "properties");
    CHECK(member(member(properties, "password"), "writeOnly") == shape::value{true});
    auto const& required = items_of(member(registration, "required"));
    CHECK(required == shape::list{shape::value{"email"}, shape::value{"password"}});
    auto const& permissions = member(member(member(schemas, "NewRole"), "properties"), "permissions");
    CHECK(member(permissions, "maxItems") == shape::value{500});
    CHECK(member(member(permissions, "items"), "type") == shape::value{"string"});
}

TEST_CASE("a list and an object have their schema, with what is known of their content")
{
    shape::field_rule rule;
    rule.type = shape::kind::list;
    CHECK(schema_of(rule) == R"({"type":"array"})");
    rule.nullable = true;
    rule.length_max = 3;
    shape::field_rule element;
    element.type = shape::kind::object;
    rule.element = std::make_shared<shape::field_rule const>(element);
    CHECK(schema_of(rule) == R"({"type":["array","null"],"maxItems":3,"items":{"type":"object"}})");
    shape::field_rule flag;
    flag.name = "flag";
    flag.type = shape::kind::boolean;
    flag.required = true;
    auto preset = flag;
    preset.name = "preset";
    preset.fallback = shape::scalar{true};
    CHECK(
        schema_of(shape::object_rule{{flag, preset}})
        == R"({"type":"object","additionalProperties":false,"properties":{"flag":{"type":"boolean"},"preset":{"type":"boolean"}},"required":["flag"]})");
}
