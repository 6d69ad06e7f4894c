#!/bin/bash
# Puts the reader of OTLP/JSON that tests use, and the npm packages it needs, into a folder. Nothing is
# installed, and no script of a package runs.
#
#   cmake/fetch-otlp-reader.sh FOLDER      then: node FOLDER/read.js < requests.jsonl
#
# Asks no network when the packages are there.
set -euo pipefail

folder=${1:?usage: fetch-otlp-reader.sh FOLDER}
source=$(cd "$(dirname "$0")/../tests/e2e/otlp_reader" && pwd)
mkdir -p "$folder"

fail() {
  echo "fetch-otlp-reader: $*" >&2
  exit 1
}

# Two builds may share the folder.
exec 9>"$folder/.lock"
flock 9

cp "$source/read.js" "$folder/"
# Copied last, so that it tells what is there.
if cmp -s "$source/package-lock.json" "$folder/fetched-lock.json"; then
  exit 0
fi
command -v npm >/dev/null || fail "npm is missing: install the packages nodejs and npm"
cp "$source/package.json" "$source/package-lock.json" "$folder/"
log=$folder/npm.log
if ! npm ci --prefix "$folder" --ignore-scripts --no-audit --no-fund >"$log" 2>&1; then
  tail -n 15 "$log" >&2
  fail "cannot fetch the packages: the tests that need them fail. It takes a network and an npm registry"
fi
cp "$source/package-lock.json" "$folder/fetched-lock.json"
