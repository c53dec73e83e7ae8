#include "core/usecases/identity/account_input.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace mb::usecases {

std::variant<accepted_account, violations> accept_names(account_names const& asked, std::string_view parent)
{
    violations broken;
    auto const address = identity::email::parse(asked.email);
    if (!address) broken.push_back({pointer_to(parent, "email"), violation_code::wrong_format, "email"});
    std::optional<identity::username> name;
    if (asked.username) name = accept_username(*asked.username, broken, pointer_to(parent, "username"));
    if (asked.display_name) check_display_name(*asked.display_name, broken, pointer_to(parent, "display_name"));
    if (!broken.empty()) return broken;
    return accepted_account{*address, std::move(name)};
}

std::variant<accepted_account, violations> accept_account(account_input const& asked, ports::password_judge const& judge,
                                                          identity::password_policy const& passwords, std::string_view parent)
{
    auto named = accept_names({asked.email, asked.username, asked.display_name}, parent);
    violations broken;
    if (auto* wrong = std::get_if<violations>(&named)) broken = std::move(*wrong);
    identity::password_estimate estimate;
    if (asked.password.size() <= passwords.bytes_max) {  // estimating takes more than linear time
        std::array<std::string, 2> const context{asked.email.substr(0, asked.email.find('@')), asked.username.value_or("")};
        estimate = judge.estimate(asked.password, context);
    }
    auto const weak = identity::decide_password(asked.password, estimate, passwords, pointer_to(parent, "password"));
    broken.insert(broken.end(), weak.begin(), weak.end());
    if (!broken.empty()) return broken;
    return named;
}

std::optional<identity::username> accept_username(std::string_view text, violations& broken, std::string pointer)
{
    auto name = identity::username::parse(text);
    if (!name) broken.push_back({std::move(pointer), violation_code::wrong_format, "username"});
    return name;
}

void check_display_name(std::string_view text, violations& broken, std::string const& pointer)
{
    auto const length = count_code_points(text);
    if (!is_utf8(text) || has_control(text)) broken.push_back({pointer, violation_code::wrong_format, "printable"});
    if (length == 0) broken.push_back({pointer, violation_code::too_short, "1"});
    if (length > display_name_characters_max) broken.push_back({pointer, violation_code::too_long, std::to_string(display_name_characters_max)});
}

violations check_roles(std::vector<std::string> const& names, std::vector<access::role> const& known)
{
    violations broken;
    for (std::size_t i = 0; i < names.size(); ++i)
        if (std::ranges::find(known, names[i], &access::role::name) == known.end())
            broken.push_back({pointer_to("/roles", i), violation_code::not_an_option});
    return broken;
}

std::vector<std::string> without_repeats(std::vector<std::string> const& names)
{
    std::vector<std::string> kept;
    for (auto const& each : names)
        if (std::ranges::find(kept, each) == kept.end()) kept.push_back(each);
    return kept;
}

}  // namespace mb::usecases
