#include "adapters/outbound/probe.hpp"

#include "adapters/outbound/curl.hpp"

#include <cstddef>
#include <memory>

namespace mb::outbound {
namespace {

std::string reachable(std::string const& address)
{
    if (address == "localhost" || address == "0.0.0.0") return "127.0.0.1";
    if (address == "::") return "[::1]";
    return address.find(':') == std::string::npos ? address : "[" + address + "]";
}

std::size_t drop(char*, std::size_t size, std::size_t count, void*) noexcept { return size * count; }

}  // namespace

outcome<void> ask_whether_alive(listener const& where)
{
    constexpr char const* place = "outbound.probe";
    curl_handle const handle(curl_easy_init());
    curl_list const fields(curl_slist_append(nullptr, ("Host: " + where.host).c_str()));
    if (!handle || !fields) return error{errc::unavailable, place, "no memory"};

    auto const url = (where.tls ? "https://" : "http://") + reachable(where.address) + ":" + std::to_string(where.port) + "/api/v1/health/live";
    auto* const curl = handle.get();
    curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_PROXY, "");  // none, whatever the environment says
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, fields.get());
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 0L);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 0L);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(where.patience.count()));
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &drop);

    if (auto const result = curl_easy_perform(curl); result != CURLE_OK) return error{errc::unavailable, place, curl_easy_strerror(result)};
    long status = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    if (status != 200) return error{errc::unavailable, place, "status " + std::to_string(status)};
    return {};
}

}  // namespace mb::outbound
