#!/bin/bash
# The gates of a host with slow updates, in its build folder: those that must fail do, for the right
# reason, and the others pass.
set -uo pipefail

output=$(ctest --output-on-failure 2>&1)
status=$?
expect() {
  if ! grep -q -- "$1" <<<"$output"; then
    printf '%s\nexpected: %s\n' "$output" "$1" >&2
    exit 1
  fi
}
[[ $status -ne 0 ]] || expect "a failure"
expect 'slow_updates .*Failed'
expect 'FAIL slow: .* ns is beyond the limit. An update may take no longer than 10 us.'
expect 'slow_updates_within_their_limit .*Passed'
expect 'forgotten_updates .*Failed'
expect 'FAIL nonesuch: no result of nonesuch'
expect 'budgets_of_the_host .*Passed'
