#include "apps/composition/tls_files.hpp"
#include "tests/apps/certificates.hpp"
#include "tests/fakes/manual_clock.hpp"

#include <catch2/catch.hpp>

#include <filesystem>

using namespace mb;
using namespace mb::apps_testing;
using namespace std::chrono_literals;

namespace {

/// A production server whose files of TLS are in a folder.
struct tls_house {
    composition::tls_reading read()
    {
        config::settings settings;
        settings.environment = profile;
        settings.tongue = tongue;
        settings.public_url = public_url;
        settings.tls_certificate_file = certificate;
        settings.tls_key_file = key;
        return composition::read_tls(settings, clock);
    }
    void serve(pem_pair const& pair)
    {
        certificate = place.write("cert.pem", pair.certificate);
        key = write_key(place, "key.pem", pair.key);
    }
    void serve(certificate_wish const& wanted) { serve(make_certificate(wanted)); }
    certificate_wish good() const
    {
        return {.names = "DNS:id.example.com,IP:192.0.2.1,IP:2001:db8::1", .from = clock.now() - 24h, .until = clock.now() + 24h * 90};
    }
    /// The one thing that is wrong.
    std::string wrong()
    {
        auto const said = read();
        CHECK(said.context == nullptr);
        REQUIRE(said.wrong.size() == 1);
        return said.wrong.front();
    }
    std::string unwise()
    {
        auto const said = read();
        CHECK(said.context != nullptr);
        REQUIRE(said.unwise.size() == 1);
        return said.unwise.front();
    }

    fakes::manual_clock clock;
    scratch place;
    config::profile profile = config::profile::production;
    notify::language tongue = notify::language::es;
    std::string public_url = "https://id.example.com";
    std::string certificate;
    std::string key;
};

}  // namespace

TEST_CASE("a good certificate is served, and nothing is said of it", "[tls]")
{
    tls_house house;
    house.serve(house.good());
    auto const said = house.read();
    CHECK(said.context != nullptr);
    CHECK(said.wrong.empty());
    CHECK(said.unwise.empty());
}

TEST_CASE("without files there is neither a context nor a complaint", "[tls]")
{
    tls_house house;
    auto const said = house.read();
    CHECK(said.context == nullptr);
    CHECK(said.wrong.empty());
}

TEST_CASE("each fault names its variable and the remedy, in both languages", "[tls]")
{
    tls_house house;
    auto const good = make_certificate(house.good());
    auto const junk = std::string("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    struct fault {
        char const* name;
        std::string certificate;
        std::string key;
        char const* variable;
        char const* spanish;
        char const* english;
    };
    auto p384 = house.good();
    p384.kind = key_kind::p384;
    auto weak = house.good();
    weak.kind = key_kind::rsa1024;
    auto const other_curve = make_certificate(p384);
    auto const short_key = make_certificate(weak);
    for (auto const& each :
         {fault{"too large", good.certificate + std::string(256 * 1024, '#'), good.key, "TLS_CERT_FILE", "256 KiB", "256 KiB"},
          fault{"no certificate", junk, good.key, "TLS_CERT_FILE", "fullchain.pem", "fullchain.pem"},
          fault{"a key in its place", good.key, good.key, "TLS_CERT_FILE", "fullchain.pem", "fullchain.pem"},
          fault{"a broken chain", good.certificate + junk, good.key, "TLS_CERT_FILE", "fullchain.pem", "fullchain.pem"},
          fault{"no key", good.certificate, junk, "TLS_KEY_FILE", "no contiene una clave privada", "does not hold a private key"},
          fault{"an encrypted key", good.certificate, good.encrypted_key, "TLS_KEY_FILE", "openssl pkey", "openssl pkey"},
          fault{"another's key", good.certificate, make_certificate(house.good()).key, "TLS_KEY_FILE", "no es la clave", "is not the key"},
          fault{"another curve", other_curve.certificate, other_curve.key, "TLS_KEY_FILE", "P-256", "P-256"},
          fault{"a short key", short_key.certificate, short_key.key, "TLS_KEY_FILE", "2048", "2048"}}) {
        INFO(each.name);
        house.serve(pem_pair{each.certificate, each.key, ""});
        house.tongue = notify::language::es;
        auto const spanish = house.wrong();
        CHECK(has(spanish, std::string(each.variable) + " "));
        CHECK(has(spanish, each.spanish));
        house.tongue = notify::language::en;
        auto const english = house.wrong();
        CHECK(has(english, std::string(each.variable) + " "));
        CHECK(has(english, each.english));
    }
}

TEST_CASE("a file that can't be read is named", "[tls]")
{
    tls_house house;
    house.serve(house.good());
    auto const there = house.certificate;
    for (auto const& absent : {house.place / "none", house.place.path().string()}) {
        house.certificate = absent;
        CHECK(has(house.wrong(), "TLS_CERT_FILE nombra un archivo que no se puede leer"));
    }
    house.certificate = there;
    house.key = house.place / "none";
    CHECK(has(house.wrong(), "TLS_KEY_FILE nombra un archivo que no se puede leer"));
}

TEST_CASE("a key that others can use is refused", "[tls]")
{
    tls_house house;
    house.serve(house.good());
    for (auto const& [mode, accepted] : {std::pair{0600, true},
                                         {0400, true},
                                         {0640, true},
                                         {0440, true},
                                         {0604, false},
                                         {0644, false},
                                         {0602, false},
                                         {0601, false},
                                         {0660, false}}) {
        std::filesystem::permissions(house.key, static_cast<std::filesystem::perms>(mode));
        INFO(mode);
        if (accepted)
            CHECK(house.read().context != nullptr);
        else
            CHECK(has(house.wrong(), "chmod 600"));
    }
}

TEST_CASE("a certificate out of its time is refused in production and only told in a lab", "[tls]")
{
    tls_house house;
    auto expired = house.good();
    expired.until = house.clock.now() - 1s;
    auto early = house.good();
    early.from = house.clock.now() + 1s;
    house.serve(expired);
    CHECK(has(house.wrong(), "TLS_CERT_FILE caducó el 2026-01-24: renuévelo"));
    house.profile = config::profile::development;
    CHECK(house.unwise() == "TLS_CERT_FILE caducó el 2026-01-24: renuévelo");
    house.tongue = notify::language::en;
    house.serve(early);
    CHECK(house.unwise() == "TLS_CERT_FILE is not good before 2026-01-24: look at the clock, or put the one before it");
    house.profile = config::profile::production;
    CHECK(has(house.wrong(), "TLS_CERT_FILE is not good before 2026-01-24"));
}

TEST_CASE("a certificate is good at its first and at its last instant", "[tls]")
{
    tls_house house;
    auto wanted = house.good();
    wanted.from = house.clock.now();
    house.serve(wanted);
    CHECK(house.read().wrong.empty());
    wanted.from -= 24h;
    wanted.until = house.clock.now();
    house.serve(wanted);
    CHECK(house.read().wrong.empty());
}

TEST_CASE("less than three weeks before its end a certificate is called to mind", "[tls]")
{
    tls_house house;
    auto wanted = house.good();
    wanted.until = house.clock.now() + 24h * 21;
    house.serve(wanted);
    CHECK(house.read().unwise.empty());
    house.clock.advance(1s);
    CHECK(house.unwise() == "TLS_CERT_FILE caduca el 2026-02-14: renuévelo");
}

TEST_CASE("a certificate that does not name the host of PUBLIC_URL is called to mind", "[tls]")
{
    tls_house house;
    house.serve(house.good());
    for (auto const* const named : {"https://id.example.com:8443", "https://192.0.2.1", "https://[2001:db8::1]:8443"}) {
        house.public_url = named;
        INFO(named);
        CHECK(house.read().unwise.empty());
    }
    house.public_url = "https://other.example.com";
    CHECK(has(house.unwise(), "no nombra a other.example.com"));
    house.public_url = "https://[2001:db8::2]";
    house.tongue = notify::language::en;
    CHECK(has(house.unwise(), "does not name 2001:db8::2, the host of PUBLIC_URL"));
}
