#include "tests/contract/stores.hpp"

#include "adapters/memory/database/memory_store.hpp"

#if __has_include("adapters/sqlite/sqlite_store.hpp")
#define MB_CONTRACT_SQLITE
#include "adapters/sqlite/sqlite_store.hpp"
#include "tests/contract/samples.hpp"
#include "tests/contract/steps.hpp"
#include "tests/fakes/plain_cryptography.hpp"

#include <cstdlib>
#include <filesystem>
#include <string>
#endif

#if __has_include("adapters/postgres/postgres_store.hpp")
#define MB_CONTRACT_POSTGRES
#include "adapters/postgres/postgres_store.hpp"
#include "tests/postgres/database.hpp"
#endif

#include <array>

namespace mb::contract {
namespace {

class in_memory final : public place {
public:
    std::unique_ptr<ports::store> make() override { return std::make_unique<memory::memory_store>(); }
};

#ifdef MB_CONTRACT_SQLITE

/// Opened and migrated.
std::unique_ptr<ports::store> make_sqlite(std::string path, ports::sealer const& seals)
{
    sqlite::options how;
    how.path = std::move(path);
    auto store = must(sqlite::sqlite_store::open(how, seals));
    must(store->migrate(start));
    return store;
}

class in_sqlite_memory final : public place {
public:
    std::unique_ptr<ports::store> make() override { return make_sqlite(sqlite::memory_path, seals_); }

private:
    fakes::plain_sealer seals_;
};

class in_sqlite_file final : public place {
public:
    in_sqlite_file()
    {
        auto name = (std::filesystem::temp_directory_path() / "mb-contract-XXXXXX").string();
        if (mkdtemp(name.data()) == nullptr) FAIL("no folder for the database");
        folder_ = name;
    }
    ~in_sqlite_file() override
    {
        std::error_code ignored;  // what is left lies in the system's folder for such things
        std::filesystem::remove_all(folder_, ignored);
    }
    std::unique_ptr<ports::store> make() override { return make_sqlite(folder_ / "metabuilder.db", seals_); }

private:
    fakes::plain_sealer seals_;
    std::filesystem::path folder_;
};

#endif

#ifdef MB_CONTRACT_POSTGRES

class in_postgres final : public place {
public:
    std::unique_ptr<ports::store> make() override
    {
        postgres::options how;
        how.url = database_.url();
        how.connections = 9;  // as many as the threads of the widest race, and one
        return must(postgres::postgres_store::open(how, seals_));
    }

private:
    postgres_testing::database database_;
    fakes::plain_sealer seals_;
};

#endif

template <class Place>
std::unique_ptr<place> open()
{
    return std::make_unique<Place>();
}

constexpr auto kinds = std::to_array<store_kind>({
    {"memory", open<in_memory>},
#ifdef MB_CONTRACT_SQLITE
    {"sqlite :memory:", open<in_sqlite_memory>},
    {"sqlite file", open<in_sqlite_file>},
#endif
#ifdef MB_CONTRACT_POSTGRES
    {"postgres", open<in_postgres>},
#endif
});

}  // namespace

std::span<store_kind const> store_kinds() { return kinds; }

}  // namespace mb::contract
