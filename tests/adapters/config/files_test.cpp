#include "adapters/config/load.hpp"
#include "tests/adapters/config/support.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <variant>
#include <vector>

using namespace mb;
using namespace mb::config;
using namespace mb::config_testing;

TEST_CASE("an env file is read, and the environment wins over it", "[config][file]")
{
    scratch folder;
    auto const path = folder.write("env", "# comment\n\n PORT = 3000 \r\nJWT_AUDIENCE=\"a b\"\nLOG_LEVEL='debug'\nJWT_ISSUER=x=#y\nHOST=\n");
    auto made = load({profile::development, {{"LOG_LEVEL", "error"}}, path});
    REQUIRE(std::holds_alternative<settings>(made));
    auto const& read = std::get<settings>(made);
    CHECK(read.port == 3000);
    CHECK(read.jwt_audience == "a b");
    CHECK(read.jwt_issuer == "x=#y");
    CHECK(read.threshold == log_level::error);
    CHECK(read.host == "127.0.0.1");
}

TEST_CASE("every bad line of an env file is told by its number and not by its content", "[config][file]")
{
    scratch folder;
    auto const path =
        folder.write("env", "PORT=3000\ncanaryCanary==\nno equals canary\nexport HOST=::1\nPORT=3001\nUNKNOWN_THING=canary\nJWT_SECERT=canary\n");
    auto made = load({profile::development, {}, path});
    REQUIRE(std::holds_alternative<std::vector<std::string>>(made));
    auto const& found = std::get<std::vector<std::string>>(made);
    CHECK(found
          == std::vector<std::string>{"❌ Error de configuración: --env-file línea 2: debe tener la forma NOMBRE=valor",
                                      "❌ Error de configuración: --env-file línea 3: debe tener la forma NOMBRE=valor",
                                      "❌ Error de configuración: --env-file línea 4: debe tener la forma NOMBRE=valor",
                                      "❌ Error de configuración: PORT está dos veces en el archivo (línea 5)",
                                      "❌ Error de configuración: JWT_SECERT no es una variable conocida (¿quiso decir JWT_SECRET?)",
                                      "❌ Error de configuración: UNKNOWN_THING no es una variable conocida"});
}

TEST_CASE("an env file that can't be read, or is too long, is refused", "[config][file]")
{
    scratch folder;
    auto const refused = [](std::string const& path) {
        return std::holds_alternative<std::vector<std::string>>(load({profile::development, {}, path}));
    };
    CHECK(refused("/nonexistent/env"));
    CHECK(refused("/"));
    CHECK_FALSE(refused(folder.write("fits", std::string(64 * 1024, '\n'))));
    CHECK(refused(folder.write("long", std::string(64 * 1024 + 1, '\n'))));
}

TEST_CASE("a secret can come from a file of its own", "[config][file]")
{
    scratch folder;
    auto environment = good_production();
    environment.erase("JWT_SECRET");
    environment["JWT_SECRET_KEY_FILE"] = folder.write("jwt", std::string(jwt) + "\r\n");
    CHECK(loaded(environment, profile::production).jwt_secret->reveal() == jwt);

    environment["JWT_SECRET_FILE"] = "/nonexistent/canary";
    CHECK(problems_of(environment)
          == std::vector<std::string>{"❌ Error de configuración: JWT_SECRET_FILE nombra un archivo que no se puede leer, o de más de 16 KiB"});
    environment["JWT_SECRET_FILE"] = folder.write("other", "Kq3vB7nXw0LmTtYc6sB1hGd9uJfE2a_oPi5");
    CHECK(problems_of(environment)
          == std::vector<std::string>{"❌ Error de configuración: JWT_SECRET_KEY_FILE contradice a JWT_SECRET_FILE: use sólo una de las dos"});
    // only secrets have one, and what may hold a password
    CHECK(problems_of(with(good_production(), "METABUILDER_LANG_FILE", "x")).size() == 1);
    auto const url = folder.write("url", "postgresql://u:canary@db/x\n");
    auto const read = loaded(with(good_production(), "DATABASE_URL_FILE", url), profile::production);
    REQUIRE(read.postgresql);
    CHECK(read.postgresql->reveal() == "postgresql://u:canary@db/x");
    CHECK(print(read).find("canary") == std::string::npos);
}
