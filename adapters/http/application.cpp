#include "adapters/http/application.hpp"

#include "adapters/http/credential.hpp"
#include "adapters/http/exchange.hpp"
#include "adapters/http/handlers.hpp"
#include "adapters/http/problem_status.hpp"
#include "adapters/http/query_string.hpp"
#include "adapters/http/row_access.hpp"
#include "adapters/http/strays.hpp"
#include "adapters/log/logger.hpp"
#include "core/domain/base/text.hpp"
#include "core/usecases/access/authenticate.hpp"
#include "core/usecases/access/authenticate_key.hpp"
#include "core/usecases/access/record_denial.hpp"
#include "core/usecases/entities/get_record_with_token.hpp"

#include <algorithm>
#include <array>
#include <exception>
#include <utility>

namespace mb::http {
namespace {

constexpr std::size_t empty_body_bytes_max = 1024;  // routes without a body still take {} from clients that always send one
constexpr std::size_t hash_queue_max = 32;          // security.md section 3: past it a login is refused before any hashing
constexpr int hash_niceness = 5;                    // a flood of logins takes what the other requests leave, not their turn

runtime::lane_limits limits_of(std::size_t threads, std::size_t queue_max, int niceness = 0)
{
    return {.threads = threads, .queue_max = queue_max, .niceness = niceness};
}

std::string make_common_fields(http_settings const& settings)
{
    std::string fields =
        "X-Content-Type-Options: nosniff\r\n"
        "X-Frame-Options: DENY\r\n"
        "Referrer-Policy: no-referrer\r\n"
        "Content-Security-Policy: default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'\r\n"
        "Permissions-Policy: camera=(), geolocation=(), microphone=(), payment=(), usb=()\r\n"
        "Cross-Origin-Opener-Policy: same-origin\r\n"
        "Cross-Origin-Resource-Policy: same-origin\r\n"
        "Cache-Control: no-store\r\n";
    if (settings.hsts) fields += "Strict-Transport-Security: max-age=31536000; includeSubDomains\r\n";
    return fields;
}

/// The media type before any parameter, in lower case.
std::string media_type(std::string_view content_type)
{
    auto type = content_type.substr(0, content_type.find(';'));
    while (!type.empty() && type.back() == ' ') type.remove_suffix(1);
    return ascii_lower(type);
}

bool is_json(std::string_view content_type, verb method)
{
    auto const type = media_type(content_type);
    return type == "application/json" || (method == verb::patch && type == "application/merge-patch+json");
}

bool is_safe(verb method) noexcept { return method == verb::get || method == verb::head || method == verb::options; }

/// The names of a query that a route knows, separated by spaces; "*": the handler checks them itself.
bool knows(std::string_view names, std::string_view name) noexcept
{
    while (!names.empty()) {
        auto const end = names.find(' ');
        if (names.substr(0, end) == name) return true;
        names = end == std::string_view::npos ? std::string_view{} : names.substr(end + 1);
    }
    return false;
}

/// Whether somebody tried to prove who they are, in any of the ways, and was refused.
bool is_refused_login(exchange const& asked, int status) noexcept
{
    auto const& row = asked.matched();
    if (row.rate != rate_class::credentials || (status != 401 && status != 423)) return false;
    // where a session is needed and there is none, it is the token that was refused
    bool const needs_session = row.who == audience::authenticated || row.who == audience::permission || row.who == audience::admin;
    return !needs_session || asked.caller_if_known() != nullptr;
}

/// One address has one allowance for credentials and one for the rest.
std::string address_key(exchange const& asked)
{
    std::string key(asked.matched().rate == rate_class::credentials ? "c" : "a");
    key += asked.asked().head.peer.bytes;
    return key;
}

/// At least one: a client that comes back at once would only be refused again.
std::chrono::seconds whole_seconds(duration wait) noexcept
{
    return std::max(std::chrono::ceil<std::chrono::seconds>(wait), std::chrono::seconds{1});
}

/// RateLimit and RateLimit-Policy (draft-ietf-httpapi-ratelimit-headers).
void add_limit(exchange::limit_seen const& seen, response& made)
{
    auto const& [policy, allowed, decided] = seen;
    auto const name = '"' + std::string(policy) + '"';
    auto const period = std::chrono::ceil<std::chrono::seconds>(allowed.period).count();
    auto const until = whole_seconds(decided.answer == limits::verdict::refused ? decided.retry_after : decided.reset).count();
    auto const left = decided.answer == limits::verdict::refused ? 0 : decided.remaining;
    made.fields.emplace_back("RateLimit-Policy", name + ";q=" + std::to_string(allowed.burst) + ";w=" + std::to_string(period));
    made.fields.emplace_back("RateLimit", name + ";r=" + std::to_string(left) + ";t=" + std::to_string(until));
}

}  // namespace

/// One request and the way back to its client, together until the answer.
struct application::errand {
    exchange asked;
    std::unique_ptr<responder> reply;
    std::optional<usecases::refused_request> denied;  ///< by the edge: the route table's roles, the scopes that it wants of a key, the origin
};

application::application(use_cases const& cases, http_settings settings)
    : cases_(cases),
      settings_(std::move(settings)),
      common_fields_(make_common_fields(settings_)),
      state_(cases),
      guard_(settings_.requests_in_work_max, settings_.requests_waiting_max),
      reads_("read", limits_of(settings_.read_threads, settings_.requests_in_work_max), cases.clock, failure_log()),
      writes_("write", limits_of(settings_.write_threads, settings_.requests_in_work_max), cases.clock, failure_log()),
      hashes_("hash", limits_of(settings_.hash_threads, hash_queue_max, hash_niceness), cases.clock, failure_log())
{
}

application::~application() { stop(); }

runtime::failure_log application::failure_log() const
{
    return [this](std::string_view lane, std::string_view what) {
        cases_.log.error("lane", "", "job failed", {{"lane", std::string(lane)}, {"what", std::string(what)}});
    };
}

void application::expire_waiting()
{
    hashes_.expire();
    reads_.expire();
    writes_.expire();
}

void application::stop()
{
    hashes_.stop();
    reads_.stop();
    writes_.stop();
}

void application::write_metrics(exposition& into) const
{
    std::array<runtime::lane const*, 3> const lanes{&reads_, &writes_, &hashes_};
    std::array<runtime::lane_counts, 3> counts;
    for (std::size_t i = 0; i < lanes.size(); ++i) counts[i] = lanes[i]->counts();
    auto const of_each = [&](auto member) {
        for (std::size_t i = 0; i < lanes.size(); ++i) into.sample({{"lane", lanes[i]->name()}}, std::uint64_t{counts[i].*member});
    };
    using counted = runtime::lane_counts;
    into.gauge("metabuilder_lane_running", "Requests that a thread of the lane works on.");
    of_each(&counted::running);
    into.gauge("metabuilder_lane_waiting", "Requests that wait for a thread of the lane; those of lane hash wait for a password to be hashed.");
    of_each(&counted::waiting);
    into.counter("metabuilder_lane_done_total", "Requests that the lane has worked on.");
    of_each(&counted::done);
    into.counter("metabuilder_lane_refused_total", "Requests answered 503 because the lane's queue was full.");
    of_each(&counted::refused);
    into.counter("metabuilder_lane_late_total", "Requests answered 503 because they had waited too long.");
    of_each(&counted::late);
    into.counter("metabuilder_lane_failed_total", "Jobs that threw.");
    of_each(&counted::failed);
    into.gauge("metabuilder_requests_inside", "Requests in work or waiting.").sample(guard_.inside());
    into.counter("metabuilder_requests_refused_total", "Requests answered 503 because too many were inside.").sample(guard_.refused());
}

audit::correlation_id application::correlation_of(request_head const& head) const
{
    if (auto const sent = audit::correlation_id::parse(head.field("x-correlation-id"))) return *sent;
    audit::correlation_id made;
    cases_.random.fill(made.bytes);
    made.bytes[6] = static_cast<std::uint8_t>((made.bytes[6] & 0x0f) | 0x40);  // UUID version 4 (seed 004, phase 1)
    made.bytes[8] = static_cast<std::uint8_t>((made.bytes[8] & 0x3f) | 0x80);
    return made;
}

bool application::is_allowed_origin(std::string_view origin) const noexcept
{
    return std::ranges::find(settings_.allowed_origins, origin) != settings_.allowed_origins.end();
}

admission application::admit(request_head const& head)
{
    if (!head.has_body) return body_allowed{empty_body_bytes_max};
    auto const match = find_route(head);
    if (match.found == nullptr) {
        if (head.method == verb::options) return body_allowed{empty_body_bytes_max};
        return refuse(match.path_known ? problem::method_not_allowed : problem::not_found, &head);
    }
    auto const& row = *match.found;
    if (row.body != schema::nothing && !is_json(head.field("content-type"), head.method)) return refuse(problem::unsupported_media_type, &head);
    return body_allowed{std::max(row.body_bytes_max, empty_body_bytes_max)};
}

response application::refuse(problem why, request_head const* head)
{
    audit::correlation_id correlation;
    auto tongue = settings_.tongue;
    bool alias = false;
    route_match match;
    if (head != nullptr) {
        correlation = correlation_of(*head);
        tongue = language_of(head->field("accept-language"), settings_.tongue);
        match = find_route(*head);
        alias = match.seed000_alias;
    } else {
        correlation = correlation_of(request_head{});
    }
    if (head != nullptr) note_refusal(cases_, *head, {}, why == problem::not_found);
    auto made = json_answer(status_of(why), write_refusal(why, {}, correlation, cases_.clock.now(), tongue, alias));
    made.fields.emplace_back("X-Correlation-ID", correlation.text());
    if (made.status == 503) made.fields.emplace_back("Retry-After", "1");
    if (made.status == 405 && head != nullptr) {
        auto allow_of = *head;
        allow_of.method = verb::options;  // no row has it: asks which methods the path knows
        made.fields.emplace_back("Allow", find_route(allow_of).allow);
    }
    state_.metrics().count({match.found, made.status, {}, false, false});
    return made;
}

response application::preflight(request_head const& head, route_match const& match) const
{
    response made;
    made.status = 204;
    made.content_type = "";
    made.fields.emplace_back("Allow", match.allow);
    if (is_allowed_origin(head.field("origin")) && !head.field("access-control-request-method").empty()) {
        made.fields.emplace_back("Access-Control-Allow-Methods", match.allow);
        made.fields.emplace_back("Access-Control-Allow-Headers", "Authorization, Content-Type, If-Match, X-Correlation-ID, X-Step-Up-Token");
        made.fields.emplace_back("Access-Control-Max-Age", "600");
    }
    return made;
}

void application::serve(request&& whole, std::unique_ptr<responder> reply)
{
    auto match = find_route(whole.head);
    auto const correlation = correlation_of(whole.head);
    if (match.found == nullptr) {
        bool const is_preflight = whole.head.method == verb::options && match.path_known;
        if (is_preflight) state_.metrics().count({nullptr, 204, {}, false, false});
        auto made =
            is_preflight ? preflight(whole.head, match) : refuse(match.path_known ? problem::method_not_allowed : problem::not_found, &whole.head);
        add_cors(whole.head, made);
        reply->answer(std::move(made));
        return;
    }

    auto const task =
        std::make_shared<errand>(exchange{std::move(whole), std::move(match), correlation, cases_, settings_, state_}, std::move(reply));
    auto* const lane = lane_of(task->asked.matched().lane);
    if (lane == nullptr) {
        run(task, false);
        return;
    }
    // limits are judged before any queue: a flood must not fill the lane that it is refused by
    if (auto refused = limit_address(task->asked)) {
        finish(task, *std::move(refused));
        return;
    }
    if (!guard_.try_enter()) {
        finish(task, task->asked.refuse(denial{problem::overloaded, std::chrono::seconds{1}}));
        return;
    }
    auto const accepted = lane->post([this, task](runtime::job_state state) {
        if (task->reply->abandoned())
            task->reply->answer(response{});  // nobody reads it; a responder that was dropped would count as a failure of ours
        else
            run(task, state != runtime::job_state::run);
        guard_.leave();
    });
    if (accepted != runtime::posted::accepted) {
        guard_.leave();
        finish(task, task->asked.refuse(denial{problem::overloaded, std::chrono::seconds{1}}));
    }
}

runtime::lane* application::lane_of(lane_kind where) noexcept
{
    switch (where) {
        case lane_kind::here: return nullptr;
        case lane_kind::point: return settings_.point_reads_here ? nullptr : &reads_;
        case lane_kind::read: return &reads_;
        case lane_kind::write: return &writes_;
        case lane_kind::hash: return &hashes_;
    }
    return &reads_;
}

void application::run(std::shared_ptr<errand> const& task, bool late)
{
    if (late) {
        finish(task, task->asked.refuse(denial{problem::overloaded, std::chrono::seconds{1}}));
        return;
    }
    std::optional<response> made;
    try {
        made = handle(*task);
    } catch (std::exception const& failure) {
        made = task->asked.fail(error{errc::unexpected, "http.handler", failure.what()});
    }
    // a use case that wants a fresh proof leaves writing that down to this, as the route table does
    if (made && task->asked.refused_with() == problem::step_up_required) {
        task->denied = {problem::step_up_required, "step_up", "step_up:missing"};
        made.reset();
    }
    if (made) {
        finish(task, *std::move(made));
        return;
    }
    // what is left writes an audit row and waits for its commit: not on a thread that serves others
    auto const accepted = writes_.post([this, task](runtime::job_state state) {
        if (state == runtime::job_state::run)
            finish(task, deny(*task));
        else
            finish(task, task->asked.refuse(denial{problem::overloaded, std::chrono::seconds{1}}));
    });
    if (accepted != runtime::posted::accepted) finish(task, task->asked.refuse(denial{problem::overloaded, std::chrono::seconds{1}}));
}

/// The answer; nothing where it is a denial that is to be recorded first, and this thread must not wait for that.
std::optional<response> application::handle(errand& task)
{
    auto& asked = task.asked;
    bool const here = lane_of(asked.matched().lane) == nullptr;
    if (auto refused = refuse_at_gate(task)) return refused;
    if (here)
        if (auto refused = limit_address(asked)) return refused;
    if (task.denied) {
        if (here) return std::nullopt;
        return deny(task);
    }
    if (auto refused = authenticate(asked)) return refused;
    if (auto const* who = asked.caller_if_known()) {
        task.denied = refuse_by_table(asked.matched(), *who);
        if (task.denied) {
            if (here) return std::nullopt;
            return deny(task);
        }
        if (here && asked.matched().who == audience::permission) {
            auto const entity = who->known->find_entity(asked.param(0));
            auto const verdict = entity == nullptr ? access::verdict{true, {}, access::reach::all}
                                                   : usecases::decide(*who, entity->definition.id, access::action::get);
            if (!verdict.allowed || (verdict.over == access::reach::own && !asked.has_record())) return std::nullopt;
        }
    }
    return asked.matched().handle(asked);
}

/// Refuses with an audit row: the route table's own denial, or the use case's, which writes its own.
response application::deny(errand& task)
{
    auto& asked = task.asked;
    if (!task.denied) return asked.matched().handle(asked);
    // the denial is the answer either way; a row that could not be written is in the log
    if (auto const recorded = cases_.record_denial(asked.caller_if_known(), *task.denied, asked.origin()); !recorded)
        cases_.log.error("audit", asked.correlation().text(), "denial not recorded", {{"detail", recorded.error().detail}});
    return asked.refuse(task.denied->why);
}

/// What a request's head alone decides: its origin and its query.
std::optional<response> application::refuse_at_gate(errand& task)
{
    auto& asked = task.asked;
    auto const& head = asked.asked().head;
    auto const& row = asked.matched();
    if (!is_safe(head.method)) {
        auto const origin = head.field("origin");
        auto const site = head.field("sec-fetch-site");
        bool const same_origin = is_allowed_origin(origin) || (origin.empty() && (site == "same-origin" || site == "none"));
        // a cookie is sent by the browser whoever asks: it needs proof of who asked (contract.md section 2)
        bool const foreign = !origin.empty() && !is_allowed_origin(origin);
        if (foreign || ((row.who == audience::refresh_cookie || row.who == audience::session_cookie) && !same_origin)) {
            task.denied = {problem::origin_not_allowed, "call", "origin:deny"};
            return std::nullopt;
        }
    }
    if (!head.query.empty() || row.query == "*") {
        auto parsed = parse_query(head.query);
        if (auto const* why = std::get_if<problem>(&parsed)) return asked.refuse(*why);
        auto& parameters = std::get<0>(parsed);
        for (std::size_t i = 0; row.query != "*" && i < parameters.size(); ++i) {
            if (!knows(row.query, parameters[i].first)) return asked.refuse(problem::unknown_parameter);
            for (std::size_t j = 0; j < i; ++j)
                if (parameters[j].first == parameters[i].first) return asked.refuse(problem::invalid_parameter);
        }
        asked.set_query(std::move(parameters));
    }
    if (row.body == schema::nothing && !asked.asked().body.empty() && asked.asked().body != "{}") return asked.refuse(problem::bad_request);
    return std::nullopt;
}

std::optional<response> application::limit_address(exchange& asked) { return limit_rate(asked, address_key(asked)); }

std::optional<response> application::limit_rate(exchange& asked, std::string_view key)
{
    auto const& row = asked.matched();
    if (!settings_.rate_limited || row.rate == rate_class::none) return std::nullopt;
    auto const& rate = row.rate == rate_class::credentials ? settings_.credentials_rate : settings_.default_rate;
    auto const decided = cases_.limits.take(key, 1, {rate.burst, rate.period});
    if (!decided) return asked.fail(decided.error());
    asked.keep_limit({row.rate == rate_class::credentials ? "credentials" : "default", {rate.burst, rate.period}, *decided});
    if (decided->answer == limits::verdict::allowed) return std::nullopt;
    return asked.refuse(denial{problem::too_many_requests, whole_seconds(decided->retry_after)});
}

std::optional<response> application::find_caller(exchange& asked, credential const& shown) const
{
    auto const* const key = std::get_if<shown_api_key>(&shown);
    auto said = key != nullptr ? cases_.authenticate_key(key->text) : cases_.authenticate(std::get<shown_access_token>(shown).text);
    if (!said) return asked.fail(said.error());
    if (auto const* no = said->denied()) return asked.refuse(*no);
    asked.authenticate(std::move(*said->granted()));
    return std::nullopt;
}

std::optional<response> application::find_caller_and_record(exchange& asked, credential const& shown) const
{
    usecases::get_record::command const wanted{asked.param(0), asked.param(1)};
    auto const* const key = std::get_if<shown_api_key>(&shown);
    auto said = key != nullptr ? cases_.get_record_with_token.with_key(key->text, wanted)
                               : cases_.get_record_with_token(std::get<shown_access_token>(shown).text, wanted);
    if (!said) return asked.fail(said.error());
    if (auto const* no = said->denied()) return asked.refuse(*no);
    asked.authenticate(std::move(said->granted()->who));
    asked.keep_record(std::move(said->granted()->found));
    return std::nullopt;
}

std::optional<response> application::authenticate(exchange& asked)
{
    auto const who = asked.matched().who;
    if (who != audience::authenticated && who != audience::permission && who != audience::admin) return std::nullopt;
    auto const shown = credential_of(asked.asked().head);
    if (std::holds_alternative<no_credential>(shown)) return asked.refuse(problem::not_authenticated);
    bool const with_record = asked.matched().handle == &show_record;
    if (auto refused = with_record ? find_caller_and_record(asked, shown) : find_caller(asked, shown)) return refused;
    auto const& bytes = asked.caller().user.id.bytes;
    if (auto refused = limit_rate(asked, std::string_view{reinterpret_cast<char const*>(bytes.data()), bytes.size()})) return refused;
    return read_proof(asked);
}

void application::finish(std::shared_ptr<errand> const& task, response&& made)
{
    auto const& asked = task->asked;
    auto const& head = asked.asked().head;
    made.fields.emplace_back("X-Correlation-ID", asked.correlation().text());
    if (asked.limit()) add_limit(*asked.limit(), made);
    add_cors(head, made);
    auto const& row = asked.matched();
    // credentials have a lockout of their own; a dearer limit on top would hide it
    if (settings_.rate_limited && row.rate == rate_class::normal && (made.status == 401 || made.status == 403 || made.status == 422))
        (void)cases_.limits.penalise(address_key(asked));  // the answer is made; who can't count refuses at the next request
    if (made.status >= 400 && made.status < 500) note_refusal(cases_, head, asked.asked().body, false);
    auto const took = cases_.clock.now() - head.arrived;
    state_.metrics().count(
        {&row, made.status, took, is_refused_login(asked, made.status), made.status == 401 && !head.field("authorization").empty()});
    if (cases_.log.is_enabled(made.status >= 500 ? log::level::error : log::level::info)) {
        char correlation[36];
        format_uuid(asked.correlation().bytes, correlation);
        log::access_line line;
        line.correlation_id = {correlation, sizeof correlation};
        line.method = name_of(head.method);
        line.path = row.path;
        line.status = made.status;
        line.took = took;
        line.response_bytes = made.body.size();
        cases_.log.access(line);
    }
    task->reply->answer(std::move(made));
}

void application::add_cors(request_head const& head, response& made) const
{
    auto const origin = head.field("origin");
    if (origin.empty()) return;
    made.fields.emplace_back("Vary", "Origin");
    if (!is_allowed_origin(origin)) return;
    made.fields.emplace_back("Access-Control-Allow-Origin", std::string(origin));
    made.fields.emplace_back("Access-Control-Allow-Credentials", "true");
    made.fields.emplace_back("Access-Control-Expose-Headers", "ETag, Next-Cursor, RateLimit, RateLimit-Policy, Retry-After, X-Correlation-ID");
}

}  // namespace mb::http
