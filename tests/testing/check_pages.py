#!/usr/bin/env python3
"""Has promtool read every page that the tests have made.

    check_pages.py FOLDER

The unit tests put pages into FOLDER (VITALS_TEST_PAGES_DIR). promtool's advice on names does not count,
since tests use names of every kind; a page that it cannot read does. Pages that pass are removed.
"""

import pathlib
import subprocess
import sys

LINT_ONLY = 3  # promtool read the page, and has advice


def main():
    folder = pathlib.Path(sys.argv[1])
    pages = sorted(folder.glob("*.prom"))
    if not pages:
        print(f"no page in {folder}: the tests that make them did not run")
        return 1
    faults = 0
    for page in pages:
        with page.open("rb") as text:
            done = subprocess.run(["promtool", "check", "metrics"], stdin=text, capture_output=True,
                                  text=True, timeout=60, check=False)
        if done.returncode in (0, LINT_ONLY):
            page.unlink()
        else:
            faults += 1
            print(f"{page}: {done.stderr.strip()}")
    print(f"{len(pages)} pages, {faults} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
