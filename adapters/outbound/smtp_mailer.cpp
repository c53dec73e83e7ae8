#include "adapters/outbound/smtp_mailer.hpp"

#include "adapters/outbound/curl.hpp"
#include "adapters/outbound/rendering.hpp"
#include "core/domain/base/assert.hpp"

#include <algorithm>
#include <cstring>
#include <memory>
#include <string_view>

namespace mb::outbound {
namespace {

void prepare_library()
{
    static auto const ready = curl_global_init(CURL_GLOBAL_DEFAULT);
    MB_ASSERT(ready == CURLE_OK);
}

/// curl's read callback: hands out the content piece by piece.
std::size_t hand_out(char* to, std::size_t size, std::size_t count, void* left) noexcept
{
    auto& content = *static_cast<std::string_view*>(left);
    auto const bytes = std::min(size * count, content.size());
    std::memcpy(to, content.data(), bytes);
    content.remove_prefix(bytes);
    return bytes;
}

bool is_on_loopback(std::string_view url) noexcept
{
    auto const host = url.substr(url.find("://") + 3);
    for (std::string_view const local : {"localhost", "127.0.0.1", "[::1]"})
        if (host == local || (host.starts_with(local) && (host[local.size()] == ':' || host[local.size()] == '/'))) return true;
    return false;
}

/// Whether the server refused this mail, and will again (RFC 5321 section 4.2.1). 53x is about us, and 554 instead of a greeting is about the server.
/// @param all_sent  the content went out: the reply is to it
bool is_final(CURLcode result, long reply, bool all_sent) noexcept
{
    return reply >= 550 && reply <= 559 && (result == CURLE_SEND_ERROR || all_sent);
}

}  // namespace

smtp_mailer::smtp_mailer(smtp_server server, std::string frontend_url) : server_(std::move(server)), frontend_url_(std::move(frontend_url))
{
    prepare_library();
}

outcome<void> smtp_mailer::deliver(notify::message const& message)
{
    constexpr char const* where = "smtp.deliver";
    curl_handle const handle(curl_easy_init());
    curl_list const recipients(curl_slist_append(nullptr, ("<" + message.recipient.text() + ">").c_str()));
    if (!handle || !recipients) return error{errc::unavailable, where, "no memory"};

    auto const content = mime_of(message, render(message, frontend_url_), server_.from);
    auto const sender = "<" + server_.from + ">";
    std::string_view left = content;
    auto* const curl = handle.get();
    curl_easy_setopt(curl, CURLOPT_URL, server_.url.c_str());
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(curl, CURLOPT_PROXY, "");  // none, whatever the environment says
    curl_easy_setopt(curl, CURLOPT_USE_SSL, static_cast<long>(is_on_loopback(server_.url) ? CURLUSESSL_TRY : CURLUSESSL_ALL));
    if (!server_.authorities_file.empty()) {
        curl_easy_setopt(curl, CURLOPT_CAINFO, server_.authorities_file.c_str());
        curl_easy_setopt(curl, CURLOPT_CAPATH, nullptr);  // else those of the system would go on vouching
    }
    curl_easy_setopt(curl, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(server_.connect_max.count()));
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(server_.delivery_max.count()));
    curl_easy_setopt(curl, CURLOPT_MAIL_FROM, sender.c_str());
    curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, recipients.get());
    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, &hand_out);
    curl_easy_setopt(curl, CURLOPT_READDATA, &left);
    if (!server_.user.empty()) {
        std::string password(server_.password.reveal());  // curl wants a terminated string, and keeps a copy until the handle is closed
        curl_easy_setopt(curl, CURLOPT_USERNAME, server_.user.c_str());
        curl_easy_setopt(curl, CURLOPT_PASSWORD, password.c_str());
        wipe(password.data(), password.size());
    }

    auto const result = curl_easy_perform(curl);
    if (result == CURLE_OK) return {};
    long reply = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &reply);
    return error{is_final(result, reply, left.empty()) ? errc::unexpected : errc::unavailable, where,
                 std::string(curl_easy_strerror(result)) + ", reply " + std::to_string(reply)};
}

}  // namespace mb::outbound
