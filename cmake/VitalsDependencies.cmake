# Every package vitals is built with, each with the reason it is here. All are Debian 12's;
# cmake/install-dependencies.sh installs them.

# An embedding project links these targets through ours, so it must see them.
if(NOT PROJECT_IS_TOP_LEVEL)
  set(CMAKE_FIND_PACKAGE_TARGETS_GLOBAL ON)
endif()

set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)       # threads of the exporter and of the hosts that record
find_package(absl REQUIRED)          # Status and StatusOr: errors that say what to change
find_package(fmt REQUIRED)           # formatting of messages

if(VITALS_WITH_HTTP)
  find_package(Boost 1.74 REQUIRED)  # Beast and Asio (headers): the asynchronous HTTP server
  find_package(OpenSSL REQUIRED)     # TLS of the HTTP server
  find_package(ZLIB REQUIRED)        # gzip of pages
  find_package(CURL 7.88 REQUIRED)   # the HTTP client: spans pushed to a collector
endif()

if(VITALS_WITH_PROMETHEUS_CPP)
  find_package(prometheus-cpp REQUIRED)  # the bridge to it; its Exposer in tests and in the migration example
endif()

if(VITALS_WITH_SPDLOG)
  find_package(spdlog REQUIRED)      # the bridge to it
endif()

if(VITALS_BUILD_EXAMPLES)
  find_package(spdlog REQUIRED)      # the example host logs as hosts do
  find_package(CLI11 REQUIRED)       # the example host's flags
endif()

if(VITALS_BUILD_TESTS)
  find_package(GTest REQUIRED)       # unit tests
  find_package(nlohmann_json 3.11 REQUIRED)  # reads the JSON that we write, and the cases of conformance tests
  find_package(Python3 3.9 REQUIRED COMPONENTS Interpreter)  # tests that drive processes, and checks of the tree
endif()

if(VITALS_BUILD_BENCHMARKS)
  find_package(benchmark REQUIRED)       # the measuring frame
  find_package(prometheus-cpp REQUIRED)  # the peer that every figure is compared with
endif()
