# What an embedder gets: `find_package(MetaBuilder)`, and then MetaBuilder::core (domain, ports and use cases), MetaBuilder::memory (the store
# without a database), MetaBuilder::memory_shared (what replicas share, for a single one) and, if tests are built, MetaBuilder::testing (the fakes). Headers keep their folders, so that includes read as they
# do in this repository.
#   cmake --install build/release --prefix <where> --component core

include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

set(MB_PACKAGE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/MetaBuilder)

# mb_install(<target> <name>): gives the target to embedders as MetaBuilder::<name>.
function(mb_install target name)
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${name})
  add_library(MetaBuilder::${name} ALIAS ${target})
  install(TARGETS ${target} EXPORT MetaBuilderTargets
    ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT core
    FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/metabuilder COMPONENT core
    FILE_SET headers_without_source DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/metabuilder COMPONENT core)
endfunction()

mb_install(mb_domain domain)
mb_install(mb_ports ports)
mb_install(mb_usecases core)
mb_install(mb_memory memory)
mb_install(mb_memory_shared memory_shared)

install(EXPORT MetaBuilderTargets NAMESPACE MetaBuilder:: DESTINATION ${MB_PACKAGE_DIR} COMPONENT core)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/MetaBuilderConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_LIST_DIR}/MetaBuilderConfig.cmake ${PROJECT_BINARY_DIR}/MetaBuilderConfigVersion.cmake
  DESTINATION ${MB_PACKAGE_DIR} COMPONENT core)
