#include "apps/admin/run.hpp"

int main(int argc, char** argv) { return mb::admin::run(argc, argv); }
