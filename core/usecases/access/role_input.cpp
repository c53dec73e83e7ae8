#include "core/usecases/access/role_input.hpp"

#include <algorithm>
#include <optional>
#include <string_view>

namespace mb::usecases {
namespace {

/// "get:books" or "get:books:own", with the UUID of the entity instead of its name.
std::string with_identity(std::string_view text, catalogue const& known)
{
    auto const first = text.find(':');
    if (first == text.npos) return std::string(text);
    auto const second = text.find(':', first + 1);
    auto const entity = known.find_entity(text.substr(first + 1, second == text.npos ? second : second - first - 1));
    if (entity == nullptr) return std::string(text);
    std::string made(text.substr(0, first + 1));
    made += entity->definition.id.text();
    if (second != text.npos) made += text.substr(second);
    return made;
}

std::optional<access::permission> read_permission(std::string_view text, catalogue const& known)
{
    auto read = access::permission_named(text);
    if (!read) read = access::permission_named(with_identity(text, known));
    if (!read || (read->entity && known.find_entity(read->entity->text()) == nullptr)) return std::nullopt;
    return read;
}

/// Names of the permissions that the one has and the other hasn't.
std::string beyond(access::role const* has, access::role const* lacks)
{
    std::string names;
    if (has == nullptr) return names;
    for (auto const& each : has->permissions) {
        if (lacks != nullptr && std::ranges::find(lacks->permissions, each) != lacks->permissions.end()) continue;
        names += (names.empty() ? "" : ",") + access::text_of(each);
    }
    return names;
}

}  // namespace

access::role read_role(role_input const& asked, catalogue const& known, violations& broken)
{
    access::role made;
    made.name = asked.name;
    made.description = asked.description;
    made.administers = asked.administers;
    for (std::size_t i = 0; i < asked.permissions.size(); ++i) {
        if (auto const read = read_permission(asked.permissions[i], known))
            made.permissions.push_back(*read);
        else
            broken.push_back({pointer_to("/permissions", i), violation_code::not_an_option});
    }
    return made;
}

outcome<std::vector<access::role>> hold_roles(ports::transaction& tx, std::vector<std::string> const& names)
{
    auto in_order = names;  // so that two who hold the same ones don't wait for each other
    std::ranges::sort(in_order);
    in_order.erase(std::ranges::unique(in_order).begin(), in_order.end());
    std::vector<access::role> held;
    for (auto const& name : in_order) {
        MB_TRY(auto found, tx.roles().find(name));
        if (found) held.push_back(*std::move(found));
    }
    return held;
}

audit::event_metadata describe_change(access::role const* before, access::role const* after)
{
    audit::event_metadata said{
        {"role", (after != nullptr ? after : before)->name},
        {"change", before == nullptr  ? "created"
                   : after == nullptr ? "deleted"
                                      : "changed"},
        {"added", beyond(after, before)},
        {"removed", beyond(before, after)},
    };
    bool const did = before != nullptr && before->administers;
    bool const does = after != nullptr && after->administers;
    if (did != does) said.emplace_back("administers", does ? "given" : "taken");
    return said;
}

}  // namespace mb::usecases
