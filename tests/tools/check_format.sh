#!/bin/bash
# Holds every C++ source against .clang-format; --fix rewrites what differs.
set -euo pipefail
cd "$(dirname "$0")/../.."

mode=(--dry-run -Werror)
[[ ${1:-} == --fix ]] && mode=(-i)
find include src tests bench examples \( -name '*.h' -o -name '*.cc' \) -print0 2>/dev/null |
  xargs -0 -r -n 16 -P 2 clang-format-14 "${mode[@]}"
