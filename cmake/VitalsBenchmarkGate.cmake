# vitals_add_benchmark_gate(<name> TARGETS <executables...>
#                           UPDATES <updates...> [LIMIT_MICROSECONDS <number>]
#                           | BUDGETS <file.json>
#                           [REPETITIONS <number>] [RETRIES <number>] [TIMEOUT <seconds>] [LABELS <labels...>])
#
# Adds the test <name>, which runs benchmarks of a host and fails when one is beyond its limit. It
# comes with find_package(vitals), and with add_subdirectory(vitals). It needs Python 3.9.
#
#   TARGETS             executables that use vitals::testing::UpdateBenchmark, or Google Benchmark
#   UPDATES             names of updates; each fails the test when more than one in 10,000 takes
#                       longer than the limit (p99_99_ns)
#   LIMIT_MICROSECONDS  that limit; default 10
#   BUDGETS             instead of UPDATES: budgets of any kind. `--help` of the gate lists their
#                       fields; it is at VITALS_BENCHMARK_GATE
#   REPETITIONS         of each benchmark, of which the median counts; default 5
#   RETRIES             how often what failed is measured again before it counts; default 2
#   TIMEOUT             of the test, in seconds; default 300
#   LABELS              of the test; default benchmark
#
# The test runs alone (RUN_SERIAL), since a busy machine makes every time longer. Results are kept in
# <name>-results of the build folder, in the format of Google Benchmark.

# The installed gate stands beside this file; in the source tree it is the one of our own benchmarks.
set(VITALS_BENCHMARK_GATE ${CMAKE_CURRENT_LIST_DIR}/vitals_benchmark_gate.py)
if(NOT EXISTS ${VITALS_BENCHMARK_GATE})
  cmake_path(SET VITALS_BENCHMARK_GATE NORMALIZE ${CMAKE_CURRENT_LIST_DIR}/../bench/gate.py)
endif()
set_property(GLOBAL PROPERTY VITALS_BENCHMARK_GATE ${VITALS_BENCHMARK_GATE})

# vitals_write_update_budgets(<file> <limit in microseconds> <updates...>)
function(vitals_write_update_budgets file limit)
  set(budgets "")
  foreach(update IN LISTS ARGN)
    if(NOT update MATCHES "^[A-Za-z0-9_/]+$")
      message(FATAL_ERROR "vitals_add_benchmark_gate: update \"${update}\": use letters, digits, underscores and slashes")
    endif()
    math(EXPR limit_nanoseconds "${limit} * 1000")
    list(APPEND budgets "    {\"name\": \"${update}\", \"benchmark\": \"${update}\", \"value\": \"p99_99_ns\",
     \"unit\": \"ns\", \"comparison\": \"max\", \"goal\": ${limit_nanoseconds}, \"limit\": ${limit_nanoseconds},
     \"text\": \"An update may take no longer than ${limit} us.\"}")
  endforeach()
  list(JOIN budgets ",\n" budgets)
  file(CONFIGURE OUTPUT ${file} CONTENT "{\n  \"budgets\": [\n${budgets}\n  ]\n}\n" @ONLY)
endfunction()

function(vitals_add_benchmark_gate name)
  cmake_parse_arguments(PARSE_ARGV 1 arg ""
    "BUDGETS;LIMIT_MICROSECONDS;REPETITIONS;RETRIES;TIMEOUT" "TARGETS;UPDATES;LABELS")
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "vitals_add_benchmark_gate: unknown argument ${arg_UNPARSED_ARGUMENTS}")
  endif()
  if(NOT arg_TARGETS)
    message(FATAL_ERROR "vitals_add_benchmark_gate: TARGETS is missing: name the executables to run")
  endif()
  if((arg_UPDATES AND arg_BUDGETS) OR NOT (arg_UPDATES OR arg_BUDGETS))
    message(FATAL_ERROR "vitals_add_benchmark_gate: give either UPDATES or BUDGETS")
  endif()
  foreach(default IN ITEMS LIMIT_MICROSECONDS=10 REPETITIONS=5 RETRIES=2 TIMEOUT=300 LABELS=benchmark)
    string(REGEX MATCH "^([A-Z_]+)=(.+)$" _ ${default})
    if(NOT DEFINED arg_${CMAKE_MATCH_1})
      set(arg_${CMAKE_MATCH_1} ${CMAKE_MATCH_2})
    endif()
  endforeach()
  if(NOT arg_LIMIT_MICROSECONDS MATCHES "^[1-9][0-9]*$")
    message(FATAL_ERROR "vitals_add_benchmark_gate: LIMIT_MICROSECONDS is ${arg_LIMIT_MICROSECONDS}: give a whole number from 1")
  endif()

  if(arg_BUDGETS)
    cmake_path(ABSOLUTE_PATH arg_BUDGETS NORMALIZE)
  else()
    set(arg_BUDGETS ${CMAKE_CURRENT_BINARY_DIR}/${name}-budgets.json)
    vitals_write_update_budgets(${arg_BUDGETS} ${arg_LIMIT_MICROSECONDS} ${arg_UPDATES})
  endif()
  find_package(Python3 3.9 REQUIRED COMPONENTS Interpreter)
  get_property(gate GLOBAL PROPERTY VITALS_BENCHMARK_GATE)
  list(TRANSFORM arg_TARGETS REPLACE "(.+)" "$<TARGET_FILE:\\1>" OUTPUT_VARIABLE binaries)
  add_test(NAME ${name}
    COMMAND ${Python3_EXECUTABLE} -B ${gate} --budgets ${arg_BUDGETS}
            --results ${CMAKE_CURRENT_BINARY_DIR}/${name}-results
            --repetitions ${arg_REPETITIONS} --retries ${arg_RETRIES} --run ${binaries})
  set_tests_properties(${name} PROPERTIES LABELS "${arg_LABELS}" RUN_SERIAL ON TIMEOUT ${arg_TIMEOUT})
endfunction()
