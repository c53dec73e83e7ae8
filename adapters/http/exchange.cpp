#include "adapters/http/exchange.hpp"

#include "adapters/http/problem_status.hpp"
#include "adapters/json/writer.hpp"
#include "adapters/log/logger.hpp"

#include <algorithm>

namespace mb::http {
namespace {

constexpr std::size_t user_agent_bytes_max = 256;

int status_for(std::optional<problem> refused, int success_status) { return refused ? status_of(*refused) : success_status; }

/// What a client calls itself, fit for a table and a log: cut, and without anything that could end a line.
std::string tame(std::string_view sent)
{
    std::string tamed(sent.substr(0, user_agent_bytes_max));
    for (char& c : tamed)
        if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) > 0x7e) c = '?';
    return tamed;
}

/// A browser says so in headers that scripts can't set; a telephone in the name of its agent.
identity::request_source source_of(request_head const& head)
{
    auto const agent = head.field("user-agent");
    for (std::string_view const mark : {"Mobile", "Android", "iPhone", "iPad"})
        if (agent.find(mark) != std::string_view::npos) return identity::request_source::mobile;
    bool const browser =
        !head.field("sec-fetch-site").empty() || !head.field("origin").empty() || head.field("accept").find("text/html") != std::string_view::npos;
    return browser ? identity::request_source::web : identity::request_source::api;
}

/// "/options/2" → "options.2": the name a person knows a member by.
std::string dotted(std::string_view pointer)
{
    std::string name;
    for (std::size_t i = 1; i < pointer.size(); ++i) {
        if (pointer[i] == '/') {
            name += '.';
        } else if (pointer[i] == '~' && i + 1 < pointer.size()) {
            name += pointer[++i] == '1' ? '/' : '~';
        } else {
            name += pointer[i];
        }
    }
    return name;
}

}  // namespace

exchange::exchange(request&& whole, route_match&& match, audit::correlation_id correlation, use_cases const& cases, http_settings const& settings,
                   service_state& state)
    : whole_(std::move(whole)),
      match_(std::move(match)),
      correlation_(correlation),
      cases_(cases),
      settings_(settings),
      state_(state),
      tongue_(language_of(whole_.head.field("accept-language"), settings.tongue))
{
    // the match's parameters view the segments, which stay where they are when the vector that holds them is moved
}

audit::origin const& exchange::origin()
{
    if (!origin_) {
        user_agent_ = tame(whole_.head.field("user-agent"));
        origin_ = audit::origin{correlation_,
                                match_.found->path,
                                name_of(whole_.head.method),
                                cases_.hash_address(whole_.head.peer.bytes),
                                user_agent_,
                                whole_.head.arrived,
                                &status_for,
                                match_.found->success,
                                source_of(whole_.head),
                                cases_.countries.country_of(whole_.head.peer.bytes)};
    }
    return *origin_;
}

usecases::caller const& exchange::caller() const
{
    MB_ASSERT(caller_.has_value());
    return *caller_;
}

std::optional<std::string_view> exchange::query(std::string_view name) const noexcept
{
    auto const found = std::ranges::find(query_, name, &std::pair<std::string, std::string>::first);
    if (found == query_.end()) return std::nullopt;
    return found->second;
}

response exchange::refuse(denial const& why) const
{
    refused_with_ = why.why;
    auto refused =
        json_answer(status_of(why.why), write_refusal(why.why, why.details, correlation_, cases_.clock.now(), tongue_, match_.seed000_alias));
    if (why.retry_after) refused.fields.emplace_back("Retry-After", std::to_string(std::max<std::int64_t>(1, why.retry_after->count())));
    if (refused.status == 401) {
        bool const basic = match_.found->who == audience::basic;
        std::string challenge = basic ? "Basic realm=\"metabuilder\", charset=\"UTF-8\"" : "Bearer realm=\"metabuilder\"";
        if (why.why == problem::invalid_token || why.why == problem::expired_token) challenge += ", error=\"invalid_token\"";
        refused.fields.emplace_back("WWW-Authenticate", std::move(challenge));
    }
    return refused;
}

response exchange::refuse(violations const& broken, problem why) const
{
    return json_answer(status_of(why), write_refusal(why, broken, correlation_, cases_.clock.now(), tongue_, match_.seed000_alias));
}

response exchange::fail(error const& failure) const
{
    auto const why = [&] {
        switch (failure.code) {
            case errc::unavailable: return problem::storage_unavailable;
            case errc::busy: return problem::overloaded;
            case errc::conflict: return problem::conflict;
            case errc::outcome_unknown: return problem::storage_unavailable;
            default: return problem::internal_error;
        }
    }();
    cases_.log.error(
        "http", correlation_.text(), "request failed",
        {{"code", name_of(failure.code)}, {"where", failure.where}, {"detail", failure.detail}, {"endpoint", std::string(match_.found->path)}});
    auto refused = refuse(why);
    if (refused.status == 503) refused.fields.emplace_back("Retry-After", "1");
    return refused;
}

std::string write_refusal(problem why, violations const& broken, audit::correlation_id correlation, instant now, language tongue, bool seed000_alias)
{
    auto const& entry = entry_of(why);
    std::string body;
    body.reserve(192 + broken.size() * 128);
    json::writer out(body);
    out.begin_object();
    if (seed000_alias) {
        out.key("detail").text(text_of(why, tongue));
        out.key("error_code").text(entry.english_code);
    } else {
        out.key("error").text(text_of(why, tongue));
        out.key("code").text(entry.code);
        out.key("correlationId").text(correlation.text());
    }
    out.key("timestamp").text(format_rfc3339(now));
    if (!broken.empty()) {
        out.key(seed000_alias ? "errors" : "details").begin_list();
        for (auto const& each : broken) {
            out.begin_object();
            out.key("field").text(dotted(each.pointer));
            out.key("code").text(code_of(each.code));
            out.key("message").text(text_of(each, tongue));
            out.end_object();
        }
        out.end_list();
    }
    out.end_object();
    return body;
}

response json_answer(int status, std::string body)
{
    response made;
    made.status = status;
    made.body = std::move(body);
    return made;
}

response no_content(exchange const& asked)
{
    response made;
    made.status = asked.matched().success;
    made.content_type = "";
    return made;
}

}  // namespace mb::http
