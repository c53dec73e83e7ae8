#pragma once

#include <string>

/// Databases on the server that tests/postgres/server.py started for this run. What fails here fails the test.
namespace mb::postgres_testing {

/// The URL of a database of that server, as its superuser unless another role is named.
std::string url_of(std::string const& database, std::string const& role = "mb");
/// Runs statements. @return the first column of the last one's rows, a line each.
std::string ask(std::string const& url, std::string const& statements);
/// The same, and what the server says where it refuses.
std::string try_to(std::string const& url, std::string const& statements);

enum class content { empty, migrated };

/// A database of a test's own, gone with it.
class database {
public:
    explicit database(content with = content::migrated);
    ~database();
    database(database const&) = delete;
    database& operator=(database const&) = delete;

    std::string const& name() const noexcept { return name_; }
    std::string url() const { return url_of(name_); }
    std::string ask(std::string const& statements) const { return postgres_testing::ask(url(), statements); }

private:
    std::string name_;
};

}  // namespace mb::postgres_testing
