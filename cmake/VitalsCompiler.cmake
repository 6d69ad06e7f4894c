# Compiler settings that every target of vitals shares, carried by two interface targets:
# vitals_compiler for our own code, vitals_instrumentation for whatever runs under a sanitizer.
# Neither is installed, and neither reaches a project that embeds this one.

add_library(vitals_instrumentation INTERFACE)
if(VITALS_SANITIZE)
  target_compile_options(vitals_instrumentation INTERFACE
    -fsanitize=${VITALS_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(vitals_instrumentation INTERFACE -fsanitize=${VITALS_SANITIZE})
endif()
if(VITALS_COVERAGE)
  # Counts that threads lose make gcov compute negative ones.
  target_compile_options(vitals_instrumentation INTERFACE --coverage -fprofile-update=atomic)
  target_link_options(vitals_instrumentation INTERFACE --coverage)
endif()
if(VITALS_BUILD_FUZZERS)
  if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    message(FATAL_ERROR "VITALS_BUILD_FUZZERS needs clang: use the preset fuzz, or CMAKE_CXX_COMPILER=clang++-14")
  endif()
  target_compile_options(vitals_instrumentation INTERFACE -fsanitize=fuzzer-no-link)
  target_link_options(vitals_instrumentation INTERFACE -fsanitize=fuzzer-no-link)
endif()

add_library(vitals_compiler INTERFACE)
target_link_libraries(vitals_compiler INTERFACE vitals_instrumentation)
target_compile_options(vitals_compiler INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Wold-style-cast -Woverloaded-virtual
  $<$<CXX_COMPILER_ID:Clang>:-Wthread-safety>
  # g++ 12 gives it for sound uses of std::optional, at -O3 and under sanitizers.
  $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>
  $<$<BOOL:${VITALS_WARNINGS_AS_ERRORS}>:-Werror>)

# ccache makes a second build of the same sources cheap. An embedding project decides for itself.
if(PROJECT_IS_TOP_LEVEL AND NOT DEFINED CMAKE_CXX_COMPILER_LAUNCHER)
  find_program(VITALS_CCACHE ccache)
  mark_as_advanced(VITALS_CCACHE)
  if(VITALS_CCACHE)
    set(CMAKE_CXX_COMPILER_LAUNCHER ${VITALS_CCACHE})
  endif()
endif()
