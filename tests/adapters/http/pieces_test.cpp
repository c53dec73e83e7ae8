#include "adapters/http/bodies.hpp"
#include "adapters/http/cookies.hpp"
#include "adapters/http/page_cursor.hpp"
#include "adapters/http/pages.hpp"
#include "adapters/http/query_string.hpp"
#include "adapters/http/route.hpp"
#include "adapters/http/texts.hpp"
#include "adapters/json/reader.hpp"
#include "tests/fakes/plain_cryptography.hpp"

#include <catch2/catch.hpp>

#include <set>

using namespace mb;
using namespace mb::http;

namespace {

template <class Body>
violations wrong_with(std::string_view json)
{
    auto const bound = bind<Body>(std::get<shape::value>(json::read(json)));
    if (auto const* broken = std::get_if<violations>(&bound)) return *broken;
    return {};
}

std::set<std::string> pointers(violations const& broken)
{
    std::set<std::string> found;
    for (auto const& each : broken) found.insert(each.pointer);
    return found;
}

request_head asking(verb method, std::vector<std::string> segments)
{
    request_head head;
    head.method = method;
    head.segments = std::move(segments);
    return head;
}

}  // namespace

TEST_CASE("a query string is decoded once, and what can't be decoded is refused", "[http]")
{
    using pairs = std::vector<std::pair<std::string, std::string>>;
    CHECK(std::get<pairs>(parse_query("a=1&b=%C3%B1+x&c&d=%2541")) == pairs{{"a", "1"}, {"b", "ñ x"}, {"c", ""}, {"d", "%41"}});
    CHECK(std::get<pairs>(parse_query("")).empty());
    for (auto const* bad : {"a=%", "a=%4", "a=%zz", "a=%00", "a=%ff", "=1", "a=1&&b=2", "%=1"}) {
        INFO(bad);
        CHECK(std::holds_alternative<problem>(parse_query(bad)));
    }
    std::string many = "p0=1";
    for (std::size_t i = 1; i < query_parameters_max; ++i) many += "&p" + std::to_string(i) + "=1";
    CHECK(std::holds_alternative<pairs>(parse_query(many)));
    CHECK(std::holds_alternative<problem>(parse_query(many + "&more=1")));
}

TEST_CASE("a cookie is found by its whole name, and one that stands twice is none", "[http]")
{
    CHECK(cookie("refresh=abc", "refresh") == "abc");
    CHECK(cookie("a=1; refresh=abc; b=2", "refresh") == "abc");
    CHECK(cookie("xrefresh=abc; refreshx=abc", "refresh") == std::nullopt);
    CHECK(cookie("refresh=a; refresh=b", "refresh") == std::nullopt);
    CHECK(cookie("refresh", "refresh") == std::nullopt);
    CHECK(cookie("", "refresh") == std::nullopt);
}

TEST_CASE("the refresh cookie is bound to the host everywhere but on a lab's localhost", "[http]")
{
    http_settings settings;
    settings.secure_cookies = true;
    auto const set = set_cookie(settings, cookie_kind::refresh, secret{std::string_view{"t"}}, std::chrono::seconds{60});
    CHECK(set == "__Host-refresh=t; HttpOnly; SameSite=Strict; Path=/; Max-Age=60; Secure");
    settings.secure_cookies = false;
    CHECK(clear_cookie(settings, cookie_kind::refresh) == "refresh=; HttpOnly; SameSite=Strict; Path=/; Max-Age=0");
}

TEST_CASE("a page cursor is good for its query alone, and any change of it is refused", "[http]")
{
    fakes::plain_digester const digests{"key"};
    uuid_bytes last{};
    last[3] = 7;
    auto const cursor = write_page_cursor(digests, "users\nadmin", last);
    CHECK(read_page_cursor(digests, "users\nadmin", cursor) == last);
    CHECK(read_page_cursor(digests, "users\nuser", cursor) == std::nullopt);
    CHECK(read_page_cursor(fakes::plain_digester{"other"}, "users\nadmin", cursor) == std::nullopt);
    for (std::size_t at = 0; at < cursor.size(); ++at) {
        auto changed = cursor;
        changed[at] = changed[at] == 'A' ? 'B' : 'A';
        CHECK(read_page_cursor(digests, "users\nadmin", changed) == std::nullopt);
    }
    CHECK(read_page_cursor(digests, "users\nadmin", "") == std::nullopt);
}

TEST_CASE("the language is the client's where it is one of ours, else the server's", "[http]")
{
    CHECK(language_of("", language::es) == language::es);
    CHECK(language_of("en", language::es) == language::en);
    CHECK(language_of("en-GB,en;q=0.9", language::es) == language::en);
    CHECK(language_of("es-AR, en;q=0.5", language::en) == language::es);
    CHECK(language_of("fr, en;q=0.3, es;q=0.7", language::en) == language::es);
    CHECK(language_of("fr", language::en) == language::en);
    CHECK(language_of("en;q=0", language::es) == language::es);
    CHECK(language_of("english, e, ;;;, en;q=x", language::es) == language::es);
}

TEST_CASE("every problem and every violation has a text in both languages", "[http]")
{
    for (auto const& entry : problems()) {
        CHECK_FALSE(text_of(entry.id, language::es).empty());
        CHECK(text_of(entry.id, language::es) != text_of(entry.id, language::en));
    }
    for (int code = 0; code <= static_cast<int>(violation_code::duplicate); ++code) {
        violation const broken{"/a", static_cast<violation_code>(code), "7"};
        CHECK(text_of(broken, language::es) != text_of(broken, language::en));
        CHECK(text_of(broken, language::en).find("{}") == std::string::npos);
    }
    CHECK(text_of(violation{"/a", violation_code::too_long, "7"}, language::es) == "Debe tener como máximo 7 caracteres");
    CHECK(text_of(violation{"/a", violation_code::too_long, "7"}, language::en) == "Must have at most 7 characters");
}

TEST_CASE("a page escapes what is put into it, and keeps an @ of its own", "[http]")
{
    auto const drawn = draw(page::notice, language::es, {{"TEXT", "<script>\"&'"}, {"URL", "u"}, {"LANG", "es"}});
    CHECK(drawn.find("&lt;script&gt;&quot;&amp;&#39;") != std::string::npos);
    CHECK(drawn.find("<script>") == std::string::npos);
    CHECK(draw(page::index, language::en, {{"URL", "http://localhost"}, {"VERSION", "1"}}).find("ana@example.com") != std::string::npos);
}

TEST_CASE("a body is bound by the types of its members, and everything wrong is told at once", "[http]")
{
    auto const bound = bind<registration_body>(std::get<shape::value>(json::read(R"({"email":"a@b.example","password":"p","display_name":"Ñ"})")));
    auto const& body = std::get<registration_body>(bound);
    CHECK(body.email.value == "a@b.example");
    CHECK(body.password.value.reveal() == "p");
    CHECK_FALSE(body.username);
    CHECK(body.display_name->value == "Ñ");
    CHECK(pointers(wrong_with<registration_body>(R"({"email":1,"extra":true,"username":""})"))
          == std::set<std::string>{"/email", "/password", "/extra", "/username"});
    CHECK(pointers(wrong_with<registration_body>("[]")) == std::set<std::string>{""});
    CHECK(pointers(wrong_with<user_change_body>(R"({"roles":["admin",7]})")) == std::set<std::string>{"/roles/1"});
    auto const patch = bind<profile_body>(std::get<shape::value>(json::read(R"({"display_name":null})")));
    CHECK(std::get<profile_body>(patch).display_name.what == change<text<1, 200>>::kind::clear);
    CHECK(std::get<profile_body>(patch).username.what == change<text<1, 64>>::kind::keep);
}

TEST_CASE("paths lead to their row, the aliases of seed 000 to the same, and others nowhere", "[http]")
{
    auto const direct = asking(verb::get, {"api", "v1", "entities", "books", "records", "7"});
    auto const found = find_route(direct);
    REQUIRE(found.found != nullptr);
    CHECK(found.found->path == "/api/v1/entities/{id}/records/{recordId}");
    CHECK(found.params == std::vector<std::string_view>{"books", "7"});
    CHECK_FALSE(found.seed000_alias);
    auto const head = asking(verb::head, {"api", "entities", "books", "records", "7"});
    auto const alias = find_route(head);
    CHECK(alias.found == found.found);
    CHECK(alias.seed000_alias);
    CHECK(alias.params == std::vector<std::string_view>{"books", "7"});
    CHECK_FALSE(find_route(asking(verb::get, {"api", "user", "me"})).path_known);
    CHECK_FALSE(find_route(asking(verb::get, {"api", "v2", "user", "me"})).path_known);
    CHECK_FALSE(find_route(asking(verb::get, std::vector<std::string>(40, "x"))).path_known);
    auto const wrong_method = find_route(asking(verb::put, {"api", "v1", "user", "me"}));
    CHECK(wrong_method.path_known);
    CHECK(wrong_method.found == nullptr);
    CHECK(wrong_method.allow == "GET, HEAD, PATCH, DELETE, OPTIONS");
}
