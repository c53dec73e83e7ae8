#include "adapters/postgres/channel.hpp"

#include <libpq-fe.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string>
#include <utility>

namespace mb::postgres {
namespace {

using namespace std::chrono_literals;

/// A message of libpq or of the server as one line.
std::string one_line(char const* message)
{
    std::string line = message == nullptr ? "" : message;
    std::ranges::replace(line, '\n', ' ');
    while (!line.empty() && line.back() == ' ') line.pop_back();
    return line;
}

/// What to do about a connection that was refused. libpq gives a text only.
std::string_view remedy_for(std::string_view message) noexcept
{
    using entry = std::pair<std::string_view, std::string_view>;
    constexpr std::array<entry, 12> remedies{{
        {"password authentication failed", "check user and password"},
        {"no password supplied", "give a password, or PGPASSFILE"},
        {"role \"", "create the role, or name another user"},
        {"database \"", "create the database (createdb), or name another one"},
        {"no pg_hba.conf entry", "allow this client in pg_hba.conf, or set sslmode=require"},
        {"certificate verify failed", "name the certificate authority of the server in sslrootcert"},
        {"root certificate file", "name the certificate authority of the server in sslrootcert"},
        {"does not match host name", "name the server as its certificate does, or get it a new certificate"},
        {"server does not support SSL", "switch TLS on in the server, or choose another sslmode"},
        {"too many clients", "lower DB_CONNECTIONS or raise max_connections"},
        {"starting up", "wait until the server has started"},
        {"invalid", "it must be postgresql://user@host:port/database?sslmode=verify-full"},
    }};
    for (auto const& [part, remedy] : remedies)
        if (message.find(part) != message.npos) return remedy;
    return "check that the server runs, and host and port";
}

error refusal(std::string message, std::string const& url)
{
    // some messages about a malformed URL repeat it, password and all
    if (auto const at = message.find(url); !url.empty() && at != message.npos) message.replace(at, url.size(), "(the URL)");
    auto const remedy = remedy_for(message);
    return {errc::unavailable, "postgres.connect", "DATABASE_URL: " + std::move(message) + ": " + std::string(remedy)};
}

/// A notice is no failure, and goes nowhere: standard error is not ours to write to.
void ignore_notice(void*, PGresult const*) {}

std::string settings_of(options const& how)
{
    // set per transaction where the connection is not ours alone
    if (how.statements == preparing::unnamed) return "";
    return "-c search_path=mb_meta,mb_data -c timezone=UTC -c statement_timeout=" + std::to_string(how.statement_limit.count())
           + " -c lock_timeout=" + std::to_string(how.lock_wait.count()) + " -c idle_in_transaction_session_timeout=60000";
}

}  // namespace

void closer::operator()(pg_conn* connection) const noexcept { PQfinish(connection); }
void clearer::operator()(pg_result* result) const noexcept { PQclear(result); }

outcome<channel> channel::open(options const& how)
{
    auto const settings = settings_of(how);
    auto const seconds = std::to_string(std::max<std::int64_t>(2, std::chrono::ceil<std::chrono::seconds>(how.connect_wait).count()));
    auto const user_timeout = std::to_string((how.statement_limit + 5s).count());
    // what stands after the URL wins over it, but not over nothing: an empty value is no value
    std::array<char const*, 11> const names{
        "dbname",           "application_name", "client_encoding",      "options", "connect_timeout", "keepalives_idle", "keepalives_interval",
        "keepalives_count", "tcp_user_timeout", "target_session_attrs", nullptr};
    std::array<char const*, 11> const values{
        how.url.c_str(), how.application.c_str(), "UTF8", settings.c_str(), seconds.c_str(), "30", "5", "3", user_timeout.c_str(), "any", nullptr};
    channel made{PQconnectdbParams(names.data(), values.data(), 1)};
    auto* const connection = made.connection_.get();
    if (connection == nullptr) return error{errc::unavailable, "postgres.connect", "no memory for a connection"};
    if (PQstatus(connection) != CONNECTION_OK) return refusal(one_line(PQerrorMessage(connection)), how.url);
    PQsetNoticeReceiver(connection, ignore_notice, nullptr);
    if (PQsetnonblocking(connection, 1) != 0 || PQenterPipelineMode(connection) != 1) return refusal(one_line(PQerrorMessage(connection)), how.url);
    return made;
}

bool channel::is_alive() noexcept
{
    auto* const connection = connection_.get();
    pollfd watched{PQsocket(connection), POLLIN, 0};
    if (!lost_ && ::poll(&watched, 1, 0) > 0 && PQconsumeInput(connection) != 1) lost_ = true;
    if (PQstatus(connection) != CONNECTION_OK) lost_ = true;
    return !lost_;
}

int channel::server_version() const noexcept { return PQserverVersion(connection_.get()); }

std::string_view channel::parameter(char const* name) const noexcept
{
    auto const* value = PQparameterStatus(connection_.get(), name);
    return value == nullptr ? std::string_view{} : value;
}

bool channel::prepare(char const* name, char const* text) noexcept { return PQsendPrepare(connection_.get(), name, text, 0, nullptr) == 1; }
bool channel::describe(char const* name) noexcept { return PQsendDescribePrepared(connection_.get(), name) == 1; }

bool channel::run(char const* name, packed_values const& values) noexcept
{
    return PQsendQueryPrepared(connection_.get(), name, values.count(), values.pointers(), values.lengths(), values.formats(), 1) == 1;
}

bool channel::run_text(char const* text, type_number const* types, packed_values const& values) noexcept
{
    return PQsendQueryParams(connection_.get(), text, values.count(), types, values.pointers(), values.lengths(), values.formats(), 1) == 1;
}

bool channel::sync() noexcept { return PQpipelineSync(connection_.get()) == 1; }

error channel::loss(char const* where)
{
    lost_ = true;
    auto said = message();
    return {errc::unavailable, where, said.empty() ? "the connection is lost" : std::move(said)};
}

outcome<void> channel::wait(short events, time_point deadline)
{
    for (;;) {
        auto const left = std::chrono::ceil<std::chrono::milliseconds>(deadline - clock::now()).count();
        pollfd watched{PQsocket(connection_.get()), events, 0};
        if (watched.fd < 0) return loss("postgres.wait");
        int const ready = left <= 0 ? 0 : ::poll(&watched, 1, static_cast<int>(std::min<std::int64_t>(left, 600'000)));
        if (ready > 0) return {};
        if (ready < 0 && errno == EINTR) continue;
        lost_ = true;
        return error{errc::unavailable, "postgres.wait", "the server does not answer in time"};
    }
}

outcome<void> channel::flush(time_point deadline)
{
    if (lost_) return loss("postgres.send");
    for (;;) {
        int const left = PQflush(connection_.get());
        if (left == 0) return {};
        if (left < 0) return loss("postgres.send");
        // the server may be unable to take more before its answers are taken
        MB_CHECK(wait(POLLIN | POLLOUT, deadline));
        if (PQconsumeInput(connection_.get()) != 1) return loss("postgres.send");
    }
}

bool channel::push() noexcept
{
    if (!lost_ && PQflush(connection_.get()) < 0) lost_ = true;
    return !lost_;
}

outcome<result> channel::next(time_point deadline)
{
    auto* const connection = connection_.get();
    while (PQisBusy(connection) == 1) {
        MB_CHECK(wait(POLLIN, deadline));
        if (PQconsumeInput(connection) != 1) return loss("postgres.receive");
    }
    result answer{PQgetResult(connection)};
    if (PQstatus(connection) != CONNECTION_OK) lost_ = true;
    return answer;
}

outcome<result> channel::script(char const* text, time_point deadline)
{
    auto* const connection = connection_.get();
    if (PQexitPipelineMode(connection) != 1 || PQsendQuery(connection, text) != 1) return loss("postgres.script");
    MB_CHECK(flush(deadline));
    result told;
    for (;;) {
        MB_TRY(auto answer, next(deadline));
        if (!answer) break;
        if (!told || state_of(told.get()).empty()) told = std::move(answer);
    }
    if (lost_ || PQenterPipelineMode(connection) != 1) return loss("postgres.script");
    return told;
}

std::string channel::message() const { return one_line(PQerrorMessage(connection_.get())); }

std::string_view state_of(pg_result const* answer) noexcept
{
    auto const* state = PQresultErrorField(answer, PG_DIAG_SQLSTATE);
    if (state != nullptr) return state;
    auto const status = PQresultStatus(answer);
    // libpq's own failures have no state; each of them means that the connection can't be used
    return status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE ? "08000" : std::string_view{};
}

std::string detail_of(pg_result const* answer)
{
    // the primary message names tables and columns of ours; only the detail field holds values
    auto const* message = PQresultErrorField(answer, PG_DIAG_MESSAGE_PRIMARY);
    auto said = one_line(message != nullptr ? message : PQresultErrorMessage(answer));
    if (auto const* constraint = PQresultErrorField(answer, PG_DIAG_CONSTRAINT_NAME)) said.append(": ").append(constraint);
    return said;
}

}  // namespace mb::postgres
