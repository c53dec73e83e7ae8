#include "apps/admin/failures.hpp"

#include <cstdio>

namespace mb::admin {

int fail(error const& failure)
{
    std::fprintf(stderr, "❌ %s [%s, %s]\n", failure.detail.c_str(), failure.where, name_of(failure.code));
    return 1;
}

int fail(std::string const& why)
{
    std::fprintf(stderr, "❌ %s\n", why.c_str());
    return 1;
}

}  // namespace mb::admin
