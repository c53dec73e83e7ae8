#include "adapters/log/logger.hpp"
#include "adapters/outbound/console_mailer.hpp"
#include "adapters/outbound/rendering.hpp"
#include "adapters/outbound/smtp_mailer.hpp"
#include "core/domain/base/text.hpp"
#include "tests/adapters/outbound/smtp_sink.hpp"
#include "tests/fakes/manual_clock.hpp"

#include <catch2/catch.hpp>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <sstream>
#include <string>

using namespace mb;
using namespace mb::outbound;
using namespace std::chrono_literals;
using mb::outbound::testing::smtp_sink;
using notify::language;
using notify::message_kind;

namespace {

using replies = std::map<std::string, std::string>;

constexpr char token[] = "tok-EN_0123456789";

notify::message mail(message_kind kind = message_kind::verify_email, language tongue = language::es, std::string_view with_token = token)
{
    notify::message made{{}, kind, identity::email::restore("ana@example.com"), tongue, {}, from_micros(1'769'250'600'000'000), {}};
    made.id = *notify::message_id::parse("0198a3f0-0000-7000-8000-000000000001");
    if (kind == message_kind::verify_email || kind == message_kind::reset_password) made.link_token = secret{with_token};
    return made;
}

smtp_server server_at(std::string url)
{
    smtp_server made;
    made.url = std::move(url);
    made.from = "no-reply@example.com";
    made.connect_max = 5s;
    made.delivery_max = 20s;
    return made;
}

bool holds(std::string const& text, std::string_view part) { return text.find(part) != std::string::npos; }

/// The decoded content of the part of that type.
std::string part_of(std::string const& mime, std::string const& type)
{
    auto const header = mime.find("Content-Type: " + type);
    REQUIRE(header != std::string::npos);
    auto const mime_break = holds(mime, "\r\n") ? std::string("\r\n") : std::string("\n");
    auto const begin = mime.find(mime_break + mime_break, header) + 2 * mime_break.size();
    auto encoded = mime.substr(begin, mime.find("--mb-", begin) - begin);
    std::erase_if(encoded, [](char c) { return c == '\r' || c == '\n'; });
    auto const decoded = parse_base64(encoded);
    REQUIRE(decoded);
    return *decoded;
}

}  // namespace

TEST_CASE("a mail that verifies an address carries the link, in both languages and both forms", "[outbound][render]")
{
    auto const tongue = GENERATE(language::es, language::en);
    auto const made = render(mail(message_kind::verify_email, tongue), "https://app.example.com");
    auto const link = "https://app.example.com/api/v1/auth/verify-email?token=tok-EN_0123456789";
    CHECK(holds(made.text, link));
    CHECK(holds(made.html, "<a href=\"" + std::string(link) + "\">"));
    CHECK(holds(made.text, "ana@example.com"));
    CHECK(holds(made.html, "<html lang=\"" + std::string(name_of(tongue)) + "\">"));
    CHECK(made.subject == (tongue == language::es ? "Confirma tu dirección de correo" : "Confirm your e-mail address"));
}

TEST_CASE("a mail that sets a password carries the link of its own page", "[outbound][render]")
{
    auto const made = render(mail(message_kind::reset_password, language::en), "https://app.example.com");
    CHECK(holds(made.text, "https://app.example.com/api/v1/auth/reset-password?token=tok-EN_0123456789"));
}

TEST_CASE("a mail that only tells something carries no link, and says that nothing else need be done", "[outbound][render]")
{
    auto const tongue = GENERATE(language::es, language::en);
    for (auto const kind : {message_kind::password_changed, message_kind::link_attempts, message_kind::factor_added, message_kind::factor_removed,
                            message_kind::factor_attempts, message_kind::recovery_code_used, message_kind::recovery_codes_made,
                            message_kind::password_attempts, message_kind::new_device, message_kind::token_theft}) {
        auto const made = render(mail(kind, tongue), "https://app.example.com");
        for (auto const& text : {made.text, made.html}) {
            CHECK_FALSE(holds(text, "http"));
            CHECK(holds(text, "ana@example.com"));
        }
        CHECK(made.subject != render(mail(message_kind::already_registered, tongue), "").subject);
    }
}

TEST_CASE("a mail about an account that exists carries advice and no link", "[outbound][render]")
{
    auto const tongue = GENERATE(language::es, language::en);
    auto const made = render(mail(message_kind::already_registered, tongue), "https://app.example.com");
    for (auto const& text : {made.text, made.html}) {
        CHECK_FALSE(holds(text, "http"));
        CHECK_FALSE(holds(text, "token"));
        CHECK(holds(text, tongue == language::es ? "inicia sesión" : "log in"));
    }
}

TEST_CASE("what stands in a mail can't become markup or another parameter", "[outbound][render]")
{
    CHECK(escape_html("<a href=\"x\" o='y'>&amp;") == "&lt;a href=&quot;x&quot; o=&#39;y&#39;&gt;&amp;amp;");
    auto message = mail(message_kind::verify_email, language::es, "a&b=\"<\n ñ");
    message.recipient = identity::email::restore("\"<script>\"&'@example.com");
    auto const made = render(message, "https://app.example.com");
    CHECK(holds(made.text, "token=a%26b%3d%22%3c%0a%20%c3%b1\n"));
    CHECK_FALSE(holds(made.html, "<script>"));
    CHECK(holds(made.html, "&quot;&lt;script&gt;&quot;&amp;&#39;@example.com"));
}

TEST_CASE("the message on the wire is ASCII in short lines, with both parts inside", "[outbound][mime]")
{
    auto const message = mail();
    auto const made = render(message, "https://app.example.com");
    auto const mime = mime_of(message, made, "no-reply@example.com");
    CHECK(std::ranges::all_of(mime, [](char c) { return static_cast<unsigned char>(c) < 0x7f; }));
    std::istringstream lines(mime);
    for (std::string line; std::getline(lines, line);) {
        CHECK(line.ends_with('\r'));
        CHECK(line.size() <= 79);
    }
    CHECK(holds(mime, "Date: Sat, 24 Jan 2026 10:30:00 +0000\r\nFrom: MetaBuilder <no-reply@example.com>\r\nTo: <ana@example.com>\r\n"));
    CHECK(holds(mime, "Message-ID: <0198a3f0-0000-7000-8000-000000000001@example.com>\r\n"));
    CHECK(holds(mime, "Subject: =?UTF-8?B?" + base64(made.subject) + "?=\r\n"));
    CHECK(part_of(mime, "text/plain") == made.text);
    CHECK(part_of(mime, "text/html") == made.html);
}

TEST_CASE("every subject fits into one encoded word", "[outbound][mime]")
{
    for (auto const kind : notify::message_kinds)
        for (auto const tongue : {language::es, language::en}) CHECK(base64(render(mail(kind, tongue), "").subject).size() + 12 <= 75);
}

TEST_CASE("the lab's mailer prints the link and never fails", "[outbound][console]")
{
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    {
        fakes::manual_clock clock;
        log::logger log({.shape = log::format::text, .descriptor = ends[1]}, clock);
        console_mailer mailer(log, "http://localhost:8080");
        CHECK(mailer.deliver(mail()).has_value());
        CHECK(mailer.deliver(mail(message_kind::already_registered)).has_value());
        REQUIRE(log.flush(10s));
    }
    ::close(ends[1]);
    std::string printed(4096, '\0');
    printed.resize(static_cast<std::size_t>(std::max<ssize_t>(::read(ends[0], printed.data(), printed.size()), 0)));
    ::close(ends[0]);
    CHECK(printed
          == "2026-01-24T10:30:00.000Z INFO mail [-] - [VERIFY EMAIL] URL: http://localhost:8080/api/v1/auth/verify-email?token=tok-EN_0123456789 "
             "to=ana@example.com subject=\"Confirma tu dirección de correo\"\n"
             "2026-01-24T10:30:00.000Z INFO mail [-] - [ALREADY REGISTERED] to=ana@example.com subject=\"Ya tienes una cuenta\"\n");
}

TEST_CASE("a mail goes out over SMTP", "[outbound][smtp]")
{
    smtp_sink sink;
    smtp_mailer mailer(server_at(sink.url()), "https://app.example.com");
    auto const sent = mailer.deliver(mail());
    REQUIRE(sent.has_value());
    auto const commands = sink.commands();
    CHECK(std::ranges::count(commands, "MAIL FROM:<no-reply@example.com>") == 1);
    CHECK(std::ranges::count(commands, "RCPT TO:<ana@example.com>") == 1);
    CHECK(std::ranges::none_of(commands, [](std::string const& command) { return command.starts_with("AUTH"); }));
    CHECK(holds(part_of(sink.content(), "text/plain"), "token=tok-EN_0123456789"));
}

TEST_CASE("user and password are shown to the server that asks for them", "[outbound][smtp]")
{
    smtp_sink sink({}, "AUTH PLAIN");
    auto server = server_at(sink.url());
    server.user = "ana";
    server.password = secret{std::string_view{"pass word"}};
    smtp_mailer mailer(std::move(server), "https://app.example.com");
    CHECK(mailer.deliver(mail()).has_value());
    auto const commands = sink.commands();
    auto const answer = base64(std::string("\0ana\0pass word", 14));
    CHECK(std::ranges::any_of(commands, [&](std::string const& command) { return holds(command, answer); }));
}

TEST_CASE("a refusal for good ends the mail, and anything else is tried again later", "[outbound][smtp]")
{
    struct row {
        std::string command, reply;
        errc code;
    };
    for (auto const& [command, reply, code] : {
             row{"RCPT", "550 no such user", errc::unexpected},
             row{"MAIL", "553 sender not allowed", errc::unexpected},
             row{".", "554 looks like spam", errc::unexpected},
             row{"RCPT", "451 greylisted", errc::unavailable},
             row{"MAIL", "530 authentication required", errc::unavailable},
             row{".", "452 disk full", errc::unavailable},
             row{"", "554 no service", errc::unavailable},
             row{"", "421 try later", errc::unavailable},
             row{"", "drop", errc::unavailable},
             row{"EHLO", "drop", errc::unavailable},
             row{"DATA", "drop", errc::unavailable},
             row{".", "drop", errc::unavailable},
         }) {
        INFO(command << " " << reply);
        smtp_sink sink(replies{{command, reply}});
        smtp_mailer mailer(server_at(sink.url()), "https://app.example.com");
        auto const sent = mailer.deliver(mail());
        REQUIRE_FALSE(sent.has_value());
        CHECK(sent.error().code == code);
        CHECK_FALSE(holds(sent.error().detail, token));
    }
}

TEST_CASE("a log-in that is refused is a matter of configuration: the mail waits", "[outbound][smtp]")
{
    smtp_sink sink(replies{{"AUTH", "535 wrong"}}, "AUTH PLAIN");
    auto server = server_at(sink.url());
    server.user = "ana";
    server.password = secret{std::string_view{"canary-password"}};
    smtp_mailer mailer(std::move(server), "https://app.example.com");
    auto const sent = mailer.deliver(mail());
    REQUIRE_FALSE(sent.has_value());
    CHECK(sent.error().code == errc::unavailable);
    CHECK_FALSE(holds(sent.error().detail, "canary"));
}

TEST_CASE("a server that hangs is given up on", "[outbound][smtp]")
{
    smtp_sink sink(replies{{"RCPT", "hang"}});
    auto server = server_at(sink.url());
    server.delivery_max = 300ms;
    smtp_mailer mailer(std::move(server), "https://app.example.com");
    auto const sent = mailer.deliver(mail());
    REQUIRE_FALSE(sent.has_value());
    CHECK(sent.error().code == errc::unavailable);
}

TEST_CASE("nobody listening is unavailable, and a server that speaks no TLS gets nothing over smtps", "[outbound][smtp]")
{
    std::string url;
    {
        smtp_sink const gone;
        url = gone.url();
    }
    smtp_mailer nobody(server_at(url), "https://app.example.com");
    CHECK(nobody.deliver(mail()).error().code == errc::unavailable);

    smtp_sink plain;
    smtp_mailer encrypted(server_at("smtps" + plain.url().substr(4)), "https://app.example.com");
    CHECK(encrypted.deliver(mail()).error().code == errc::unavailable);
    CHECK(plain.content().empty());
}
