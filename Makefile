# The front door. `make help` lists what it offers; each step installs the packages it needs first.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.ONESHELL:

JOBS ?= $(shell nproc)
DEPENDENCIES := cmake/install-dependencies.sh
CONFIGURE := cmake/configure.sh
# On a terminal ninja shows one moving line; in a log it shows failures only.
BUILD := cmake --build --parallel $(JOBS) --preset
NINJA_FLAGS := $(shell [ -t 2 ] || echo -- --quiet)
TEST := ctest --parallel $(JOBS) --preset

.PHONY: help demo test bench check sanitizers asan tsan coverage conformance fuzz format clean

help: ## show this list
	@echo "make <target>; builds go to build/<preset>"
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  \1\t/' | expand -t 16

demo: ## build and run the example host until Ctrl-C: it serves the metrics of its own work
	@$(DEPENDENCIES) build
	@[ -f build/dev/build.ninja ] || { echo "Configuring build/dev"; $(CONFIGURE) dev -DVITALS_BUILD_TESTS=OFF; }
	@echo "Building the example host"
	@$(BUILD) dev --target job_worker $(NINJA_FLAGS)
	@exec build/dev/examples/job_worker/job_worker

test: ## build and run every test
	@$(DEPENDENCIES) build test
	@cmake/fetch-test-servers.sh build/test-servers
	@echo "Building build/dev"
	@$(CONFIGURE) dev
	@$(BUILD) dev $(NINJA_FLAGS)
	@$(TEST) dev

bench: ## measure the release build against its budgets
	@$(DEPENDENCIES) build test bench
	@echo "Building build/release"
	@$(CONFIGURE) release
	@$(BUILD) release --target vitals_bench $(NINJA_FLAGS)
	@cmake --build --preset release --target bench_gate

check: ## format, tidy, layering, forbidden words, samples in the docs, cost of the umbrella header
	@$(DEPENDENCIES) build test check
	@$(CONFIGURE) dev
	@tests/tools/check.sh build/dev

sanitizers: asan tsan ## unit tests under address, undefined and thread sanitizers

asan tsan:
	@$(DEPENDENCIES) build test
	@echo "Building build/$@"
	@$(CONFIGURE) $@
	@$(BUILD) $@ --target vitals_unit_tests $(NINJA_FLAGS)
	@$(TEST) $@

coverage: ## line coverage of unit and end-to-end tests; fails below 90% of src/
	@$(DEPENDENCIES) build test coverage
	@cmake/fetch-test-servers.sh build/test-servers
	@echo "Building build/coverage"
	@$(CONFIGURE) coverage
	@$(BUILD) coverage --target vitals_unit_tests vitals_e2e_tests $(NINJA_FLAGS)
	@find build/coverage -name '*.gcda' -delete
	@$(TEST) coverage --quiet --output-log build/coverage/tests.log || { tail -n 60 build/coverage/tests.log; exit 1; }
	@tests/tools/coverage.py build/coverage

conformance: ## tests against the cases in VITALS_CONFORMANCE_DIR
	@$(DEPENDENCIES) build test
	@$(CONFIGURE) dev
	@$(BUILD) dev --target vitals_conformance_tests $(NINJA_FLAGS)
	@$(TEST) dev --label-regex '^conformance$$' --verbose

fuzz: ## build the libraries and the example with clang, and run every fuzzer for a short time
	@$(DEPENDENCIES) build test check
	@echo "Building build/fuzz"
	@$(CONFIGURE) fuzz
	@$(BUILD) fuzz --target vitals_fuzz_tests job_worker $(NINJA_FLAGS)
	@$(TEST) fuzz

format: ## format the sources
	@$(DEPENDENCIES) check
	@tests/tools/check_format.sh --fix

clean: ## remove build/
	@rm -rf build
