#include "adapters/http/handlers.hpp"
#include "adapters/http/handlers/messages.hpp"
#include "adapters/http/handlers/parse_body.hpp"
#include "adapters/http/handlers/token_answer.hpp"
#include "adapters/json/writer.hpp"
#include "core/domain/base/text.hpp"
#include "core/usecases/mfa/count_recovery_codes.hpp"
#include "core/usecases/mfa/disable_factor.hpp"
#include "core/usecases/mfa/enable_factor.hpp"
#include "core/usecases/mfa/renew_recovery_codes.hpp"
#include "core/usecases/mfa/set_up_factor.hpp"
#include "core/usecases/mfa/step_up.hpp"
#include "core/usecases/mfa/verify_factor.hpp"

namespace mb::http {
namespace {

response codes_answer(exchange const& asked, usecases::recovery_codes const& codes)
{
    std::string body;
    json::writer out(body);
    out.begin_object();
    out.key("mfa_enabled").boolean(true);
    out.key("recovery_codes").begin_list();
    for (auto const& each : codes.texts) out.text(each.reveal());
    out.end_list();
    out.end_object();
    return json_answer(asked.matched().success, std::move(body));
}

std::string text_or_none(auto const& member) { return member ? member->value : std::string{}; }

/// What is wrong where not exactly one of the members was given.
std::optional<violations> one_of(std::initializer_list<std::pair<std::string_view, bool>> members)
{
    std::string_view first;
    for (auto const& [pointer, given] : members) {
        if (!given) continue;
        if (!first.empty()) return violations{{std::string(pointer), violation_code::contradiction, {}}};
        first = pointer;
    }
    if (first.empty()) return violations{{std::string(members.begin()->first), violation_code::required, {}}};
    return std::nullopt;
}

}  // namespace

response set_up_factor(exchange& asked)
{
    auto const said = asked.cases().set_up_factor(asked.caller(), asked.origin());
    return asked.reply(said, [&](usecases::factor_offer const& offer) {
        auto const picture = asked.cases().qr_codes.png(offer.uri.reveal());
        if (!picture) return asked.fail(picture.error());
        std::string body;
        body.reserve(8192);
        json::writer out(body);
        out.begin_object();
        out.key("secret").text(offer.key.reveal());
        out.key("otpauth_uri").text(offer.uri.reveal());
        out.key("qr_png").text(base64(*picture));
        out.end_object();
        return json_answer(asked.matched().success, std::move(body));
    });
}

response enable_factor(exchange& asked)
{
    auto parsed = parse_body<factor_code_body>(asked);
    if (auto* refused = std::get_if<response>(&parsed)) return std::move(*refused);
    auto const& code = std::get<factor_code_body>(parsed).code.value;
    return asked.reply(asked.cases().enable_factor(code, asked.tongue(), asked.caller(), asked.origin()),
                       [&](usecases::recovery_codes const& codes) { return codes_answer(asked, codes); });
}

response disable_factor(exchange& asked)
{
    return asked.reply(asked.cases().disable_factor(asked.tongue(), asked.caller(), asked.origin()),
                       [&](done) { return message_answer(asked, notice::factor_removed); });
}

response verify_factor(exchange& asked)
{
    auto parsed = parse_body<factor_verification_body>(asked);
    if (auto* refused = std::get_if<response>(&parsed)) return std::move(*refused);
    auto const& body = std::get<factor_verification_body>(parsed);
    if (auto const broken = one_of({{"/code", body.code.has_value()}, {"/recovery_code", body.recovery_code.has_value()}}))
        return asked.refuse(*broken);
    usecases::shown_factor const shown{text_or_none(body.code), text_or_none(body.recovery_code), device_of(asked)};
    return asked.reply(asked.cases().verify_factor(body.mfa_session_token.value, shown, asked.origin()), [&](usecases::inside const& opened) {
        if (auto const* session = std::get_if<usecases::opened_session>(&opened)) return session_answer(asked, *session);
        return token_answer(asked, std::get<usecases::token_pair>(opened));
    });
}

response step_up(exchange& asked)
{
    auto parsed = parse_body<step_up_body>(asked);
    if (auto* refused = std::get_if<response>(&parsed)) return std::move(*refused);
    auto& body = std::get<step_up_body>(parsed);
    if (auto const broken =
            one_of({{"/code", body.code.has_value()}, {"/recovery_code", body.recovery_code.has_value()}, {"/password", body.password.has_value()}}))
        return asked.refuse(*broken);
    usecases::step_up_proof shown{{text_or_none(body.code), text_or_none(body.recovery_code), device_of(asked)}, std::nullopt};
    if (body.password) shown.password.emplace(std::move(body.password->value));
    return asked.reply(asked.cases().step_up(shown, asked.caller(), asked.origin()), [&](usecases::step_up_token const& made) {
        std::string answer;
        json::writer out(answer);
        out.begin_object();
        out.key("step_up_token").text(made.text.reveal());
        out.key("expires_in").integer(made.expires_in.count());
        out.end_object();
        return json_answer(asked.matched().success, std::move(answer));
    });
}

response count_recovery_codes(exchange& asked)
{
    return asked.reply(asked.cases().count_recovery_codes(asked.caller()), [&](usecases::recovery_count const& counted) {
        std::string body;
        json::writer out(body);
        out.begin_object();
        out.key("used").integer(static_cast<std::int64_t>(counted.used));
        out.key("left").integer(static_cast<std::int64_t>(counted.left));
        out.key("created_at");
        counted.made_at ? out.text(format_rfc3339(*counted.made_at)) : out.null();
        out.end_object();
        return json_answer(asked.matched().success, std::move(body));
    });
}

response renew_recovery_codes(exchange& asked)
{
    return asked.reply(asked.cases().renew_recovery_codes(asked.tongue(), asked.caller(), asked.origin()),
                       [&](usecases::recovery_codes const& codes) { return codes_answer(asked, codes); });
}

}  // namespace mb::http
