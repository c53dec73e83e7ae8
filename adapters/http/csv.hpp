#pragma once

#include <string>
#include <string_view>

namespace mb::http {

/// Writes lines of comma-separated values (RFC 4180). What a spreadsheet would take for a formula gets an apostrophe before it.
class csv_writer {
public:
    explicit csv_writer(std::string& out) noexcept : out_(out) {}

    csv_writer& cell(std::string_view content);
    void end_line();

private:
    std::string& out_;
    bool first_ = true;
};

}  // namespace mb::http
