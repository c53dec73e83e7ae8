#include "adapters/json/texts.hpp"
#include "adapters/sql/columns.hpp"
#include "adapters/sql/identity_repositories.hpp"

namespace mb::sql {
namespace {

std::optional<std::vector<access::permission>> permissions_of(std::string_view json)
{
    auto const texts = json::read_texts(json);
    if (!texts) return std::nullopt;
    std::vector<access::permission> permissions;
    for (auto const& each : *texts) {
        auto const read = access::permission_named(each);
        if (!read) return std::nullopt;
        permissions.push_back(*read);
    }
    return permissions;
}

access::role read_role(columns& from)
{
    return access::role{
        .name = from.string(),
        .description = from.string(),
        .permissions = from.named(permissions_of),
        .built_in = from.truth(),
        .administers = from.truth(),
        .version = from.integer(),
    };
}

std::string place_of(std::string_view kid) { return "jwt_signing_keys|secret|" + std::string(kid); }

}  // namespace

outcome<std::vector<tokens::signing_key>> signing_keys::list()
{
    std::vector<tokens::signing_key> keys;
    MB_CHECK(on_.run(statement::list_signing_keys, {}, [&](row const& each) -> outcome<void> {
        columns from{each};
        auto kid = from.string();
        MB_TRY(auto material, seals_.open(place_of(kid), from.bytes()));
        keys.push_back({
            .kid = std::move(kid),
            .material = std::move(material),
            .state = from.named(tokens::key_state_named),
            .created_at = from.at(),
            .activated_at = from.maybe_at(),
            .retired_at = from.maybe_at(),
            .expires_at = from.maybe_at(),
        });
        return from.finish("sql.jwt_signing_keys");
    }));
    return keys;
}

outcome<void> signing_keys::save(tokens::signing_key const& saved)
{
    auto const sealed = seals_.seal(place_of(saved.kid), saved.material.reveal());
    return ran(on_.run(statement::save_signing_key,
                       {saved.kid, blob{sealed}, name_of(saved.state), saved.created_at, saved.activated_at, saved.retired_at, saved.expires_at}));
}

outcome<std::size_t> signing_keys::purge(instant before, std::size_t batch)
{
    return touched(on_.run(statement::purge_signing_keys, {before, batch}));
}

outcome<std::vector<access::role>> roles::list() { return all<access::role>(on_, statement::list_roles, {}, "sql.roles", read_role); }

outcome<std::optional<access::role>> roles::find(std::string_view name)
{
    return first<access::role>(on_, statement::role_by_name, {name}, "sql.roles", read_role);
}

outcome<void> roles::insert(access::role const& added) { return write(statement::insert_role, added); }

outcome<void> roles::save(access::role const& saved) { return write(statement::save_role, saved); }

outcome<void> roles::remove(std::string_view name) { return ran(on_.run(statement::delete_role, {name})); }

outcome<void> roles::write(statement how, access::role const& written)
{
    std::vector<std::string> permissions;
    for (auto const& each : written.permissions) permissions.push_back(access::text_of(each));
    auto const json = json::write_texts(permissions);
    return ran(on_.run(how, {written.name, written.description, json, written.built_in, written.administers, written.version}));
}

outcome<std::int64_t> catalogue_revisions::current()
{
    MB_TRY(auto const stored, first<std::int64_t>(on_, statement::current_catalogue, {}, "sql.epoch", [](columns& from) { return from.integer(); }));
    if (!stored) return error{errc::corrupt, "sql.epoch", "the catalogue's revision is missing"};
    return *stored;
}

outcome<void> catalogue_revisions::advance() { return ran(on_.run(statement::advance_catalogue)); }

outcome<std::int64_t> catalogue_revisions::count_restore()
{
    MB_TRY(auto const counted, first<std::int64_t>(on_, statement::count_restore, {}, "sql.epoch", [](columns& from) { return from.integer(); }));
    if (!counted) return error{errc::corrupt, "sql.epoch", "the count of restores is missing"};
    return *counted;
}

}  // namespace mb::sql
