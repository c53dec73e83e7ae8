#pragma once

#include "adapters/http/edge/service.hpp"
#include "adapters/http/http_settings.hpp"
#include "adapters/http/use_cases.hpp"
#include "apps/composition/policies.hpp"
#include "core/domain/identity/user.hpp"
#include "tests/adapters/http/messages.hpp"
#include "tests/adapters/http/turnstile.hpp"
#include "tests/fakes/manual_clock.hpp"
#include "tests/fakes/outage_store.hpp"

#include <catch2/catch.hpp>

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mb::http {
class application;
}

namespace mb::http::testing {

inline constexpr std::string_view right_password = "right password";
inline constexpr std::string_view fresh_password = "another password";
inline constexpr std::string_view own_origin = "https://id.example";        ///< of the server
inline constexpr std::string_view listed_origin = "https://app.example";    ///< of a page that may call it
inline constexpr std::string_view foreign_origin = "https://evil.example";  ///< of one that may not
inline constexpr std::string_view root = "root@example.org";                ///< the first admin
inline constexpr std::string_view unknown_id = "0196f0f0-1234-7abc-8def-001122334455";

/// A request that has begun.
class asked_request {
public:
    bool is_answered() const;
    /// The test fails where no answer comes for a minute.
    reply wait() const;
    /// The client goes away.
    void abandon() const;

private:
    friend class in_process;
    struct state;
    std::shared_ptr<state> state_;
    verb method_ = verb::get;
};

/// What a person has after a login.
struct session {
    std::string email;
    std::string user;     ///< its id
    std::string access;   ///< token
    std::string refresh;  ///< cookie
    std::string device;   ///< cookie
};

/// https://id.example, without limits that a test could meet by chance.
http_settings usual_settings();

/// What a test may choose before the server begins.
struct in_process_options {
    http_settings settings = usual_settings();
    composition::policies rules{};
    std::map<std::string, std::string, std::less<>> countries{};  ///< by the bytes of addresses
    bool log_is_quiet = false;                                    ///< it keeps errors only
};

/// A whole server without its edge, on a store in memory: prepared, on a clock that stands still, with the admin root@example.org. Tokens, digests,
/// cookies and links are the real ones; passwords hash quickly.
class in_process {
    struct world;

public:
    explicit in_process(in_process_options options = {});
    ~in_process();

    // What goes on around it.
    fakes::manual_clock clock;
    turnstile hashing;                                        ///< each hash of a password passes it
    turnstile reading;                                        ///< each read of the store
    turnstile writing;                                        ///< each transaction
    client_address peer{std::string("\xc0\x00\x02\x07", 4)};  ///< who asks from now on: 192.0.2.7
    std::optional<instant> begun;                             ///< when the client began what it asks; nothing: now
    std::vector<dependency_state> dependencies{{"database", true, need::required}};
    std::function<void(exposition& into)> more_metrics = [](exposition&) {};

    fakes::outage_store& store() noexcept;
    /// From now on what is left of an allowance is lost.
    void lose_limits() noexcept;
    application& behind() noexcept;
    /// What the log holds until now.
    std::string logged() const;
    /// For as long as it may wait, so that the sweep of the edge finds it.
    void expire_waiting();

    /// One request as the edge hands it over, and its answer.
    /// @param line  method and target: "GET /api/v1/user/me?x=1"
    /// @param sent  fields, their names in any case. If there is a body and no Content-Type, it is application/json.
    reply ask(std::string_view line, field_list sent = {}, std::string body = {});
    /// The same without waiting.
    asked_request begin(std::string_view line, field_list sent = {}, std::string body = {});
    /// What the edge answers where it refused a request itself. @param line  "": its head could not be read
    reply refuse(problem why, std::string_view line = "", field_list sent = {});

    /// The address of a new account, which is verified and has the right password.
    std::string someone(std::vector<std::string> roles = {"user"});
    /// Logs in with the right password.
    session log_in(std::string_view email);
    session log_in_someone() { return log_in(someone()); }
    /// The first admin.
    session admin() { return log_in(root); }
    /// Gives the session's account a second factor, as its owner does. @return its recovery codes
    std::vector<std::string> enrol(session const& who);
    /// What the owner's app shows, so many steps of 30 seconds from now.
    std::string code(std::string_view email, std::int64_t steps = 0);
    /// The token of the newest mail to the address; "" if there is no mail, or it carries none.
    std::string mailed(std::string_view email);
    std::size_t mails(std::string_view email);
    identity::user user(std::string_view email);
    void save(identity::user const& changed);
    /// Writes what the watch over attacks has found, as the server does every few seconds.
    void write_anomalies();
    /// How many events of that name are among the newest thousand of the audit log.
    std::size_t events(std::string_view name);
    /// Writes what was counted of stray requests, as the server does every few minutes. @return rows
    std::size_t write_strays();
    /// Writes when keys and sessions were used last, as the server does every few seconds.
    void write_uses();

private:
    asked_request begin(request&& whole);
    request_head read_head(std::string_view line, field_list&& sent) const;
    reply seen(response&& made, verb method) const;

    std::unique_ptr<world> world_;
};

/// An Authorization field with the access token, and more.
field_list bearer(session const& who, field_list more = {});

}  // namespace mb::http::testing
