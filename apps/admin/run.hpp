#pragma once

namespace mb::admin {

/// Does what the command line of metabuilder-admin asks for. @return the process's exit code
int run(int argc, char const* const* argv);

}  // namespace mb::admin
