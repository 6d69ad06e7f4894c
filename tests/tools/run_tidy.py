#!/usr/bin/env python3
"""Runs clang-tidy-14 over the sources of a build, and remembers what was clean.

    run_tidy.py BUILD [--jobs N] [path...]

Takes the sources under src/ and examples/ that BUILD/compile_commands.json names, or those under the
given paths: what ships and what is shown. A source is checked again only when it, a header of ours
that it includes, its command, the checks or the tool have changed: BUILD/tidy holds one empty file
per clean result.
"""

import argparse
import concurrent.futures
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys

TOOL = "clang-tidy-14"
FOLDERS = ("src", "examples")
INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"', re.MULTILINE)
ROOT = pathlib.Path(__file__).resolve().parents[2]


def closure(path, seen):
    """All files of ours that `path` includes, itself included."""
    if path in seen:
        return
    seen[path] = path.read_bytes()
    for header in INCLUDE.findall(seen[path].decode("utf-8", "replace")):
        for folder in (path.parent, ROOT / "include", ROOT / "src", ROOT):
            if (folder / header).is_file():
                closure((folder / header).resolve(), seen)
                break


def key_of(source, command, common):
    digest = hashlib.sha256(common)
    digest.update(command.encode())
    seen = {}
    closure(source, seen)
    for path in sorted(seen):
        digest.update(f"{path.relative_to(ROOT)}\0{len(seen[path])}\0".encode())
        digest.update(seen[path])
    return digest.hexdigest()


def check(source, build):
    # The annotations of base/mutex.h are clang's; the build that g++ does cannot check them.
    result = subprocess.run(
        [TOOL, "--quiet", "-p", build, "--extra-arg=-Wthread-safety", "--extra-arg=-Wno-unknown-warning-option",
         str(source)],
        cwd=ROOT, capture_output=True, text=True, check=False)
    return result.returncode, result.stdout


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("paths", nargs="*", default=FOLDERS)
    arguments = parser.parse_args()

    build = arguments.build.resolve()
    stamps = build / "tidy"
    stamps.mkdir(exist_ok=True)
    common = subprocess.run([TOOL, "--version"], capture_output=True, check=True).stdout
    common += (ROOT / ".clang-tidy").read_bytes()

    folders = [(ROOT / path).resolve() for path in arguments.paths]
    pending = {}
    for entry in json.loads((build / "compile_commands.json").read_text()):
        source = pathlib.Path(entry["directory"], entry["file"]).resolve()
        if any(source == folder or folder in source.parents for folder in folders):
            stamp = stamps / key_of(source, entry["command"], common)
            if not stamp.exists():
                pending[source] = stamp

    failed = 0
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        futures = {pool.submit(check, source, build): source for source in sorted(pending)}
        for future in concurrent.futures.as_completed(futures):
            status, output = future.result()
            if status == 0:
                pending[futures[future]].touch()
            else:
                failed += 1
                print(output.replace(f"{ROOT}/", ""), end="", flush=True)
    print(f"clang-tidy: {len(pending)} sources checked, {failed} with findings")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
