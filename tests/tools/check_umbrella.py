#!/usr/bin/env python3
"""Measures what a host pays to include vitals/vitals.h, against a budget in seconds.

    check_umbrella.py [--budget 1.5] [--runs 3]

Compiles an empty main that includes the header and takes the processor time of the best run: what else
the machine does is not the header's cost.
"""

import argparse
import pathlib
import resource
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]


def processor_seconds():
    """What the children of this process have used so far."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--budget", type=float, default=1.5)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--compiler", default="g++")
    arguments = parser.parse_args()

    with tempfile.TemporaryDirectory() as folder:
        source = pathlib.Path(folder, "main.cc")
        source.write_text('#include "vitals/vitals.h"\n\nint main() {}\n')
        command = [arguments.compiler, "-std=c++20", "-O2", f"-I{ROOT / 'include'}", "-c", str(source), "-o",
                   str(source.with_suffix(".o"))]
        best = float("inf")
        for _ in range(arguments.runs):
            before = processor_seconds()
            subprocess.run(command, check=True)
            best = min(best, processor_seconds() - before)
    print(f"umbrella header: {best:.2f} s, budget {arguments.budget:.2f} s")
    sys.exit(0 if best <= arguments.budget else 1)


if __name__ == "__main__":
    main()
