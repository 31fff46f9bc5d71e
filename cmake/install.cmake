# cmake --install puts the modules, their headers and waybill-config.cmake where find_package() finds them.

include(CMakePackageConfigHelpers)

get_property(modules GLOBAL PROPERTY WAYBILL_MODULES)
list(TRANSFORM modules PREPEND waybill_ OUTPUT_VARIABLE targets)
install(TARGETS ${targets} EXPORT waybill_targets FILE_SET HEADERS)
install(EXPORT waybill_targets NAMESPACE waybill:: FILE waybill-targets.cmake
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/waybill)
configure_package_config_file(cmake/waybill-config.cmake.in ${CMAKE_BINARY_DIR}/waybill-config.cmake
                              INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/waybill
                              PATH_VARS CMAKE_INSTALL_DATADIR)
write_basic_package_version_file(${CMAKE_BINARY_DIR}/waybill-config-version.cmake
                                 COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/waybill-config.cmake ${CMAKE_BINARY_DIR}/waybill-config-version.cmake
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/waybill)
install(FILES cmake/add_contracts.cmake cmake/add_migrations.cmake cmake/embed_migrations.cmake
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/waybill)
