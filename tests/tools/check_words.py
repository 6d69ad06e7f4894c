#!/usr/bin/env python3
"""Refuses what has no place in the repository: paths of one machine, hosts of package registries,
comments that put work off without a reason.

    check_words.py [--root DIR]
"""

import argparse
import pathlib
import re
import subprocess
import sys

# The classes keep these lines from matching themselves.
FORBIDDEN = [
    (re.compile(r"(?<![\w.$}])/(work|root|home/\w+)/[\w.]"), "a path of one machine"),
    (re.compile(r"\b((deb|security|snapshot|ftp\.\w+|archive)\.[d]ebian\.org|([a-z]+\.)?[u]buntu\.com|[p]ypi\.org"
                r"|files\.[p]ythonhosted|registry\.[n]pmjs|[c]rates\.io|proxy\.[g]olang|[d]ocker\.io|[q]uay\.io"
                r"|[g]hcr\.io|pkg\.[d]ev|repo\.[m]aven|conan\.[i]o)"), "the host of a package registry"),
    (re.compile(r"\b[i]ssue #?\d"), "the number of an issue"),
    (re.compile(r"\b([F]IXME|[X]XX|[H]ACK)\b"), "a note to oneself"),
    (re.compile(r"\b[T]ODO\b(?!\([\w-]+\): \w)"), "work put off without saying who asks for it and why: (who): why"),
]
SKIP_SUFFIXES = {".png", ".gz", ".zst", ".ico"}
SKIP_FOLDERS = ("tests/fuzz/corpus/",)


def files(root):
    """Tracked files and those that are about to be; without git, all but builds."""
    listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=root,
                            capture_output=True, check=False)
    if listed.returncode == 0:
        return sorted(root / name for name in listed.stdout.decode().split("\0") if name)
    return sorted(path for path in root.rglob("*") if "build" not in path.relative_to(root).parts)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--root", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parents[2])
    root = parser.parse_args().root.resolve()

    errors = 0
    for path in files(root):
        name = path.relative_to(root).as_posix()
        if not path.is_file() or path.suffix in SKIP_SUFFIXES or name.startswith(SKIP_FOLDERS):
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            for pattern, what in FORBIDDEN:
                match = pattern.search(line)
                if match:
                    print(f"{name}:{number}: {match.group(0)}: {what}")
                    errors += 1
    if errors:
        sys.exit(f"words: {errors} faults")


if __name__ == "__main__":
    main()
