#include "apps/composition/user_import.hpp"

#include "adapters/user_lines/account_lines.hpp"

namespace mb::composition {

outcome<usecases::import_report> import_users(services& with, std::string const& path, usecases::import_wishes const& wishes)
{
    usecases::import_users const run(with.store(), with.clock(), with.random(), with.hasher(), {});
    auto const lines = [&](function_ref<outcome<bool>(usecases::import_line &&)> take) { return user_lines::read_accounts(path, take); };
    return run(lines, wishes, own_origin(with.random(), with.clock().now()));
}

}  // namespace mb::composition
