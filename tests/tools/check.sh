#!/bin/bash
# All checks of the tree that need no test run; each is run, also after one has failed.
#
#   tests/tools/check.sh BUILD     a configured build: clang-tidy takes its commands
set -uo pipefail
build=$(realpath "$1")
cd "$(dirname "$0")/../.."
export PYTHONDONTWRITEBYTECODE=1

failures=()
check() {
  local name=$1 start=$SECONDS
  shift
  if "$@"; then
    echo "ok    $name ($((SECONDS - start)) s)"
  else
    echo "FAIL  $name ($((SECONDS - start)) s)"
    failures+=("$name")
  fi
}

check "format" tests/tools/check_format.sh
check "layering and forbidden includes" tests/layering/check_layering.py
check "layering catches faults" tests/layering/check_layering_test.py
check "forbidden words" tests/tools/check_words.py
check "samples and links of the documentation" tests/tools/check_docs.py
check "the checks of the documentation catch faults" tests/tools/check_docs_test.py
check "compile time of the umbrella header" tests/tools/check_umbrella.py
check "clang-tidy" tests/tools/run_tidy.py "$build"

if ((${#failures[@]})); then
  printf 'check failed: %s\n' "${failures[@]}" >&2
  exit 1
fi
