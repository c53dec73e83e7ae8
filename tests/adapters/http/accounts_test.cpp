#include "tests/adapters/http/in_process.hpp"

#include <catch2/catch.hpp>

using namespace mb;
using namespace mb::http;
using namespace mb::http::testing;

TEST_CASE("a new account logs in once its address is verified")
{
    in_process server;
    auto const opened = server.ask("POST /api/v1/auth/register", {}, object_of({{"email", "ana@example.org"}, {"password", right_password}}));
    CHECK(opened.status == 201);
    auto const early = server.ask("POST /api/v1/auth/login", {}, object_of({{"email", "ana@example.org"}, {"password", right_password}}));
    CHECK(early.status == 403);
    auto const verified = server.ask("POST /api/v1/auth/verify-email?token=" + server.mailed("ana@example.org"));
    CHECK(verified.status == 200);
    CHECK(server.ask("GET /api/v1/user/me", bearer(server.log_in("ana@example.org"))).at("/email") == "ana@example.org");
}
