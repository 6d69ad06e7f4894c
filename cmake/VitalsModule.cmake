# vitals_module(<name> SOURCES <files...> [HEADERS <files...>] [PUBLIC <targets...>] [PRIVATE <targets...>])
#
# One module is one library: target vitals_<name>, alias vitals::<name>, sources from src/<name>,
# public headers from include/vitals/<name>. PUBLIC and PRIVATE name what it links. A module of
# several libraries says by HEADERS, relative to include, which headers are this one's.
# Modules are listed in VITALS_MODULES, their public headers in VITALS_<name>_HEADERS, and what each
# links in VITALS_<name>_PUBLIC and VITALS_<name>_PRIVATE, for the install rules.
function(vitals_module name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;HEADERS;PUBLIC;PRIVATE")
  if(NOT arg_HEADERS)
    file(GLOB arg_HEADERS RELATIVE ${PROJECT_SOURCE_DIR}/include CONFIGURE_DEPENDS
      ${PROJECT_SOURCE_DIR}/include/vitals/${name}/*.h)
  endif()
  set(target vitals_${name})
  add_library(${target} ${arg_SOURCES})
  add_library(vitals::${name} ALIAS ${target})
  target_compile_features(${target} PUBLIC cxx_std_20)
  target_include_directories(${target}
    PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>
    PRIVATE ${PROJECT_SOURCE_DIR}/src)
  target_link_libraries(${target} PUBLIC ${arg_PUBLIC} PRIVATE ${arg_PRIVATE} $<BUILD_INTERFACE:vitals_compiler>)
  set_target_properties(${target} PROPERTIES
    EXPORT_NAME ${name}
    CXX_EXTENSIONS OFF
    CXX_VISIBILITY_PRESET hidden
    VISIBILITY_INLINES_HIDDEN ON
    POSITION_INDEPENDENT_CODE ON
    VERSION ${PROJECT_VERSION}
    SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR}
    INSTALL_RPATH $ORIGIN)
  if(BUILD_SHARED_LIBS)
    target_compile_definitions(${target} PUBLIC VITALS_SHARED)
  endif()
  set_property(GLOBAL APPEND PROPERTY VITALS_MODULES ${name})
  set_property(GLOBAL PROPERTY VITALS_${name}_HEADERS ${arg_HEADERS})
  set_property(GLOBAL PROPERTY VITALS_${name}_PUBLIC ${arg_PUBLIC})
  set_property(GLOBAL PROPERTY VITALS_${name}_PRIVATE ${arg_PRIVATE})
endfunction()

# vitals_aggregate(<name> <modules...>): an interface target that stands for several modules.
function(vitals_aggregate name)
  add_library(vitals_${name} INTERFACE)
  add_library(vitals::${name} ALIAS vitals_${name})
  target_link_libraries(vitals_${name} INTERFACE ${ARGN})
  set_target_properties(vitals_${name} PROPERTIES EXPORT_NAME ${name})
  set_property(GLOBAL APPEND PROPERTY VITALS_MODULES ${name})
  set_property(GLOBAL PROPERTY VITALS_${name}_PUBLIC ${ARGN})
  set_property(GLOBAL PROPERTY VITALS_${name}_IS_AGGREGATE ON)
endfunction()
