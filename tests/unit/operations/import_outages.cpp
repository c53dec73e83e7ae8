#include "core/usecases/operations/import_users.hpp"
#include "tests/unit/operations/brittle_world.hpp"

using namespace mb;
using namespace mb::testing;
using usecases::import_line;

TEST_CASE_METHOD(brittle_world, "whichever call of the storage fails, an import says so and leaves nothing behind")
{
    usecases::import_users const import{store, clock, random, hasher, {}};
    std::vector<usecases::imported_account> accounts(2);
    accounts[0].email = "leo@example.org";
    accounts[0].username = "leo";
    accounts[0].password_hash = "$foreign$leo";
    accounts[1].email = "mia@example.org";
    auto const walk = [&](function_ref<outcome<bool>(import_line &&)> take) -> outcome<void> {
        std::size_t number = 0;
        for (auto const& each : accounts) {
            MB_TRY(bool const going, take({++number, each}));
            if (!going) break;
        }
        return {};
    };
    SECTION("new accounts")
    {
        survives_every_failure([&] { return import(walk, {}, request()); });
    }
    SECTION("known ones that are left alone")
    {
        accounts[0].email = "ana@example.org";
        accounts[0].username = "ana";
        survives_every_failure([&] {
            return import(walk, {usecases::admin_import::refused, usecases::known_account::is_left_alone, usecases::import_effect::writes},
                          request());
        });
    }
    SECTION("one that administers")
    {
        accounts[1].roles = {"admin"};
        survives_every_failure([&] {
            return import(walk, {usecases::admin_import::allowed, usecases::known_account::is_a_problem, usecases::import_effect::writes}, request());
        });
    }
}
