#!/bin/bash
# Configures a preset; prints what cmake has to say only when it fails or warns.
#
#   cmake/configure.sh PRESET [cmake options...]
set -uo pipefail

log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! cmake --no-warn-unused-cli --preset "$@" >"$log" 2>&1; then
  cat "$log" >&2
  exit 1
fi
grep -A 8 'CMake Warning' "$log" >&2 || true
