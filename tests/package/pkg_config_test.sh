#!/bin/bash
# Builds and runs a source with nothing but what pkg-config says.
#
#   pkg_config_test.sh COMPILER LIBDIR SOURCE OUTPUT
set -euo pipefail
compiler=$1 libdir=$2 source=$3 output=$4

export PKG_CONFIG_PATH=$libdir/pkgconfig
pkg-config --validate vitals-core vitals
static=()
ls "$libdir"/libvitals_*.so >/dev/null 2>&1 || static=(--static)
read -ra flags <<<"$(pkg-config "${static[@]}" --cflags --libs vitals-core)"
for flag in "${flags[@]}"; do
  if [[ $flag == -lssl || $flag == -lcurl || $flag == *boost* ]]; then
    echo "vitals-core asks for $flag, which only the HTTP side needs" >&2
    exit 1
  fi
done
"$compiler" -std=c++20 "$source" "${flags[@]}" -o "$output"
LD_LIBRARY_PATH=$libdir "$output"
