#include "adapters/json/texts.hpp"
#include "adapters/sql/identity_repositories.hpp"
#include "adapters/sql/query_text.hpp"
#include "adapters/sql/rows.hpp"

namespace mb::sql {
namespace {

constexpr char const* users_table = "sql.users";

/// Escapes what LIKE reads as a wildcard.
std::string pattern_of(std::string_view text)
{
    std::string pattern = "%";
    for (char const c : ascii_lower(text)) {
        if (c == '%' || c == '_' || c == '\\') pattern += '\\';
        pattern += c;
    }
    return pattern + '%';
}

}  // namespace

identity::user read_user(columns& from)
{
    // initialisers in braces are evaluated from left to right, so they take the columns in their order
    return identity::user{
        .id = from.identity<identity::user_id>(),
        .address = identity::email::restore(from.string()),
        .name = from.maybe([](columns& each) { return identity::username::restore(each.string()); }),
        .display_name = from.maybe_string(),
        .password_hash = from.maybe_string(),
        .email_verified = from.truth(),
        .status = from.named(identity::status_named),
        .roles = from.named(json::read_texts),
        .authz_version = from.integer(),
        .created_at = from.at(),
        .updated_at = from.at(),
        .last_login_at = from.maybe_at(),
        .second_factor = from.truth(),
        .login_habits = from.maybe_string(),
    };
}

outcome<std::optional<identity::user>> users::find(identity::user_id id)
{
    return first<identity::user>(on_, statement::user_by_id, {id}, users_table, read_user);
}

outcome<std::optional<identity::user>> users::find(identity::email const& address)
{
    return first<identity::user>(on_, statement::user_by_email, {address}, users_table, read_user);
}

outcome<std::optional<identity::user>> users::find(identity::username const& name)
{
    return first<identity::user>(on_, statement::user_by_username, {name}, users_table, read_user);
}

outcome<void> users::insert(identity::user const& added)
{
    auto const roles = json::write_texts(added.roles);
    MB_CHECK(on_.run(statement::insert_user, {added.id, added.address, added.name, added.display_name, added.password_hash, added.email_verified,
                                              identity::name_of(added.status), roles, added.authz_version, added.created_at, added.updated_at,
                                              added.last_login_at, added.second_factor, added.login_habits}));
    return grant(added);
}

outcome<void> users::update(identity::user const& changed)
{
    auto const roles = json::write_texts(changed.roles);
    MB_TRY(auto const rows,
           on_.run(statement::update_user, {changed.address, changed.name, changed.display_name, changed.password_hash, changed.email_verified,
                                            identity::name_of(changed.status), roles, changed.authz_version, changed.created_at, changed.updated_at,
                                            changed.last_login_at, changed.second_factor, changed.login_habits, changed.id}));
    if (rows == 0) return error{errc::unexpected, users_table, "update: no such user"};
    MB_CHECK(on_.run(statement::delete_user_roles, {changed.id}));
    return grant(changed);
}

/// user_roles repeats users.roles so that the holders of a role are found by an index.
outcome<void> users::grant(identity::user const& to)
{
    for (auto const& role : to.roles) MB_CHECK(on_.run(statement::insert_user_role, {to.id, role}));
    return {};
}

outcome<std::vector<identity::user>> users::list(ports::user_filter const& filter)
{
    // the column that leads through the answer in the order of ids is the one whose index narrows it most
    std::string_view const key = filter.role ? "r.user_id" : "u.id";
    auto const pattern = pattern_of(filter.text.value_or(""));

    query_text query;
    query.words("SELECT ").words(user_columns()).words(" FROM ").words(filter.role ? "user_roles r JOIN users u ON u.id = r.user_id" : "users u");
    query.condition().words("u.deleted_at IS NULL");
    if (filter.role) query.condition().words("r.role = ").bind(*filter.role);
    if (filter.status) query.condition().words("u.status = ").bind(identity::name_of(*filter.status));
    if (filter.verified) query.condition().words("u.email_verified = ").bind(*filter.verified);
    if (filter.text) {
        query.condition().words("(u.email LIKE ").bind(pattern).words(" ESCAPE '\\' OR u.username LIKE ").bind(pattern);
        query.words(" ESCAPE '\\' OR lower(u.display_name) LIKE ").bind(pattern).words(" ESCAPE '\\')");
    }
    if (filter.after) query.condition().words(key).words(" > ").bind(*filter.after);
    query.words(" ORDER BY ").words(key).words(" LIMIT ").words(std::to_string(filter.limit + 1));

    std::vector<identity::user> found;
    MB_CHECK(query.run(on_, [&](row const& each) -> outcome<void> {
        columns from{each};
        found.push_back(read_user(from));
        return from.finish(users_table);
    }));
    return found;
}

outcome<std::size_t> users::count_active(std::string_view role)
{
    MB_TRY(auto const count, first<std::size_t>(on_, statement::count_active_users, {role}, users_table,
                                                [](columns& from) { return static_cast<std::size_t>(from.integer()); }));
    return count.value_or(0);
}

}  // namespace mb::sql
