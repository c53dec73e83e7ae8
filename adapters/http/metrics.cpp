#include "adapters/http/metrics.hpp"

#include <algorithm>
#include <charconv>

namespace mb::http {

request_metrics::request_metrics()
{
    for (auto& each : shards_) each.rows = std::vector<row>(routes().size() + 1);
}

request_metrics::shard& request_metrics::own_shard() noexcept
{
    static std::atomic<std::size_t> threads{0};
    thread_local std::size_t const mine = threads.fetch_add(1, std::memory_order_relaxed);
    return shards_[mine % shards_.size()];
}

void request_metrics::count(counted_answer const& answer) noexcept
{
    auto const add = [](cell& to, std::uint64_t amount) { to.fetch_add(amount, std::memory_order_relaxed); };
    auto& mine = own_shard();
    auto const at = answer.matched == nullptr ? mine.rows.size() - 1 : static_cast<std::size_t>(answer.matched - routes().data());
    auto& row = mine.rows[at];
    add(row.by_status[static_cast<std::size_t>(std::ranges::find(statuses, answer.status) - statuses.begin())], 1);
    if (answer.took) {
        // the clock may have been set back meanwhile
        auto const micros = std::max<std::int64_t>(0, answer.took->count());
        auto const seconds = static_cast<double>(micros) / 1e6;
        add(row.by_time[static_cast<std::size_t>(std::ranges::lower_bound(bounds, seconds) - bounds.begin())], 1);
        add(row.micros, static_cast<std::uint64_t>(micros));
    }
    if (answer.refused_login) add(mine.refused_logins, 1);
    if (answer.refused_token) add(mine.refused_tokens, 1);
}

template <class Pick>
std::uint64_t request_metrics::sum(Pick pick) const noexcept
{
    std::uint64_t all = 0;
    for (auto const& each : shards_) all += pick(each).load(std::memory_order_relaxed);
    return all;
}

void request_metrics::write(exposition& into) const
{
    auto const count = routes().size() + 1;
    auto const method_of = [](std::size_t at) { return at < routes().size() ? name_of(routes()[at].method) : std::string_view{}; };
    auto const path_of = [](std::size_t at) { return at < routes().size() ? routes()[at].path : std::string_view{"(none)"}; };

    std::uint64_t all = 0;
    std::uint64_t denied = 0;
    std::uint64_t failed = 0;
    into.counter("metabuilder_http_requests_total", "Answers by route and status.");
    for (std::size_t at = 0; at < count; ++at) {
        for (std::size_t column = 0; column <= statuses.size(); ++column) {
            auto const value = sum([&](shard const& of) -> cell const& { return of.rows[at].by_status[column]; });
            if (value == 0) continue;
            int const status = column < statuses.size() ? statuses[column] : 0;
            all += value;
            if (status == 403) denied += value;
            if (status >= 500) failed += value;
            char digits[8];
            auto const end = std::to_chars(digits, digits + sizeof digits, status).ptr;
            into.sample(
                {{"method", method_of(at)}, {"route", path_of(at)}, {"status", column < statuses.size() ? std::string_view(digits, end) : "other"}},
                value);
        }
    }
    into.histogram("metabuilder_http_request_duration_seconds", "From the arrival of a request in the kernel to its answer, by route.");
    for (std::size_t at = 0; at < routes().size(); ++at) {
        std::array<std::uint64_t, bounds.size() + 1> counts{};
        std::uint64_t any = 0;
        for (std::size_t i = 0; i < counts.size(); ++i)
            any += counts[i] = sum([&](shard const& of) -> cell const& { return of.rows[at].by_time[i]; });
        if (any == 0) continue;
        auto const micros = sum([&](shard const& of) -> cell const& { return of.rows[at].micros; });
        into.buckets({{"method", method_of(at)}, {"route", path_of(at)}}, bounds, counts, static_cast<double>(micros) / 1e6);
    }
    into.counter("metabuilder_failed_login_count", "Logins refused; alert above 10 a minute.").sample(sum([](shard const& of) -> cell const& {
        return of.refused_logins;
    }));
    into.counter("metabuilder_invalid_token_count", "Tokens refused; alert above 20 a minute.").sample(sum([](shard const& of) -> cell const& {
        return of.refused_tokens;
    }));
    into.counter("metabuilder_unauthorized_access_count", "Requests answered 403; alert above 5 a minute.").sample(denied);
    into.gauge("metabuilder_error_rate_5xx", "Share of all answers since the start that were 5xx; alert where it is above 0.01 of late.")
        .sample({}, all == 0 ? 0.0 : static_cast<double>(failed) / static_cast<double>(all));
}

}  // namespace mb::http
