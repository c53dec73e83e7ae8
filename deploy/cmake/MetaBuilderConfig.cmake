# Installed as it is: core needs nothing but the standard library, so there is no dependency to find.
include(${CMAKE_CURRENT_LIST_DIR}/MetaBuilderTargets.cmake)
