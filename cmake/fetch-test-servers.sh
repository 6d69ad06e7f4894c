#!/bin/bash
# Unpacks the servers that only tests need, from their Debian packages, into a folder. Nothing is
# installed, so no service starts on this machine. Needs no root.
#
#   cmake/fetch-test-servers.sh [folder]     default build/test-servers; binaries are in folder/bin
#
# Does nothing, and asks no network, when all is there.
set -euo pipefail

# package binary why
servers='
prometheus prometheus scrapes the examples, runs the queries of dashboards
prometheus promtool   checks pages and rules
'

folder=${1:-$(cd "$(dirname "$0")/.." && pwd)/build/test-servers}
mkdir -p "$folder/bin"
folder=$(cd "$folder" && pwd)

fail() {
  echo "fetch-test-servers: $*" >&2
  exit 1
}

missing_packages() {
  local package binary why
  while read -r package binary why; do
    [[ -z $package || -x $folder/bin/$binary ]] || echo "$package"
  done <<<"$servers" | sort -u
}

# Two builds may share the folder.
exec 9>"$folder/.lock"
flock 9

mapfile -t names < <(missing_packages)
((${#names[@]})) || exit 0
command -v apt-get >/dev/null || fail "this is not a Debian system: put prometheus and promtool into $folder/bin"

work=$(mktemp -d "$folder/fetch.XXXXXX")
trap 'rm -rf "$work"' EXIT
cd "$work"

# The sandbox user of apt cannot write here; the download is verified all the same.
apt=(apt-get -q -o APT::Sandbox::User=root)
download() {
  "${apt[@]}" "$@" download "${names[@]}" >>log 2>&1
}

# With the machine's lists where they are there, else with lists of our own.
download_with_own_lists() {
  mkdir -p lists/partial cache/archives/partial
  local own=(-o Dir::State::lists="$work/lists" -o Dir::Cache="$work/cache")
  "${apt[@]}" "${own[@]}" update >>log 2>&1 || true
  download "${own[@]}"
}

if ! download && ! download_with_own_lists; then
  tail -n 15 log >&2
  fail "cannot download ${names[*]}: the tests that need them fail. It takes a network and an apt source with Debian 12 (bookworm) main"
fi

for deb in *.deb; do
  dpkg-deb --extract "$deb" "$work/root"
done
while read -r package binary why; do
  [[ -z $package ]] && continue
  [[ -x $work/root/usr/bin/$binary ]] || continue
  # The rename is atomic: who finds the binary finds it whole.
  mv "$work/root/usr/bin/$binary" "$folder/bin/$binary"
done <<<"$servers"

mapfile -t names < <(missing_packages)
((${#names[@]} == 0)) || fail "the packages ${names[*]} came without the binaries that were expected"
