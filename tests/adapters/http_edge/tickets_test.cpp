#include "adapters/http/edge/ticket_keys.hpp"
#include "adapters/http/edge/tls_context.hpp"
#include "tests/adapters/http_edge/edge_fixture.hpp"

#include <catch2/catch.hpp>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/stat.h>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <thread>

using namespace mb;
using namespace mb::http;
using namespace mb::http::testing;
using namespace std::chrono_literals;

namespace {

using ssl_ptr = std::unique_ptr<SSL, void (*)(SSL*)>;
using session_ptr = std::unique_ptr<SSL_SESSION, void (*)(SSL_SESSION*)>;

/// A key on P-256 and a certificate that it signs itself, in files.
class self_signed {
public:
    self_signed()
    {
        std::string pattern = (std::filesystem::temp_directory_path() / "mb-tls-XXXXXX").string();
        REQUIRE(::mkdtemp(pattern.data()) != nullptr);
        folder_ = pattern;
        std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> const key(EVP_EC_gen("P-256"), &EVP_PKEY_free);
        std::unique_ptr<X509, void (*)(X509*)> const certificate(X509_new(), &X509_free);
        auto* const made = certificate.get();
        X509_set_version(made, X509_VERSION_3);
        ASN1_INTEGER_set(X509_get_serialNumber(made), 1);
        X509_gmtime_adj(X509_getm_notBefore(made), 0);
        X509_gmtime_adj(X509_getm_notAfter(made), 3600);
        X509_set_pubkey(made, key.get());
        auto* const name = X509_get_subject_name(made);
        X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<unsigned char const*>("localhost"), -1, -1, 0);
        X509_set_issuer_name(made, name);
        REQUIRE(X509_sign(made, key.get(), EVP_sha256()) != 0);
        auto const write = [](std::string const& path, auto&& what) {
            std::unique_ptr<std::FILE, int (*)(std::FILE*)> const file(std::fopen(path.c_str(), "w"), &std::fclose);
            REQUIRE(::chmod(path.c_str(), 0600) == 0);
            REQUIRE(what(file.get()) == 1);
        };
        write(files().certificate, [&](std::FILE* to) { return PEM_write_X509(to, made); });
        write(files().key, [&](std::FILE* to) { return PEM_write_PrivateKey(to, key.get(), nullptr, nullptr, 0, nullptr, nullptr); });
    }
    ~self_signed() { std::filesystem::remove_all(folder_); }
    self_signed(self_signed const&) = delete;
    self_signed& operator=(self_signed const&) = delete;

    tls_files files() const { return {(folder_ / "cert.pem").string(), (folder_ / "key.pem").string()}; }

private:
    std::filesystem::path folder_;
};

/// Clients of one version, which meet servers in memory.
class client {
public:
    explicit client(int version) : context_(SSL_CTX_new(TLS_client_method()), &SSL_CTX_free)
    {
        SSL_CTX_set_min_proto_version(context_.get(), version);
        SSL_CTX_set_max_proto_version(context_.get(), version);
    }

    struct meeting {
        bool resumed = false;
        session_ptr session{nullptr, &SSL_SESSION_free};
    };

    meeting meet(tls_context const& server, SSL_SESSION* session = nullptr)
    {
        ssl_ptr const ours(SSL_new(context_.get()), &SSL_free);
        ssl_ptr const theirs(SSL_new(server.native()), &SSL_free);
        BIO* our_end = nullptr;
        BIO* their_end = nullptr;
        REQUIRE(BIO_new_bio_pair(&our_end, 64 * 1024, &their_end, 64 * 1024) == 1);
        SSL_set_bio(ours.get(), our_end, our_end);
        SSL_set_bio(theirs.get(), their_end, their_end);
        SSL_set_connect_state(ours.get());
        SSL_set_accept_state(theirs.get());
        if (session != nullptr) REQUIRE(SSL_set_session(ours.get(), session) == 1);
        char byte = 0;
        for (int i = 0; i < 10; ++i) {
            SSL_do_handshake(ours.get());
            SSL_do_handshake(theirs.get());
        }
        REQUIRE(SSL_is_init_finished(ours.get()) == 1);
        REQUIRE(SSL_is_init_finished(theirs.get()) == 1);
        CHECK(SSL_read(ours.get(), &byte, 1) < 0);  // takes the tickets in
        meeting held;
        held.resumed = SSL_session_reused(ours.get()) == 1;
        held.session.reset(SSL_get1_session(ours.get()));
        // a session of a connection that was not ended in good order is not resumed
        SSL_set_shutdown(ours.get(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
        ERR_clear_error();
        return held;
    }

private:
    std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> const context_;
};

std::shared_ptr<tls_context const> load(self_signed const& pair, manual_clock const& time)
{
    auto loaded = tls_context::load(pair.files(), time);
    REQUIRE(loaded.index() == 0);
    return std::get<0>(loaded);
}

}  // namespace

TEST_CASE("a ticket is good for two hours and not at their end, and is renewed once its key has been replaced", "[edge][tls]")
{
    self_signed const pair;
    for (int const version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        manual_clock time;
        auto const server = load(pair, time);
        client one(version);
        auto const first = one.meet(*server);
        CHECK_FALSE(first.resumed);
        time.advance(duration{ticket_keys::life} - 1us);
        CHECK(one.meet(*server, first.session.get()).resumed);
        time.advance(1us);
        auto const renewed = one.meet(*server, first.session.get());
        CHECK(renewed.resumed);
        time.advance(duration{ticket_keys::life} - 1us);
        CHECK(one.meet(*server, first.session.get()).resumed);
        time.advance(1us);
        CHECK_FALSE(one.meet(*server, first.session.get()).resumed);
        CHECK(one.meet(*server, renewed.session.get()).resumed);
    }
}

TEST_CASE("a key that nobody asked for in two hours reads nothing any more", "[edge][tls]")
{
    self_signed const pair;
    manual_clock time;
    auto const server = load(pair, time);
    client one(TLS1_3_VERSION);
    auto const first = one.meet(*server);
    time.advance(2 * duration{ticket_keys::life});
    CHECK_FALSE(one.meet(*server, first.session.get()).resumed);
}

TEST_CASE("a renewed certificate leaves no resumption behind, and a strange ticket is a full handshake", "[edge][tls]")
{
    self_signed const pair;
    manual_clock time;
    auto const before = load(pair, time);
    auto const after = load(pair, time);
    for (int const version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        client one(version);
        auto const first = one.meet(*before);
        CHECK_FALSE(one.meet(*after, first.session.get()).resumed);
        CHECK(one.meet(*before, first.session.get()).resumed);
    }
}

TEST_CASE("a client that is silent has five seconds for its handshake", "[edge][tls][deadlines]")
{
    self_signed const pair;
    manual_clock time;
    echo_service behind;
    edge_options options;
    options.allowed_hosts = {"localhost"};
    options.tls = load(pair, time);
    options.sweep_period = 2ms;
    auto const edge = server::listen(std::move(options), behind, time).value();
    REQUIRE(edge->start());
    raw_client silent(edge->port());
    REQUIRE(eventually([&] { return edge->counters().connections_open == 1; }));
    std::this_thread::sleep_for(200ms);  // it was let in, and is handed to its thread, which begins to count
    time.advance(5s - 1us);
    pause_briefly();
    CHECK(edge->counters().connections_open == 1);
    time.advance(1us);
    CHECK(silent.ends());
    CHECK(eventually([&] { return edge->counters().handshakes_failed == 1; }));
}

TEST_CASE("the cap of connections holds with TLS, and whoever is past it is told nothing in plain text", "[edge][tls][caps]")
{
    self_signed const pair;
    manual_clock time;
    echo_service behind;
    edge_options options;
    options.allowed_hosts = {"localhost"};
    options.tls = load(pair, time);
    options.limits.connections_max = 2;
    auto const edge = server::listen(std::move(options), behind, time).value();
    REQUIRE(edge->start());
    raw_client first(edge->port());
    raw_client second(edge->port());
    REQUIRE(eventually([&] { return edge->counters().connections_open == 2; }));
    raw_client third(edge->port());
    CHECK(third.ends());
    CHECK(edge->counters().connections_refused == 1);
}
