#!/usr/bin/env python3
"""Adds up line coverage with gcovr, and fails when src/ is below the limit.

    coverage.py BUILD [--limit 90]

Prints lines and percentage per module, implementation and public headers apart. The files below the
limit follow, so that what is missing has a name. BUILD/coverage.json holds the details by gcovr.
"""

import argparse
import collections
import json
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]


def measure(build):
    """Yields (file, lines covered, lines) of every file under src/ and include/."""
    summary = build / "coverage.json"
    subprocess.run(
        ["gcovr", "--root", str(ROOT), "--filter", str(ROOT / "src"), "--filter", str(ROOT / "include"),
         "--exclude-unreachable-branches", "-j", str(len(os.sched_getaffinity(0))),
         "--json-summary", str(summary), str(build)],
        cwd=ROOT, check=True)
    for entry in json.loads(summary.read_text())["files"]:
        yield entry["filename"], entry["line_covered"], entry["line_total"]


def module_of(name):
    parts = pathlib.PurePath(name).parts
    return "/".join(parts[:2] if parts[0] == "src" else parts[:3])


def line(name, covered, total):
    percent = 100.0 * covered / total if total else 100.0
    return f"{name:<40} {covered:>6} / {total:<6} {percent:5.1f}%"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--limit", type=float, default=90.0)
    arguments = parser.parse_args()

    files = [entry for entry in measure(arguments.build.resolve()) if entry[2] > 0]
    modules = collections.defaultdict(lambda: [0, 0])
    source = [0, 0]
    for name, covered, total in files:
        for sums in (modules[module_of(name)], *([source] if name.startswith("src/") else [])):
            sums[0] += covered
            sums[1] += total

    for module in sorted(modules):
        print(line(module, *modules[module]))
    for name, covered, total in sorted(files, key=lambda entry: entry[1] / entry[2]):
        if 100.0 * covered < arguments.limit * total:
            print("  below the limit: " + line(name, covered, total))
    print(line("src", *source))
    if source[1] == 0 or 100.0 * source[0] < arguments.limit * source[1]:
        sys.exit(f"coverage: src is below {arguments.limit:g}%")


if __name__ == "__main__":
    main()
