#pragma once

#include "adapters/backup/child.hpp"
#include "tests/apps/support.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace mb::apps_testing {

/// A key pair of age in a folder.
class age_key {
public:
    explicit age_key(scratch const& place) : file_(place / "age.key")
    {
        // age-keygen tells the public half in a comment of the private file
        auto const nothing = backup::open_to_write("/dev/null");
        auto const silent = backup::open_to_read("/dev/null");
        auto made = backup::child::start({"age-keygen", "-o", file_}, *silent, *nothing);
        if (!made || !made->wait()) FAIL("no age-keygen: deploy/install.sh installs it");
        auto const text = content_of(file_);
        auto const at = text.find("age1");
        if (at == std::string::npos) FAIL("age-keygen made no key");
        recipient_ = text.substr(at, text.find('\n', at) - at);
    }
    std::string const& file() const noexcept { return file_; }
    std::string const& recipient() const noexcept { return recipient_; }

private:
    std::string file_;
    std::string recipient_;
};

}  // namespace mb::apps_testing
