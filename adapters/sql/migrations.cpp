#include "adapters/sql/migrations.hpp"

#include <array>
#include <charconv>

namespace mb::sql {
namespace {

constexpr char const* where = "sql.migrations";

outcome<void> refuse_foreign(schema_status const& status)
{
    auto const versions = " (stored version " + std::to_string(status.stored) + ", known version " + std::to_string(status.known) + ")";
    if (status.state == schema_state::newer)
        return error{errc::corrupt, where,
                     "the database was changed by a newer program" + versions + ": install it, then run metabuilder-admin migrate"};
    if (status.state == schema_state::altered)
        return error{errc::corrupt, where,
                     "a migration that ran is not the one of this program" + versions
                         + ": install the program that made the database, then run metabuilder-admin migrate"};
    return {};
}

}  // namespace

std::string checksum(std::string_view script)
{
    std::uint64_t folded = 0xcbf29ce484222325u;
    for (char const c : script) folded = (folded ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
    std::array<char, 16> digits{};
    auto const end = std::to_chars(digits.data(), digits.data() + digits.size(), folded, 16).ptr;
    std::string text(digits.data(), end);
    return std::string(16 - text.size(), '0') + text;
}

outcome<schema_status> read_schema(session& on, dialect const& with)
{
    auto const known = with.migrations();
    schema_status status;
    status.known = static_cast<int>(known.size());
    bool exists = false;
    MB_CHECK(on.run(statement::has_migrations, {}, [&](row const&) -> outcome<void> {
        exists = true;
        return {};
    }));
    if (!exists) return status;

    bool altered = false;
    MB_CHECK(on.run(statement::list_migrations, {}, [&](row const& each) -> outcome<void> {
        auto const version = each.integer(0);
        bool const in_sequence = version == ++status.stored;
        if (!in_sequence) altered = true;
        if (in_sequence && status.stored <= status.known && each.text(1) != checksum(known[static_cast<std::size_t>(version) - 1].script))
            altered = true;
        return {};
    }));
    if (altered)
        status.state = schema_state::altered;
    else if (status.stored > status.known)
        status.state = schema_state::newer;
    else if (status.stored == status.known)
        status.state = schema_state::current;
    else
        status.state = status.stored == 0 ? schema_state::empty : schema_state::behind;
    return status;
}

outcome<void> require_current(schema_status const& status)
{
    MB_CHECK(refuse_foreign(status));
    if (status.state == schema_state::current) return {};
    return error{errc::corrupt, where,
                 "the schema has version " + std::to_string(status.stored) + ", this program needs " + std::to_string(status.known)
                     + ": run metabuilder-admin migrate"};
}

outcome<bool> migrate_one(session& on, dialect const& with, instant now)
{
    MB_TRY(auto const status, read_schema(on, with));
    MB_CHECK(refuse_foreign(status));
    if (status.state == schema_state::current) return false;
    if (status.stored == 0) MB_CHECK(on.run(statement::create_migrations));
    auto const& step = with.migrations()[static_cast<std::size_t>(status.stored)];
    MB_CHECK(on.script(step.script));
    MB_CHECK(on.run(statement::insert_migration, {step.version, step.name, checksum(step.script), now}));
    return true;
}

}  // namespace mb::sql
