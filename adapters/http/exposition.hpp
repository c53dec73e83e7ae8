#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

namespace mb::http {

/// Writes the text format of Prometheus, version 0.0.4: each family once, with its help and its type before its samples.
/// docs/metrics.md lists every family; tests/e2e/test_metrics.py holds the two against each other.
class exposition {
public:
    struct label {
        std::string_view name;
        std::string_view value;  ///< any text; escaped here
    };
    using labels = std::initializer_list<label>;

    explicit exposition(std::string& into) noexcept : into_(into) {}

    /// Begins a family. Its samples follow, before the next one; a family without a sample says that it has none.
    /// @param name, type, help  literals; the name outlives the family
    exposition& counter(std::string_view name, std::string_view help) { return family(name, "counter", help); }
    exposition& gauge(std::string_view name, std::string_view help) { return family(name, "gauge", help); }
    exposition& histogram(std::string_view name, std::string_view help) { return family(name, "histogram", help); }

    exposition& sample(labels of, std::uint64_t value);
    exposition& sample(labels of, double value);
    exposition& sample(std::uint64_t value) { return sample({}, value); }
    /// @param bounds  upper ends of the buckets, in seconds, growing
    /// @param counts  one a bucket and one above the last, each for itself
    exposition& buckets(labels of, std::span<double const> bounds, std::span<std::uint64_t const> counts, double sum);

private:
    exposition& family(std::string_view name, std::string_view type, std::string_view help);
    void begin(std::string_view suffix, labels of, std::string_view bound);

    std::string& into_;
    std::string_view name_;
};

}  // namespace mb::http
