#include "apps/composition/run_server.hpp"

int main(int argc, char** argv) { return mb::composition::run_server(mb::config::profile::production, "metabuilder-server", argc, argv); }
