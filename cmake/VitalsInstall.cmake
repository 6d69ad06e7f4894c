# Install rules: headers, libraries, the package config with its components, pkg-config files.
#
# A component is a module or an aggregate. What it needs (other components, CMake packages,
# pkg-config modules) is derived from what vitals_module() was told to link, so that a consumer of
# `core` is never asked for Boost.

include(CMakePackageConfigHelpers)

set(VITALS_CMAKE_INSTALL_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/vitals)
set(VITALS_PKGCONFIG_INSTALL_DIR ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

# vitals_split_links(<prefix> <targets...>): sorts link targets into <prefix>_COMPONENTS (ours),
# <prefix>_PACKAGES (arguments of find_dependency, one quoted string each), <prefix>_PKGCONFIG
# (pkg-config modules) and <prefix>_FLAGS (what has no pkg-config module).
function(vitals_split_links prefix)
  set(components "")
  set(packages "")
  set(modules "")
  set(flags "")
  foreach(link IN LISTS ARGN)
    if(link MATCHES "^vitals::(.+)$")
      list(APPEND components ${CMAKE_MATCH_1})
    elseif(link MATCHES "^absl::(.+)$")
      list(APPEND packages absl)
      list(APPEND modules absl_${CMAKE_MATCH_1})
    elseif(link STREQUAL "fmt::fmt")
      list(APPEND packages fmt)
      list(APPEND modules fmt)
    elseif(link STREQUAL "Threads::Threads")
      list(APPEND packages Threads)
      list(APPEND flags -pthread)
    elseif(link STREQUAL "Boost::headers")
      list(APPEND packages "Boost 1.74")
    elseif(link STREQUAL "CURL::libcurl")
      list(APPEND packages "CURL 7.88")
      list(APPEND modules libcurl)
    elseif(link STREQUAL "OpenSSL::SSL")
      list(APPEND packages OpenSSL)
      list(APPEND modules libssl libcrypto)
    elseif(link STREQUAL "OpenSSL::Crypto")
      list(APPEND packages OpenSSL)
      list(APPEND modules libcrypto)
    elseif(link STREQUAL "ZLIB::ZLIB")
      list(APPEND packages ZLIB)
      list(APPEND modules zlib)
    elseif(link STREQUAL "prometheus-cpp::core")
      list(APPEND packages prometheus-cpp)
      list(APPEND modules prometheus-cpp-core)
    elseif(link STREQUAL "spdlog::spdlog")
      list(APPEND packages spdlog)
      list(APPEND modules spdlog)
    else()
      message(FATAL_ERROR "VitalsInstall.cmake does not know which package ${link} comes from: add it to vitals_split_links")
    endif()
  endforeach()
  foreach(kind IN ITEMS components packages modules flags)
    list(REMOVE_DUPLICATES ${kind})
  endforeach()
  set(${prefix}_COMPONENTS ${components} PARENT_SCOPE)
  set(${prefix}_PACKAGES ${packages} PARENT_SCOPE)
  set(${prefix}_PKGCONFIG ${modules} PARENT_SCOPE)
  set(${prefix}_FLAGS ${flags} PARENT_SCOPE)
endfunction()

# vitals_write_pkgconfig(<component>): vitals-<component>.pc, from pub_* and priv_* of the caller.
# Private requirements matter to static links alone: pkg-config --static asks for them.
function(vitals_write_pkgconfig component)
  set(pc_requires ${pub_PKGCONFIG})
  foreach(other IN LISTS pub_COMPONENTS)
    list(APPEND pc_requires vitals-${other})
  endforeach()
  set(pc_requires_private ${priv_PKGCONFIG})
  foreach(other IN LISTS priv_COMPONENTS)
    list(APPEND pc_requires_private vitals-${other})
  endforeach()
  list(JOIN pc_requires ", " PC_REQUIRES)
  list(JOIN pc_requires_private ", " PC_REQUIRES_PRIVATE)
  list(JOIN pub_FLAGS " " PC_FLAGS)
  get_property(is_aggregate GLOBAL PROPERTY VITALS_${component}_IS_AGGREGATE)
  set(PC_LIBS "")
  if(NOT is_aggregate)
    set(PC_LIBS "-L\${libdir} -lvitals_${component}")
  endif()
  set(PC_DEFINITIONS "")
  if(BUILD_SHARED_LIBS)
    set(PC_DEFINITIONS " -DVITALS_SHARED")
  endif()
  if(component STREQUAL "vitals")
    set(PC_NAME vitals)
  else()
    set(PC_NAME vitals-${component})
  endif()
  configure_file(${PROJECT_SOURCE_DIR}/cmake/vitals.pc.in ${PROJECT_BINARY_DIR}/pkgconfig/${PC_NAME}.pc @ONLY)
  install(FILES ${PROJECT_BINARY_DIR}/pkgconfig/${PC_NAME}.pc DESTINATION ${VITALS_PKGCONFIG_INSTALL_DIR})
endfunction()

# pkg-config files name their prefix relative to themselves, so that the tree can be moved.
file(RELATIVE_PATH PC_PREFIX /${VITALS_PKGCONFIG_INSTALL_DIR} /)
string(REGEX REPLACE "/$" "" PC_PREFIX "\${pcfiledir}/${PC_PREFIX}")

get_property(components GLOBAL PROPERTY VITALS_MODULES)
set(component_table "")
foreach(component IN LISTS components)
  get_property(public_links GLOBAL PROPERTY VITALS_${component}_PUBLIC)
  get_property(private_links GLOBAL PROPERTY VITALS_${component}_PRIVATE)
  vitals_split_links(pub ${public_links})
  vitals_split_links(priv ${private_links})
  vitals_write_pkgconfig(${component})

  # A shared library has already linked what is private to it.
  set(needed_components ${pub_COMPONENTS})
  set(needed_packages ${pub_PACKAGES})
  if(NOT BUILD_SHARED_LIBS)
    list(APPEND needed_components ${priv_COMPONENTS})
    list(APPEND needed_packages ${priv_PACKAGES})
  endif()
  string(APPEND component_table
    "set(_vitals_${component}_components \"${needed_components}\")\n"
    "set(_vitals_${component}_packages \"${needed_packages}\")\n")
endforeach()
string(PREPEND component_table "set(_vitals_components \"${components}\")\n")

list(TRANSFORM components PREPEND vitals_ OUTPUT_VARIABLE targets)
install(TARGETS ${targets} EXPORT vitals-targets
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(EXPORT vitals-targets NAMESPACE vitals:: DESTINATION ${VITALS_CMAKE_INSTALL_DIR})

# Headers of what is built: a header without its library would be a trap. The umbrella includes
# every module, so it goes with a build that has all of them.
foreach(component IN LISTS components)
  get_property(headers GLOBAL PROPERTY VITALS_${component}_HEADERS)
  foreach(header IN LISTS headers)
    cmake_path(GET header PARENT_PATH folder)
    install(FILES ${PROJECT_SOURCE_DIR}/include/${header} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/${folder})
  endforeach()
endforeach()
if(VITALS_WITH_HTTP)
  install(FILES ${PROJECT_SOURCE_DIR}/include/vitals/vitals.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/vitals)
endif()

set(VITALS_COMPONENT_TABLE "${component_table}")
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/vitals-config.cmake.in
  ${PROJECT_BINARY_DIR}/vitals-config.cmake INSTALL_DESTINATION ${VITALS_CMAKE_INSTALL_DIR})
# Before 1.0 a minor version may break the interface.
write_basic_package_version_file(${PROJECT_BINARY_DIR}/vitals-config-version.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/vitals-config.cmake ${PROJECT_BINARY_DIR}/vitals-config-version.cmake
  DESTINATION ${VITALS_CMAKE_INSTALL_DIR})
# vitals_add_benchmark_gate() and the gate that it runs.
install(FILES ${PROJECT_SOURCE_DIR}/cmake/VitalsBenchmarkGate.cmake DESTINATION ${VITALS_CMAKE_INSTALL_DIR})
install(PROGRAMS ${PROJECT_SOURCE_DIR}/bench/gate.py DESTINATION ${VITALS_CMAKE_INSTALL_DIR}
  RENAME vitals_benchmark_gate.py)
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
