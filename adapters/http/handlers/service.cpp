#include "adapters/http/handlers.hpp"
#include "adapters/http/openapi.hpp"
#include "adapters/http/pages.hpp"
#include "adapters/json/writer.hpp"

#include <algorithm>

namespace mb::http {
namespace {

response page_of(exchange const& asked, std::string body, std::string_view content_type)
{
    response made;
    made.status = asked.matched().success;
    made.content_type = content_type;
    made.body = std::move(body);
    return made;
}

/// A proxy on this machine speaks for others: what it passes on does not come from the loopback, whether it is in TRUSTED_PROXIES or not.
bool is_passed_on(request_head const& head) noexcept
{
    return std::ranges::any_of(head.fields, [](auto const& field) {
        return field.first == "x-forwarded-for" || field.first == "forwarded" || field.first == "x-real-ip" || field.first == "via";
    });
}

bool may_read_metrics(exchange const& asked)
{
    auto const& token = asked.settings().metrics_token;
    if (token.empty()) return asked.asked().head.peer.is_loopback() && !is_passed_on(asked.asked().head);
    return same_bytes(asked.asked().head.field("authorization"), "Bearer " + token);
}

}  // namespace

response show_index(exchange& asked)
{
    return page_of(asked, draw(page::index, asked.tongue(), {{"VERSION", asked.settings().version}, {"URL", asked.settings().public_url}}),
                   "text/html; charset=utf-8");
}

response show_api_docs(exchange& asked) { return page_of(asked, draw(page::api_docs, asked.tongue()), "text/html; charset=utf-8"); }
response show_stylesheet(exchange& asked) { return page_of(asked, std::string(stylesheet()), "text/css; charset=utf-8"); }
response show_api_docs_script(exchange& asked) { return page_of(asked, std::string(api_docs_script()), "text/javascript; charset=utf-8"); }

response show_link_form_script(exchange& asked) { return page_of(asked, std::string(link_form_script()), "text/javascript; charset=utf-8"); }

response show_health(exchange& asked)
{
    char now[24];
    format_rfc3339(asked.cases().clock.now(), now);
    std::string body;
    body.reserve(64);
    json::writer(body).begin_object().member("estado", "activo").key("timestamp").text({now, sizeof now}).end_object();
    return json_answer(asked.matched().success, std::move(body));
}

response show_live(exchange& asked) { return show_health(asked); }

response show_ready(exchange& asked)
{
    bool ready = !asked.state().draining();
    std::string body;
    json::writer out(body);
    out.begin_object().member("draining", !ready).key("dependencies").begin_object();
    for (auto const& each : asked.state().dependencies()) {
        out.member(each.name, each.ready ? "ok" : "unavailable");
        ready = ready && (each.ready || each.weight == need::helpful);
    }
    out.end_object().member("ready", ready).end_object();
    return json_answer(ready ? asked.matched().success : 503, std::move(body));
}

response show_metrics(exchange& asked)
{
    if (!may_read_metrics(asked))
        return asked.refuse(asked.asked().head.field("authorization").empty() ? problem::not_authenticated : problem::forbidden);
    std::string body;
    exposition out(body);
    asked.state().metrics().write(out);
    asked.cases().more_metrics(out);
    return page_of(asked, std::move(body), "text/plain; version=0.0.4; charset=utf-8");
}

response show_openapi(exchange& asked) { return json_answer(asked.matched().success, openapi_document(asked.settings())); }

}  // namespace mb::http
