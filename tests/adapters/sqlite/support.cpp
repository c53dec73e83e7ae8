#include "tests/adapters/sqlite/support.hpp"

#include <catch2/catch.hpp>
#include <sqlite3.h>

#include <cstdlib>
#include <stdexcept>

namespace mb::sqlite::testing {

folder::folder()
{
    auto pattern = (std::filesystem::temp_directory_path() / "mb_sqlite_XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
    path_ = pattern;
}

folder::~folder()
{
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

fakes::plain_sealer const& seals()
{
    static fakes::plain_sealer const one;
    return one;
}

std::unique_ptr<sqlite_store> open_store(std::string const& path, options how)
{
    how.path = path;
    auto opened = sqlite_store::open(how, seals());
    INFO((opened ? "" : opened.error().detail));
    REQUIRE(opened);
    return *std::move(opened);
}

std::unique_ptr<sqlite_store> fresh_store(std::string const& path, options how)
{
    auto store = open_store(path, std::move(how));
    auto const migrated = store->migrate(start);
    INFO((migrated ? "" : migrated.error().detail));
    REQUIRE(migrated);
    return store;
}

identity::user sample_user(std::uint64_t number)
{
    return {.id = numbered<identity::user_id>(number),
            .address = identity::email::restore("user" + std::to_string(number) + "@example.org"),
            .name = identity::username::restore("user" + std::to_string(number)),
            .display_name = "User " + std::to_string(number),
            .password_hash = "mb1$x",
            .email_verified = number % 2 == 0,
            .status = identity::user_status::active,
            .roles = {"user"},
            .authz_version = 1,
            .created_at = start,
            .updated_at = start,
            .last_login_at = std::nullopt};
}

tokens::family sample_family(std::uint64_t number, identity::user_id owner)
{
    tokens::family made;
    made.id = numbered<tokens::family_id>(number);
    made.owner = owner;
    made.kid = "0123456789abcdef";
    made.current_jti = numbered<tokens::token_id>(1'000'000 + number);
    made.access_jti = numbered<tokens::token_id>(2'000'000 + number);
    made.ip = {"ip"};
    made.user_agent = "agent";
    made.created_at = made.last_used_at = start;
    made.expires_at = start + std::chrono::days{7};
    return made;
}

audit::event sample_event(std::uint64_t number)
{
    audit::event made;
    made.id = numbered<audit::log_id>(number);
    made.type = audit::event_type::record_created;
    made.level = audit::severity::low;
    made.user_agent = "agent";
    made.correlation = numbered<audit::correlation_id>(number);
    made.endpoint = "/api/v1/entities/{id}/records";
    made.http_method = "POST";
    made.status_code = 201;
    made.at = start + std::chrono::microseconds{number};
    return made;
}

mb::entities::entity_definition sample_entity(std::vector<shape::kind> const& types)
{
    mb::entities::entity_definition made;
    made.id = numbered<mb::entities::entity_id>(1);
    made.number = 1;
    made.name = identifier::restore("things");
    made.created_at = made.updated_at = start;
    for (std::size_t i = 0; i < types.size(); ++i) {
        mb::entities::field_definition field;
        field.id = numbered<mb::entities::field_id>(i + 1);
        field.number = static_cast<std::int64_t>(i + 1);
        field.name = identifier::restore(std::string(1, static_cast<char>('a' + i)));
        field.type = types[i];
        made.fields.push_back(std::move(field));
    }
    return made;
}

void create_entity(ports::store& in, mb::entities::entity_definition& entity, std::vector<std::size_t> const& indexed,
                   std::vector<std::size_t> const& unique)
{
    mb::entities::schema_plan plan{mb::entities::create_table{}};
    for (auto const& field : entity.fields) plan.emplace_back(mb::entities::add_column{field});
    for (auto const at : indexed) {
        entity.fields[at].is_indexed = true;
        plan.emplace_back(mb::entities::create_index{entity.fields[at], false});
    }
    for (auto const at : unique) {
        entity.fields[at].is_unique = true;
        plan.emplace_back(mb::entities::create_index{entity.fields[at], true});
    }
    auto const created = in.transact([&](ports::transaction& tx) -> outcome<void> {
        MB_CHECK(tx.entities().save(entity));
        return tx.entities().alter(entity, plan);
    });
    INFO((created ? "" : created.error().detail));
    REQUIRE(created);
}

mb::entities::record sample_record(std::uint64_t number, std::vector<mb::entities::cell> cells)
{
    mb::entities::record made;
    made.id = numbered<mb::entities::record_id>(number);
    made.created_at = made.updated_at = start + std::chrono::microseconds{number};
    made.cells = std::move(cells);
    return made;
}

std::vector<std::string> ask(std::string const& path, std::string const& text)
{
    sqlite3* handle = nullptr;
    std::vector<std::string> answers;
    REQUIRE(sqlite3_open_v2(path.c_str(), &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr) == SQLITE_OK);
    auto const collect = [](void* to, int, char** values, char**) {
        static_cast<std::vector<std::string>*>(to)->emplace_back(values[0] == nullptr ? "" : values[0]);
        return 0;
    };
    int const code = sqlite3_exec(handle, text.c_str(), collect, &answers, nullptr);
    INFO(sqlite3_errmsg(handle));
    CHECK(code == SQLITE_OK);
    sqlite3_close(handle);
    return answers;
}

}  // namespace mb::sqlite::testing
