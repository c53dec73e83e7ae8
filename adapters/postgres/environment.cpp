#include "adapters/postgres/environment.hpp"

#include <libpq-fe.h>

#include <memory>
#include <string_view>

namespace mb::postgres {

outcome<client_environment> environment_of(std::string const& url)
{
    std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> const options(PQconninfoParse(url.c_str(), nullptr), &PQconninfoFree);
    // libpq's own words would repeat parts of the URL
    if (!options) return error{errc::unexpected, "postgres.environment", "DATABASE_URL can't be read"};
    client_environment made;
    for (auto const* each = options.get(); each->keyword != nullptr; ++each) {
        if (each->val == nullptr) continue;
        if (std::string_view{each->keyword} == "dbname") made.database = each->val;
        if (each->envvar != nullptr) made.variables.push_back(std::string(each->envvar) + "=" + each->val);
    }
    return made;
}

}  // namespace mb::postgres
