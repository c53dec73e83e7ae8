#include "adapters/http/https_redirect.hpp"

#include "adapters/http/problem_status.hpp"

namespace mb::http {
namespace {

/// What may stand in a segment as it is (RFC 3986 section 3.3), without what our own paths refuse.
bool is_plain(char c) noexcept
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
           || std::string_view{"-._~!$&'()*+,=:@"}.find(c) != std::string_view::npos;
}

void append_segment(std::string& into, std::string_view segment)
{
    constexpr char digits[] = "0123456789ABCDEF";
    for (char const c : segment) {
        if (is_plain(c)) {
            into += c;
            continue;
        }
        auto const byte = static_cast<unsigned char>(c);
        into += {'%', digits[byte >> 4], digits[byte & 15]};
    }
}

response bare(int status)
{
    response made;
    made.status = status;
    made.content_type = "";
    return made;
}

}  // namespace

response https_redirect::lead(request_head const& head) const
{
    auto where = public_url_;
    bool const asks_for_server = head.method == verb::options && head.segments.size() == 1 && head.segments.front() == "*";
    if (head.segments.empty() || asks_for_server) where += '/';
    if (!asks_for_server)
        for (auto const& segment : head.segments) append_segment(where += '/', segment);
    if (!head.query.empty()) where.append("?").append(head.query);
    auto made = bare(308);
    made.fields.emplace_back("Location", std::move(where));
    return made;
}

admission https_redirect::admit(request_head const& head) { return lead(head); }
void https_redirect::serve(request&& whole, std::unique_ptr<responder> reply) { reply->answer(lead(whole.head)); }
response https_redirect::refuse(problem why, request_head const*) { return bare(status_of(why)); }

}  // namespace mb::http
