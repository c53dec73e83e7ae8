#pragma once

#include "adapters/config/load.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>

namespace mb::config_testing {

using config::load;
using config::profile;
using config::settings;
using config::variables;

/// From the root of the repository, where tests run.
inline std::filesystem::path const example_path = ".env.example";
inline constexpr char master[] = "q1m9Yk0vZt7eR3xUuXcB5nHfJ8wLs2aDgPzQoE4iKM0=";
inline constexpr char jwt[] = "Zr8kq-V3nXw0LmTtYc6sB1hGd9uJfE2a_oPi5RzQ";

inline variables good_production()
{
    return {{"MASTER_KEY", master}, {"JWT_SECRET", jwt}, {"SMTP_URL", "smtps://mail.example.com:465"}, {"MAIL_FROM", "no-reply@example.com"}};
}

inline std::vector<std::string> problems_of(variables environment, profile which = profile::production)
{
    auto loaded = load({which, std::move(environment), {}});
    if (auto* wrong = std::get_if<std::vector<std::string>>(&loaded)) return *wrong;
    return {};
}

inline settings loaded(variables environment, profile which = profile::development)
{
    auto made = load({which, std::move(environment), {}});
    if (auto const* wrong = std::get_if<std::vector<std::string>>(&made))
        for (auto const& each : *wrong) UNSCOPED_INFO(each);
    REQUIRE(std::holds_alternative<settings>(made));
    return std::get<settings>(std::move(made));
}

inline variables with(variables base, std::string const& name, std::string const& value)
{
    base[name] = value;
    return base;
}

class scratch {
public:
    scratch()
    {
        std::string pattern = (std::filesystem::temp_directory_path() / "mb-config-XXXXXX").string();
        REQUIRE(::mkdtemp(pattern.data()) != nullptr);
        path_ = pattern;
    }
    ~scratch() { std::filesystem::remove_all(path_); }
    std::string write(std::string const& name, std::string const& content) const
    {
        auto const at = path_ / name;
        std::ofstream(at, std::ios::binary) << content;
        return at.string();
    }

private:
    std::filesystem::path path_;
};

}  // namespace mb::config_testing
