#include "adapters/sql/audit_repositories.hpp"
#include "adapters/sql/columns.hpp"

#include <utility>

namespace mb::sql {
namespace {

std::string place_of(std::int64_t number) { return "audit_seals|salt|" + std::to_string(number); }

}  // namespace

outcome<std::vector<audit::seal>> audit_seals::read(statement what, std::initializer_list<parameter> values)
{
    std::vector<audit::seal> found;
    MB_CHECK(on_.run(what, values, [&](row const& each) -> outcome<void> {
        columns from{each};
        audit::seal made;
        made.number = from.integer();
        made.through.at = from.at();
        made.through.id = from.identity<audit::log_id>();
        made.sealed_at = from.at();
        auto rows = audit::read_rows(from.bytes());
        made.previous = from.array<32>();
        made.digest = from.array<32>();
        made.signature = from.array<32>();
        auto const salt = from.maybe([](columns& column) { return std::string(column.bytes()); });
        if (!rows) return error{errc::corrupt, "sql.audit_seals", "the rows of a seal can't be read"};
        made.rows = *std::move(rows);
        if (salt) {
            MB_TRY(made.salt, seals_.open(place_of(made.number), *salt));
        }
        MB_CHECK(from.finish("sql.audit_seals"));
        found.push_back(std::move(made));
        return {};
    }));
    return found;
}

outcome<std::optional<audit::seal>> audit_seals::newest()
{
    MB_TRY(auto found, read(statement::newest_seal, {}));
    if (found.empty()) return std::optional<audit::seal>{};
    return std::optional{std::move(found.front())};
}

outcome<void> audit_seals::append(audit::seal const& added)
{
    auto const rows = audit::write_rows(added.rows);
    std::optional<std::string> salt;
    if (added.salt) salt = seals_.seal(place_of(added.number), added.salt->reveal());
    auto const sealed = salt ? std::optional(blob{*salt}) : std::nullopt;
    return ran(on_.run(statement::append_seal, {added.number, added.through.at, added.through.id, added.sealed_at, blob{rows}, added.previous,
                                                added.digest, added.signature, sealed}));
}

outcome<std::vector<audit::seal>> audit_seals::after(std::int64_t number, std::size_t limit) { return read(statement::seals_after, {number, limit}); }

outcome<std::vector<audit::seal>> audit_seals::reaching(audit::position above) { return read(statement::seals_reaching, {above.at, above.id}); }

outcome<void> audit_seals::forget(instant until) { return ran(on_.run(statement::forget_salts, {until})); }

}  // namespace mb::sql
