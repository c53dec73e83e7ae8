#include "adapters/postgres/integrity.hpp"

#include <array>
#include <vector>

namespace mb::postgres {
namespace {

/// Each answers what is wrong, one row each.
constexpr auto questions = std::to_array<std::string_view>({
    "SELECT 'the index ' || i.indexrelid::regclass::text || ' is not valid: REINDEX it' FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON "
    "c.oid "
    "= i.indexrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname IN ('mb_meta', 'mb_data') AND NOT i.indisvalid",
    "SELECT 'the table mb_data.e_' || e.number || ' of an entity is missing' FROM mb_meta.entities e WHERE to_regclass('mb_data.e_' || e.number) IS "
    "NULL",
    "SELECT 'the column f_' || f.number || ' of mb_data.e_' || e.number || ' is missing' FROM mb_meta.fields f JOIN mb_meta.entities e ON e.id = "
    "f.entity_id WHERE NOT EXISTS (SELECT 1 FROM pg_catalog.pg_attribute a WHERE a.attrelid = to_regclass('mb_data.e_' || e.number) AND a.attname = "
    "'f_' || f.number AND NOT a.attisdropped)",
    "SELECT 'the table mb_data.' || c.relname || ' belongs to no entity' FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = "
    "c.relnamespace WHERE n.nspname = 'mb_data' AND c.relkind = 'r' AND NOT EXISTS (SELECT 1 FROM mb_meta.entities e WHERE 'e_' || e.number = "
    "c.relname)",
    "SELECT 'a session of ' || f.user_id || ', who is not there' FROM mb_meta.refresh_token_families f WHERE NOT EXISTS (SELECT 1 FROM mb_meta.users "
    "u WHERE u.id = f.user_id)",
    "SELECT 'a token of ' || t.user_id || ', who is not there' FROM mb_meta.email_tokens t WHERE NOT EXISTS (SELECT 1 FROM mb_meta.users u WHERE "
    "u.id "
    "= t.user_id)",
    "SELECT 'a role of ' || r.user_id || ', who is not there' FROM mb_meta.user_roles r WHERE NOT EXISTS (SELECT 1 FROM mb_meta.users u WHERE u.id = "
    "r.user_id)",
    "SELECT 'a field of ' || f.entity_id || ', which is not there' FROM mb_meta.fields f WHERE NOT EXISTS (SELECT 1 FROM mb_meta.entities e WHERE "
    "e.id = f.entity_id)",
});

constexpr std::string_view our_tables =
    "SELECT format('SELECT count(t::text) FROM %I.%I t', n.nspname, c.relname) FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = "
    "c.relnamespace WHERE n.nspname IN ('mb_meta', 'mb_data') AND c.relkind = 'r' ORDER BY n.nspname, c.relname";

outcome<std::vector<std::string>> texts_of(session& on, std::string_view question)
{
    std::vector<std::string> answers;
    MB_CHECK(on.run(question, {}, [&](sql::row const& each) -> outcome<void> {
        answers.emplace_back(each.text(0));
        return {};
    }));
    return answers;
}

}  // namespace

outcome<std::string> find_problems(session& on)
{
    std::string found;
    for (auto const question : questions) {
        MB_TRY(auto const answers, texts_of(on, question));
        for (auto const& each : answers) found.append(found.empty() ? "" : "\n").append(each);
    }
    // as text, so that values that lie outside of their rows are read too
    MB_TRY(auto const tables, texts_of(on, our_tables));
    for (auto const& each : tables) MB_CHECK(on.run(each));
    return found;
}

}  // namespace mb::postgres
