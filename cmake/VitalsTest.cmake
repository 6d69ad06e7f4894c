# vitals_test(<name> SOURCES <files...> [LIBRARIES <targets...>] [LABEL unit|e2e|conformance|bench|fuzz]
#             [TIMEOUT <seconds>] [SERVERS])
#
# One test binary, one ctest entry, with its label (default: unit). SERVERS: see
# vitals_use_test_servers. The target vitals_<label>_tests builds all binaries of a label.
function(vitals_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "SERVERS" "LABEL;TIMEOUT" "SOURCES;LIBRARIES")
  if(NOT arg_LABEL)
    set(arg_LABEL unit)
  endif()
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 300)
  endif()
  add_executable(${name} ${arg_SOURCES})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/src)
  target_link_libraries(${name} PRIVATE ${arg_LIBRARIES} vitals_compiler GTest::gmock GTest::gtest_main)
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES LABELS ${arg_LABEL} TIMEOUT ${arg_TIMEOUT})
  if(arg_SERVERS)
    vitals_use_test_servers(${name})
  endif()
  if(VITALS_SANITIZE STREQUAL "thread")
    # Tests of fork start threads in the child; tsan stops such a child unless told not to.
    set_property(TEST ${name} APPEND PROPERTY ENVIRONMENT TSAN_OPTIONS=die_after_fork=0)
  endif()
  add_dependencies(vitals_${arg_LABEL}_tests ${name})
endfunction()

foreach(label IN ITEMS unit e2e conformance bench fuzz)
  add_custom_target(vitals_${label}_tests)
endforeach()

# Where the servers that only tests need are unpacked; binaries are in its folder bin.
set(VITALS_TEST_SERVERS_DIR ${PROJECT_BINARY_DIR}/test-servers CACHE PATH
  "Folder of servers that only tests need (prometheus, promtool); cmake/fetch-test-servers.sh fills it")

add_test(NAME vitals_fetch_test_servers
  COMMAND ${PROJECT_SOURCE_DIR}/cmake/fetch-test-servers.sh ${VITALS_TEST_SERVERS_DIR})
set_tests_properties(vitals_fetch_test_servers PROPERTIES FIXTURES_SETUP test_servers LABELS e2e TIMEOUT 300)

# vitals_use_test_servers(<tests...>): the tests find prometheus and promtool first in PATH, and
# their folder in VITALS_TEST_SERVERS_DIR. A fixture unpacks them when they are not there; where it
# cannot, these tests fail. Call it in the folder that adds the tests.
function(vitals_use_test_servers)
  foreach(test IN LISTS ARGN)
    set_property(TEST ${test} APPEND PROPERTY FIXTURES_REQUIRED test_servers)
    set_property(TEST ${test} APPEND PROPERTY ENVIRONMENT VITALS_TEST_SERVERS_DIR=${VITALS_TEST_SERVERS_DIR})
    set_property(TEST ${test} APPEND PROPERTY
      ENVIRONMENT_MODIFICATION PATH=path_list_prepend:${VITALS_TEST_SERVERS_DIR}/bin)
  endforeach()
endfunction()

# vitals_script_test(<name> COMMAND <command...> [LABELS <labels...>] [TIMEOUT <seconds>])
#
# One ctest entry that runs a script (default label: unit).
function(vitals_script_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "TIMEOUT" "COMMAND;LABELS")
  if(NOT arg_LABELS)
    set(arg_LABELS unit)
  endif()
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 300)
  endif()
  add_test(NAME ${name} COMMAND ${arg_COMMAND})
  set_tests_properties(${name} PROPERTIES LABELS "${arg_LABELS}" TIMEOUT ${arg_TIMEOUT})
endfunction()
