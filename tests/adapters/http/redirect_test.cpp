#include "adapters/http/https_redirect.hpp"

#include <catch2/catch.hpp>

#include <memory>

using namespace mb;
using namespace mb::http;

namespace {

constexpr std::string_view safe_url = "https://id.example";

class kept_answer final : public responder {
public:
    explicit kept_answer(response& into) : into_(into) {}
    void answer(response&& made) override { into_ = std::move(made); }
    bool abandoned() const noexcept override { return false; }

private:
    response& into_;
};

request_head plain(verb method, std::vector<std::string> segments, std::string query = "")
{
    request_head head;
    head.method = method;
    head.segments = std::move(segments);
    head.query = std::move(query);
    return head;
}

std::string location_of(response const& made)
{
    for (auto const& [name, value] : made.fields)
        if (name == "Location") return value;
    return "";
}

std::string led_to(request_head head)
{
    https_redirect redirect{std::string(safe_url)};
    response made;
    redirect.serve({std::move(head), ""}, std::make_unique<kept_answer>(made));
    CHECK(made.status == 308);
    CHECK(made.body.empty());
    CHECK(made.content_type.empty());
    return location_of(made);
}

}  // namespace

TEST_CASE("plain text is led to the same place of the safe server")
{
    CHECK(led_to(plain(verb::get, {})) == "https://id.example/");
    CHECK(led_to(plain(verb::post, {"api", "v1", "auth", "login"})) == "https://id.example/api/v1/auth/login");
    CHECK(led_to(plain(verb::get, {"api-docs"}, "a=1&b=2")) == "https://id.example/api-docs?a=1&b=2");
    CHECK(led_to(plain(verb::get, {"a", ""})) == "https://id.example/a/");
}

TEST_CASE("what was decoded in a path is written so that it means the same")
{
    CHECK(led_to(plain(verb::get, {"ñ \r\n?#%"})) == "https://id.example/%C3%B1%20%0D%0A%3F%23%25");
    CHECK(led_to(plain(verb::get, {"Az09-._~!$&'()*+,=:@"})) == "https://id.example/Az09-._~!$&'()*+,=:@");
}

TEST_CASE("a question about the whole server leads to its root")
{
    CHECK(led_to(plain(verb::options, {"*"})) == "https://id.example/");
    CHECK(led_to(plain(verb::get, {"*"})) == "https://id.example/*");
    CHECK(led_to(plain(verb::options, {"health"})) == "https://id.example/health");
}

TEST_CASE("plain text is led away before its body is read")
{
    https_redirect redirect{std::string(safe_url)};
    auto const admitted = redirect.admit(plain(verb::put, {"a"}));
    auto const* const refused = std::get_if<response>(&admitted);
    REQUIRE(refused != nullptr);
    CHECK(refused->status == 308);
    CHECK(location_of(*refused) == "https://id.example/a");
}

TEST_CASE("a request in plain text that can't be read is refused with nothing but its status")
{
    https_redirect redirect{std::string(safe_url)};
    auto const made = redirect.refuse(problem::bad_request, nullptr);
    CHECK(made.status == 400);
    CHECK(made.body.empty());
    CHECK(made.fields.empty());
}
