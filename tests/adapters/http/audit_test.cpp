// The audit log over HTTP: events, files of them, login attempts, reports and anomalies.
#include "core/usecases/operations/reports/report.hpp"
#include "tests/adapters/http/steps.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <iterator>
#include <set>
#include <sstream>

using namespace mb;
using namespace mb::http;
using namespace mb::http::testing;

namespace {

constexpr std::string_view events = "/api/v1/admin/audit";
constexpr std::string_view file = "/api/v1/admin/audit/export";
constexpr std::string_view attempts = "/api/v1/admin/login-attempts";
constexpr std::string_view reports = "/api/v1/admin/reports";
constexpr std::string_view anomalies = "/api/v1/admin/anomalies";
constexpr std::string_view stuffing = "ANOMALIA_CREDENTIAL_STUFFING";
constexpr std::string_view brute_force = "ANOMALIA_FUERZA_BRUTA";

using parameters = std::vector<std::pair<std::string_view, std::string_view>>;

/// A server on which somebody changed the own name seven times, and failed to log in once.
struct archive {
    in_process server{{.countries = {{std::string("\xc0\x00\x02\x07", 4), "AR"}}}};
    session admin = server.admin();
    session ana = server.log_in_someone();

    archive()
    {
        for (int i = 0; i < 7; ++i) {
            server.clock.advance(std::chrono::seconds{1});
            REQUIRE(server.ask("PATCH /api/v1/user/me", bearer(ana), R"({"display_name":"Ana )" + std::to_string(i) + "\"}").status == 200);
        }
        fail(ana.email);
    }

    void fail(std::string_view email)
    {
        CHECK(server.ask("POST /api/v1/auth/login", {{"User-Agent", "=cmd, \"x\""}}, object_of({{"email", email}, {"password", "wrong"}})).status
              == 401);
    }
    reply find(std::string_view list, parameters const& wanted = {})
    {
        return server.ask("GET " + std::string(list) + query_of(wanted), bearer(admin));
    }
    std::string walked(std::string_view list, parameters wanted, std::string_view name)
    {
        wanted.emplace_back("limit", "2");
        return walk(server, admin, std::string(list) + query_of(wanted), name);
    }
};

/// A server that saw an attack from eleven addresses, and six wrong passwords for each of three names.
struct attacked {
    in_process server;
    session admin = server.admin();

    attacked()
    {
        for (char last = 1; last <= 11; ++last) fail(last, "nobody" + std::to_string(last) + "@example.org");
        for (std::string const name : {"a", "b", "c"}) {
            server.clock.advance(std::chrono::seconds{1});
            for (int i = 0; i < 6; ++i) fail(1, name + "@example.org");
            server.write_anomalies();
        }
    }

    void fail(char last, std::string const& email)
    {
        server.peer.bytes = std::string("\xc6\x33\x64", 3) + last;
        CHECK(server.ask("POST /api/v1/auth/login", {}, object_of({{"email", email}, {"password", "wrong"}})).status >= 401);
    }
    reply find(parameters const& wanted = {}) { return server.ask("GET " + std::string(anomalies) + query_of(wanted), bearer(admin)); }
    reply mark(std::string_view id, std::string body)
    {
        return server.ask("PATCH " + std::string(anomalies) + '/' + std::string(id), bearer(admin), std::move(body));
    }
};

std::vector<std::string> lines_of(std::string const& text, std::string_view end)
{
    std::vector<std::string> lines;
    for (std::size_t at = 0; at < text.size();) {
        auto const found = text.find(end, at);
        REQUIRE(found != std::string::npos);
        lines.push_back(text.substr(at, found - at));
        at = found + end.size();
    }
    return lines;
}

}  // namespace

TEST_CASE("events are found by what they say, and pages of them join")
{
    archive in;
    CHECK(in.walked(events, {{"event", "PERFIL_MODIFICADO"}}, "event_type")
          == "PERFIL_MODIFICADO PERFIL_MODIFICADO PERFIL_MODIFICADO PERFIL_MODIFICADO PERFIL_MODIFICADO PERFIL_MODIFICADO PERFIL_MODIFICADO");
    auto const failed = in.find(events, {{"event", "LOGIN_FALLIDO"}});
    REQUIRE(failed.size("/data") == 1);
    auto const shown = [&](std::string const& name) { return failed.at("/data/0/" + name); };
    CHECK(shown("severity") == "MEDIUM");
    CHECK(shown("status_code") == "401");
    CHECK(shown("endpoint") == "/api/v1/auth/login");
    CHECK(shown("http_method") == "POST");
    CHECK(shown("country_code") == "AR");
    CHECK(shown("user_agent") == "=cmd, \"x\"");
    CHECK(shown("user_id") == in.ana.user);
    auto const only = [&](parameters const& wanted) { return column(in.find(events, wanted), "log_id") == shown("log_id"); };
    CHECK(only({{"correlation_id", shown("correlation_id")}, {"severity", "MEDIUM"}, {"event", "LOGIN_FALLIDO"}}));
    CHECK(only({{"event", "LOGIN_FALLIDO"}, {"ip_hash", shown("ip_hash")}}));
    CHECK(only({{"event", "LOGIN_FALLIDO"}, {"user_id", in.ana.user}}));
    CHECK(only({{"event", "LOGIN_FALLIDO"}, {"from", "1970-01-01T00:00:00Z"}}));
    CHECK_FALSE(only({{"event", "LOGIN_FALLIDO"}, {"to", "1970-01-01T00:00:00Z"}}));
    CHECK_FALSE(only({{"event", "LOGIN_FALLIDO"}, {"user_id", in.admin.user}}));
}

TEST_CASE("events come newest first")
{
    archive in;
    auto const times = column(in.find(events, {{"event", "PERFIL_MODIFICADO"}}), "timestamp");
    std::istringstream words(times);
    std::vector<std::string> seen{std::istream_iterator<std::string>(words), {}};
    CHECK(seen.size() == 7);
    CHECK(std::ranges::is_sorted(seen, std::greater<>{}));
}

TEST_CASE("a question to the audit log that can't be read is refused")
{
    archive in;
    std::string const long_text(129, 'x');
    for (std::string_view const list : {events, file}) {
        for (auto const& each : parameters{{"event", "NADA"},
                                           {"severity", "low"},
                                           {"user_id", "x"},
                                           {"correlation_id", "1"},
                                           {"ip_hash", ""},
                                           {"ip_hash", long_text},
                                           {"from", "ayer"},
                                           {"to", "2026-13-01T00:00:00Z"},
                                           {"limit", "0"},
                                           {"limit", "10001"}}) {
            INFO(list << ' ' << each.first << '=' << each.second);
            CHECK(in.find(list, {each}).code() == "PARAMETRO_INVALIDO");
        }
        CHECK(in.find(list, {{"cursor", "x"}}).code() == "CURSOR_INVALIDO");
        CHECK(in.find(list, {{"x", "1"}}).code() == "PARAMETRO_DESCONOCIDO");
    }
    CHECK(in.find(events, {{"limit", "101"}}).code() == "PARAMETRO_INVALIDO");
    CHECK(in.find(file, {{"limit", "10000"}}).status == 200);
    CHECK(in.find(file, {{"format", "xml"}}).code() == "PARAMETRO_INVALIDO");
    auto const cursor = in.find(events, {{"limit", "1"}}).at("/nextCursor");
    CHECK(in.find(events, {{"limit", "1"}, {"cursor", cursor}}).status == 200);
    CHECK(in.find(events, {{"event", "LOGIN_FALLIDO"}, {"cursor", cursor}}).code() == "CURSOR_INVALIDO");
    CHECK(in.find(attempts, {{"cursor", cursor}}).code() == "CURSOR_INVALIDO");
}

TEST_CASE("a file of events is taken in parts, and each part is written down")
{
    archive in;
    auto const before = in.server.events("BULK_DATA_EXPORT");
    auto const first = in.find(file, {{"format", "csv"}, {"event", "PERFIL_MODIFICADO"}, {"limit", "4"}});
    CHECK(first.status == 200);
    CHECK(first.field("Content-Type") == "text/csv; charset=utf-8");
    CHECK(first.field("Content-Disposition") == "attachment; filename=\"audit.csv\"");
    auto const rows = lines_of(first.body, "\r\n");
    REQUIRE(rows.size() == 5);
    CHECK(rows[0]
          == "timestamp,log_id,event_type,severity,user_id,actor_id,ip_hash,user_agent,correlation_id,endpoint,http_method,status_code,"
             "response_time_ms,country_code,risk_score,metadata");
    auto const rest = in.find(file, {{"format", "csv"}, {"event", "PERFIL_MODIFICADO"}, {"limit", "4"}, {"cursor", first.field("Next-Cursor")}});
    auto const more = lines_of(rest.body, "\r\n");
    CHECK(more.size() == 4);
    CHECK(rest.count("Next-Cursor") == 0);
    std::set<std::string> different(rows.begin() + 1, rows.end());
    different.insert(more.begin() + 1, more.end());
    CHECK(different.size() == 7);
    CHECK(in.server.events("BULK_DATA_EXPORT") == before + 2);
}

TEST_CASE("lines of events say what pages of them say")
{
    archive in;
    auto const page = in.find(events, {{"event", "PERFIL_MODIFICADO"}});
    for (parameters const& wanted : {parameters{{"event", "PERFIL_MODIFICADO"}}, parameters{{"event", "PERFIL_MODIFICADO"}, {"format", "ndjson"}}}) {
        auto const taken = in.find(file, wanted);
        CHECK(taken.field("Content-Type") == "application/x-ndjson");
        CHECK(taken.field("Content-Disposition") == "attachment; filename=\"audit.ndjson\"");
        auto const lines = lines_of(taken.body, "\n");
        REQUIRE(lines.size() == page.size("/data"));
        for (std::size_t i = 0; i < lines.size(); ++i) CHECK(lines[i] == page.at("/data/" + std::to_string(i)));
    }
}

TEST_CASE("a file holds every event, also those of nobody and from nowhere")
{
    archive in;
    REQUIRE(in.server.ask("POST /api/v1/auth/login", {}, object_of({{"email", "no@example.org"}, {"password", "wrong"}})).status == 401);
    std::size_t const all = lines_of(in.find(file).body, "\n").size();
    auto const rows = lines_of(in.find(file, {{"format", "csv"}}).body, "\r\n");
    CHECK(rows.size() == 1 + all + 1);  // the header, and that the first file was taken
    auto const nobody = std::ranges::count_if(
        rows, [](std::string const& row) { return row.find("LOW,,,") != std::string::npos || row.find("MEDIUM,,,") != std::string::npos; });
    CHECK(nobody >= 1);
}

TEST_CASE("no cell of a file of events is a formula or ends a line")
{
    archive in;
    auto const taken = in.find(file, {{"format", "csv"}, {"event", "LOGIN_FALLIDO"}});
    CHECK(taken.body.find(R"(,"'=cmd, ""x""",)") != std::string::npos);
    CHECK(lines_of(taken.body, "\r\n").size() == 2);
}

TEST_CASE("nothing is taken as a file where that can't be written down")
{
    archive in;
    in.server.store().fail_next(fakes::outage_store::stage::commit, errc::unavailable);
    auto const refused = in.find(file);
    CHECK(refused.status == 503);
    CHECK(refused.body.find("log_id") == std::string::npos);
}

TEST_CASE("login attempts are found by who, from where, when and how they ended")
{
    archive in;
    auto const failed = in.find(attempts, {{"successful", "false"}});
    REQUIRE(failed.size("/data") == 1);
    CHECK(failed.at("/data/0/failure_reason") == "CREDENCIALES_INVALIDAS");
    CHECK(failed.at("/data/0/country_code") == "AR");
    CHECK(failed.at("/data/0/session_id") == "null");
    CHECK(failed.body.find(in.ana.email) == std::string::npos);
    CHECK(column(in.find(attempts, {{"successful", "true"}}), "successful") == "true true");
    CHECK(column(in.find(attempts, {{"user_id", in.ana.user}}), "successful") == "false true");
    auto const from = failed.at("/data/0/ip_hash");
    CHECK(in.find(attempts, {{"ip_hash", from}}).size("/data") == 3);
    CHECK(in.find(attempts, {{"ip_hash", "another"}}).size("/data") == 0);
    CHECK(in.find(attempts, {{"to", "1970-01-01T00:00:00Z"}}).size("/data") == 0);
    CHECK(in.find(attempts, {{"from", "1970-01-01T00:00:00Z"}}).size("/data") == 3);
    CHECK(in.walked(attempts, {}, "successful") == "false true true");
}

TEST_CASE("a question about login attempts that can't be read is refused")
{
    archive in;
    std::string const long_text(129, 'x');
    for (auto const& each : parameters{{"limit", "0"},
                                       {"limit", "101"},
                                       {"from", "x"},
                                       {"to", "x"},
                                       {"user_id", "x"},
                                       {"ip_hash", ""},
                                       {"ip_hash", long_text},
                                       {"successful", "si"}}) {
        INFO(each.first << '=' << each.second);
        CHECK(in.find(attempts, {each}).code() == "PARAMETRO_INVALIDO");
    }
    CHECK(in.find(attempts, {{"cursor", "x"}}).code() == "CURSOR_INVALIDO");
    auto const cursor = in.find(attempts, {{"limit", "1"}}).at("/nextCursor");
    CHECK(in.find(attempts, {{"successful", "true"}, {"cursor", cursor}}).code() == "CURSOR_INVALIDO");
}

TEST_CASE("each report that there is answers its question")
{
    archive in;
    REQUIRE(in.server.ask("POST /api/v1/admin/roles", bearer(in.ana), R"({"name":"mine","permissions":[]})").status == 403);
    REQUIRE(in.server.ask("GET /api/v1/user/me/data", bearer(in.ana)).status == 200);
    in.server.clock.advance(std::chrono::seconds{1});
    auto const listed = in.find(reports);
    CHECK(listed.size("/data") == usecases::reports().size());
    std::size_t at = 0;
    for (auto const& each : usecases::reports()) {
        INFO(each.name);
        auto const entry = "/data/" + std::to_string(at++);
        CHECK(listed.at(entry + "/name") == each.name);
        CHECK(listed.at(entry + "/question") == each.question);
        auto const made = in.find(std::string(reports) + '/' + std::string(each.name));
        CHECK(made.status == 200);
        CHECK(made.at("/report") == each.name);
        CHECK(made.at("/question") == each.question);
        CHECK(made.at("/complete") == "true");
        CHECK(made.has("/data"));
    }
}

TEST_CASE("a report tells what was done")
{
    archive in;
    REQUIRE(in.server.ask("POST /api/v1/admin/roles", bearer(in.ana), R"({"name":"mine","permissions":[]})").status == 403);
    REQUIRE(in.server.ask("GET /api/v1/user/me/data", bearer(in.ana)).status == 200);
    in.server.clock.advance(std::chrono::seconds{1});
    auto const report = [&](std::string_view name, parameters const& wanted = {}) {
        return in.find(std::string(reports) + '/' + std::string(name), wanted);
    };
    CHECK(report("sensitive-access").body.find("SENSITIVE_DATA_ACCESSED") != std::string::npos);
    auto const last = report("configuration-changes");
    CHECK(last.at("/data/0/event_type") == "PRIVILEGE_ESCALATION_ATTEMPT");
    CHECK(last.at("/data/0/outcome") == "refused");
    CHECK(report("endpoints-by-role").body.find("\"role\":\"user\"") != std::string::npos);
    auto const targets = report("response-targets", {{"target_ms", "60000"}});
    REQUIRE(targets.size("/data") > 0);
    for (std::size_t i = 0; i < targets.size("/data"); ++i) CHECK(std::stod(targets.at("/data/" + std::to_string(i) + "/percent")) == 100);
    CHECK(report("logins-by-country").at("/data/0/successful") == "2");
}

TEST_CASE("a report that can't be made is refused")
{
    archive in;
    auto const path = std::string(reports) + "/response-targets";
    for (parameters const& each : {parameters{{"from", "ayer"}}, parameters{{"to", "ayer"}}, parameters{{"target_ms", "0"}},
                                   parameters{{"target_ms", "60001"}}, parameters{{"target_ms", "5x"}}, parameters{{"target_ms", ""}},
                                   parameters{{"from", "2026-01-02T00:00:00Z"}, {"to", "2026-01-01T00:00:00Z"}}})
        CHECK(in.find(path, each).code() == "PARAMETRO_INVALIDO");
    CHECK(in.find(path, {{"target_ms", "1"}}).status == 200);
    auto const missing = in.find(std::string(reports) + "/nada");
    CHECK(missing.status == 404);
    CHECK(missing.code() == "NO_ENCONTRADO");
}

TEST_CASE("anomalies are found by kind, time and whether somebody looked at them")
{
    attacked in;
    auto const every = in.find();
    CHECK(column(every, "type")
          == std::string(brute_force) + ' ' + std::string(brute_force) + ' ' + std::string(brute_force) + ' ' + std::string(stuffing));
    CHECK(every.at("/data/3/figures") == R"({"counted":11,"threshold":10,"window_seconds":300})");
    CHECK(every.at("/data/3/subject").empty());
    CHECK(every.at("/data/3/user_id") == "null");
    CHECK(every.at("/data/3/reviewed_at") == "null");
    CHECK(in.find({{"type", stuffing}}).size("/data") == 1);
    CHECK(in.find({{"type", "ANOMALIA_SESION_INUSUAL"}}).size("/data") == 0);
    CHECK(in.find({{"to", "1970-01-01T00:00:00Z"}}).size("/data") == 0);
    CHECK(in.find({{"from", "1970-01-01T00:00:00Z"}}).size("/data") == 4);
    CHECK(in.find({{"reviewed", "false"}}).size("/data") == 4);
    CHECK(walk(in.server, in.admin, std::string(anomalies) + "?limit=1&type=" + std::string(brute_force), "id")
          == column(in.find({{"type", brute_force}}), "id"));
}

TEST_CASE("a question about anomalies that can't be read is refused")
{
    attacked in;
    for (auto const& each :
         parameters{{"type", "NADA"}, {"type", "LOGIN_FALLIDO"}, {"reviewed", "si"}, {"from", "ayer"}, {"to", "x"}, {"limit", "0"}, {"limit", "101"}})
        CHECK(in.find({each}).code() == "PARAMETRO_INVALIDO");
    CHECK(in.find({{"cursor", "x"}}).code() == "CURSOR_INVALIDO");
    auto const cursor = in.find({{"limit", "1"}}).at("/nextCursor");
    CHECK(in.find({{"limit", "1"}, {"reviewed", "true"}, {"cursor", cursor}}).code() == "CURSOR_INVALIDO");
}

TEST_CASE("an anomaly is marked as looked at, once, and the mark is taken back")
{
    attacked in;
    auto const id = in.find().at("/data/0/id");
    auto const marked = in.mark(id, R"({"reviewed":true})");
    CHECK(marked.status == 200);
    CHECK(marked.at("/reviewed_by") == in.admin.user);
    CHECK(marked.at("/reviewed_at") != "null");
    CHECK(in.mark(id, R"({"reviewed":true})").body == marked.body);
    CHECK(in.server.events("ANOMALIA_REVISADA") == 1);
    CHECK(column(in.find({{"reviewed", "true"}}), "id") == id);
    CHECK(in.find({{"reviewed", "false"}}).size("/data") == 3);
    auto const open = in.mark(id, R"({"reviewed":false})");
    CHECK(open.at("/reviewed_at") == "null");
    CHECK(open.at("/reviewed_by") == "null");
    CHECK(in.find({{"reviewed", "true"}}).size("/data") == 0);
}

TEST_CASE("what can't be marked is refused")
{
    attacked in;
    auto const id = in.find().at("/data/0/id");
    for (std::string const body : {"{}", R"({"reviewed":"true"})", R"({"reviewed":true,"x":1})", R"({"reviewed":null})"})
        CHECK(in.mark(id, body).status == 422);
    CHECK(in.mark(id, "{").code() == "JSON_INVALIDO");
    for (std::string_view const missing : {unknown_id, std::string_view("x")}) {
        auto const refused = in.mark(missing, R"({"reviewed":true})");
        CHECK(refused.status == 404);
        CHECK(refused.code() == "ANOMALIA_NO_ENCONTRADA");
    }
    CHECK(in.find({{"reviewed", "true"}}).size("/data") == 0);
}
