#include "core/domain/identity/user.hpp"

#include "core/domain/shape/rule.hpp"

namespace mb::identity {

std::optional<email> email::parse(std::string_view text)
{
    auto canonical = shape::canonical_email(text);
    if (!canonical) return std::nullopt;
    return email{*std::move(canonical)};
}

std::optional<username> username::parse(std::string_view text)
{
    auto name = ascii_lower(text);
    if (name.size() < 3 || name.size() > 64) return std::nullopt;
    auto const is_alnum = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
    if (!is_alnum(name.front())) return std::nullopt;
    for (char const c : name)
        if (!is_alnum(c) && c != '.' && c != '_' && c != '-') return std::nullopt;
    if (parse_uuid(name)) return std::nullopt;
    return username{std::move(name)};
}

std::string_view name_of(request_source source) noexcept
{
    switch (source) {
        case request_source::web: return "web";
        case request_source::mobile: return "mobile";
        case request_source::api: return "api";
    }
    return "web";
}

std::optional<request_source> request_source_named(std::string_view name) noexcept
{
    for (auto const source : {request_source::web, request_source::mobile, request_source::api})
        if (name == name_of(source)) return source;
    return std::nullopt;
}

std::string_view name_of(user_status status) noexcept { return status == user_status::active ? "active" : "disabled"; }

std::optional<user_status> status_named(std::string_view name) noexcept
{
    if (name == "active") return user_status::active;
    if (name == "disabled") return user_status::disabled;
    return std::nullopt;
}

}  // namespace mb::identity
