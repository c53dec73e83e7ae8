#pragma once

#include "adapters/sql/session.hpp"

#include <string>
#include <vector>

namespace mb::sql {

/// A statement that is put together at run time: fixed words and numbered names as text, everything else as a bound value.
class query_text {
public:
    query_text& words(std::string_view fixed)
    {
        text_ += fixed;
        return *this;
    }
    /// Appends the placeholder of a value. What the value borrows outlives the run.
    query_text& bind(parameter value)
    {
        values_.push_back(value);
        text_ += '$';
        text_ += std::to_string(values_.size());
        return *this;
    }
    /// Appends WHERE before the first condition, AND before the others.
    query_text& condition()
    {
        text_ += conditions_++ == 0 ? " WHERE " : " AND ";
        return *this;
    }

    outcome<std::int64_t> run(session& on, session::on_row each) const { return on.run(text_, values_, each); }
    std::string const& text() const noexcept { return text_; }

private:
    std::string text_;
    std::vector<parameter> values_;
    int conditions_ = 0;
};

}  // namespace mb::sql
