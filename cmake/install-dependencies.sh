#!/bin/bash
# Installs the Debian 12 packages that vitals is built, tested and measured with.
#
#   cmake/install-dependencies.sh [group...]     groups: build test check coverage bench; default all
#
# Does nothing, and asks no network, when all is there. Installs as root or through sudo; where it
# can do neither, it names what is missing and fails.
set -euo pipefail

# group package why
packages='
build     cmake                   configures the build
build     ninja-build             runs the build
build     g++                     compiles
build     ccache                  makes a second build of the same sources cheap
build     pkgconf                 finds libraries for those who build without CMake; the package tests do
build     libabsl-dev             Status and StatusOr
build     libfmt-dev              formats messages
build     libboost-dev            Beast and Asio (headers): the HTTP server
build     libssl-dev              TLS of the HTTP server; SHA-256 in the example host
build     zlib1g-dev              gzip of pages; the compressing job of the example host
build     libspdlog-dev           the bridge to it; the log of the example host
build     libcli11-dev            the flags of the example host
build     prometheus-cpp-dev      the bridge to it; the peer that benchmarks compare with
build     libcivetweb-dev         the CMake package of prometheus-cpp asks for it
build     civetweb                the CMake package of civetweb asks for its binary
build     libcurl4-openssl-dev    the HTTP client; the CMake package of prometheus-cpp asks for it
test      libgtest-dev            unit tests
test      libgmock-dev            matchers of the unit tests
test      nlohmann-json3-dev      reads the JSON that we write, and the cases of conformance tests
test      python3                 drives processes in end-to-end tests, checks the tree
test      curl                    takes the walk of the guide of health
test      openssl                 makes certificates for the TLS tests
test      python3-prometheus-client  a parser by others that reads our pages
test      nodejs                  runs a reader by others of the spans we export
test      npm                     fetches that reader
check     clang-format-14         the format of the sources
check     clang-tidy-14           static analysis
check     clang-14                the second compiler the sources must be clean with; fuzzers
check     libclang-rt-14-dev      libFuzzer and the sanitizers of clang
check     python3                 runs the checks
coverage  gcovr                   adds up line coverage
bench     libbenchmark-dev        the measuring frame
bench     python3                 the gate
'

fail() {
  echo "install-dependencies: $*" >&2
  exit 1
}

# Prints "package<TAB>why" once for each package of the groups.
wanted() {
  local group package why
  while read -r group package why; do
    [[ -z $group ]] && continue
    if [[ $# -eq 0 || " $* " == *" $group "* ]]; then
      printf '%s\t%s\n' "$package" "$why"
    fi
  done <<<"$packages" | sort -u -t $'\t' -k1,1
}

# Whether a package is there that came from elsewhere, and that Debian's would conflict with: npm is part
# of the nodejs that others package.
is_from_elsewhere() {
  [[ $1 == npm ]] && command -v npm >/dev/null
}

# Prints those lines of standard input whose package is not installed.
missing() {
  local installed package why
  installed=$(dpkg-query -W -f '${Package}\t${db:Status-Status}\n' 2>/dev/null |
    awk -F '\t' '$2 == "installed" { print $1 }')
  while IFS=$'\t' read -r package why; do
    grep -qxF -- "$package" <<<"$installed" || is_from_elsewhere "$package" || printf '%s\t%s\n' "$package" "$why"
  done
}

for group in "$@"; do
  grep -q "^$group " <<<"$packages" || fail "no group '$group'; there are: build test check coverage bench"
done

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
  fail "this is not a Debian system. Install the equivalents of:"$'\n'"$(wanted "$@" | column -t -s $'\t')"
fi

lines=$(wanted "$@" | missing)
[[ -z $lines ]] && exit 0
mapfile -t names < <(cut -f1 <<<"$lines")

as_root=()
if [[ $(id -u) -ne 0 ]]; then
  # Without a terminal sudo must not wait for a password.
  sudo_flags=()
  [[ -t 0 ]] || sudo_flags=(-n)
  if ! command -v sudo >/dev/null || ! sudo "${sudo_flags[@]}" true 2>/dev/null; then
    echo "install-dependencies: missing packages:" >&2
    sed 's/^/  /; s/\t/ - /' <<<"$lines" >&2
    fail "not root, and sudo does not work here. As root: apt-get install ${names[*]}"
  fi
  as_root=(sudo "${sudo_flags[@]}")
fi

run_apt() {
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o Dpkg::Use-Pty=0 "$@"
}

echo "Installing: ${names[*]}"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# The lists may be absent or old. Should some source not answer, the others may still do.
run_apt update >"$log" 2>&1 || true

unknown=()
for name in "${names[@]}"; do
  policy=$(apt-cache policy "$name" 2>/dev/null)
  [[ $policy == *"Candidate: "[!\(]* ]] || unknown+=("$name")
done
if ((${#unknown[@]})); then
  tail -n 15 "$log" >&2
  fail "no apt source has: ${unknown[*]}. vitals needs Debian 12 (bookworm) main, and a network to reach it"
fi

if ! run_apt install --no-install-recommends "${names[@]}" >>"$log" 2>&1; then
  tail -n 25 "$log" >&2
  fail "could not install: $(printf '%s\n' "$lines" | missing | cut -f1 | tr '\n' ' ')"
fi
