#include "adapters/http/metrics.hpp"

#include <algorithm>

namespace mb::http {

request_metrics::request_metrics() : rows_(routes().size() + 1) {}

void request_metrics::count(route const* matched, int status, bool is_login, bool is_token_refusal) noexcept
{
    auto const at = matched == nullptr ? rows_.size() - 1 : static_cast<std::size_t>(matched - routes().data());
    auto const column = static_cast<std::size_t>(std::ranges::find(statuses, status) - statuses.begin());
    rows_[at][column].fetch_add(1, std::memory_order_relaxed);
    if (is_login && (status == 401 || status == 423)) failed_logins_.fetch_add(1, std::memory_order_relaxed);
    if (is_token_refusal) invalid_tokens_.fetch_add(1, std::memory_order_relaxed);
}

void request_metrics::write(std::string& into) const
{
    std::uint64_t all = 0;
    std::uint64_t denied = 0;
    std::uint64_t failed = 0;
    into += "# HELP metabuilder_http_requests_total Answers by route and status.\n# TYPE metabuilder_http_requests_total counter\n";
    for (std::size_t at = 0; at < rows_.size(); ++at) {
        for (std::size_t column = 0; column <= statuses.size(); ++column) {
            auto const value = rows_[at][column].load(std::memory_order_relaxed);
            if (value == 0) continue;
            int const status = column < statuses.size() ? statuses[column] : 0;
            all += value;
            if (status == 403) denied += value;
            if (status >= 500) failed += value;
            into += "metabuilder_http_requests_total{method=\"";
            into += at < routes().size() ? name_of(routes()[at].method) : "";
            into += "\",route=\"";
            into += at < routes().size() ? routes()[at].path : "";
            into += "\",status=\"" + std::to_string(status) + "\"} " + std::to_string(value) + '\n';
        }
    }
    auto const counter = [&into](char const* name, char const* help, std::uint64_t value) {
        into += std::string("# HELP ") + name + ' ' + help + "\n# TYPE " + name + " counter\n" + name + ' ' + std::to_string(value) + '\n';
    };
    counter("metabuilder_failed_login_count", "Logins refused; alert above 10 a minute.", failed_logins_.load(std::memory_order_relaxed));
    counter("metabuilder_invalid_token_count", "Tokens refused; alert above 20 a minute.", invalid_tokens_.load(std::memory_order_relaxed));
    counter("metabuilder_unauthorized_access_count", "Requests answered 403; alert above 5 a minute.", denied);
    into +=
        "# HELP metabuilder_error_rate_5xx Share of answers that were 5xx since the start; alert above 0.01.\n# TYPE metabuilder_error_rate_5xx "
        "gauge\n";
    into += "metabuilder_error_rate_5xx " + std::to_string(all == 0 ? 0.0 : static_cast<double>(failed) / static_cast<double>(all)) + '\n';
}

}  // namespace mb::http
