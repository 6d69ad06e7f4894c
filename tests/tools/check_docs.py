#!/usr/bin/env python3
"""Holds the documentation against the tree: samples are quotes, links resolve.

    check_docs.py [--root DIR] [--update]

A C++ sample in README.md or docs/ is a quote of a compiled file. A marker names the file and the
region in it, and the block below must equal the region, less its common indentation:

    <!-- sample: examples/embed/main.cc#hello -->
    ```cpp
    ...
    ```

The region stands between the lines `// [hello]` and `// [/hello]`; without `#hello` the whole file is
quoted. --update rewrites the blocks. A cpp block without a marker is an error.
"""

import argparse
import pathlib
import re
import sys
import textwrap

MARKER = re.compile(r"^<!-- sample: ([\w./-]+?)(?:#([\w-]+))? -->$")
FENCE = re.compile(r"^(`{3,}|~{3,})\s*([\w+-]*)\s*$")
REGION_LINE = re.compile(r"^\s*// \[/?[\w-]+\]\s*$")
CPP = {"cpp", "c++", "cc", "cxx"}
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)(?:\s+\"[^\"]*\")?\)|!\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#{1,6}\s+(.*?)\s*#*$")
INLINE_CODE = re.compile(r"`[^`]*`")


def region_of(path, name):
    """Lines of a region of a file, without marker lines and common indentation."""
    lines = path.read_text(encoding="utf-8").splitlines()
    if name:
        begin = [i for i, line in enumerate(lines) if line.strip() == f"// [{name}]"]
        end = [i for i, line in enumerate(lines) if line.strip() == f"// [/{name}]"]
        if len(begin) != 1 or len(end) != 1 or end[0] < begin[0]:
            raise ValueError(f"{path.name} has no region between one '// [{name}]' and one '// [/{name}]'")
        lines = lines[begin[0] + 1:end[0]]
    lines = [line for line in lines if not REGION_LINE.match(line)]
    return textwrap.dedent("\n".join(lines)).strip("\n").split("\n")


def anchors_of(path):
    """Anchors of a page's headings, as GitHub makes them."""
    anchors = set()
    fence = None
    for line in path.read_text(encoding="utf-8").splitlines():
        match = FENCE.match(line.strip())
        if match:
            fence = None if fence else match.group(1)
        heading = None if fence else HEADING.match(line)
        if heading:
            text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading.group(1)).lower()
            anchor = re.sub(r"[^\w\- ]", "", text).replace(" ", "-")
            suffix, unique = 0, anchor
            while unique in anchors:
                suffix += 1
                unique = f"{anchor}-{suffix}"
            anchors.add(unique)
    return anchors


class Page:
    def __init__(self, root, path):
        self.root = root
        self.path = path
        self.lines = path.read_text(encoding="utf-8").splitlines()
        self.errors = []

    def error(self, index, message):
        self.errors.append(f"{self.path.relative_to(self.root)}:{index + 1}: {message}")

    def check(self):
        """Finds errors, and returns the lines with every sample brought up to date."""
        result = []
        index = 0
        marker = None
        while index < len(self.lines):
            line = self.lines[index]
            result.append(line)
            fence = FENCE.match(line)
            if not fence:
                if MARKER.match(line):
                    marker = index
                elif line.strip():
                    if marker is not None:
                        self.error(marker, "a sample marker stands right above its block")
                    marker = None
                    self.check_links(index)
                index += 1
                continue
            end = index + 1
            while end < len(self.lines) and self.lines[end].strip() != fence.group(1):
                end += 1
            if end == len(self.lines):
                self.error(index, "the block is not closed")
            body = self.lines[index + 1:end]
            if marker is not None:
                body = self.check_sample(marker, index, body)
            elif fence.group(2).lower() in CPP:
                self.error(index, "a C++ block without a marker '<!-- sample: file#region -->': quote a compiled file")
            marker = None
            result += body + self.lines[end:end + 1]
            index = end + 1
        return result

    def check_sample(self, marker, index, body):
        name, region = MARKER.match(self.lines[marker]).groups()
        try:
            wanted = region_of(self.root / name, region)
        except (OSError, ValueError) as error:
            self.error(marker, f"{name}: {error}")
            return body
        if body != wanted:
            self.error(index, f"differs from {name}{'#' + region if region else ''}; check_docs.py --update quotes it")
        return wanted

    def check_links(self, index):
        for match in LINK.finditer(INLINE_CODE.sub("", self.lines[index])):
            target = match.group(1) or match.group(2)
            if re.match(r"[a-z]+:", target):
                continue
            name, _, anchor = target.partition("#")
            path = (self.path.parent / name).resolve() if name else self.path
            if not path.exists():
                self.error(index, f"link to {target}: there is no such file")
            elif anchor and path.suffix == ".md" and anchor not in anchors_of(path):
                self.error(index, f"link to {target}: no such heading")


def pages(root):
    for pattern in ("*.md", "docs/**/*.md", "examples/**/*.md", "bench/**/*.md"):
        yield from sorted(root.glob(pattern))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--root", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parents[2])
    parser.add_argument("--update", action="store_true")
    arguments = parser.parse_args()
    root = arguments.root.resolve()

    errors = []
    for path in pages(root):
        page = Page(root, path)
        lines = page.check()
        if arguments.update and lines != page.lines:
            path.write_text("\n".join(lines) + "\n", encoding="utf-8")
            print(f"updated {path.relative_to(root)}")
            page = Page(root, path)
            page.check()
        errors += page.errors
    for error in errors:
        print(error)
    if errors:
        sys.exit(f"docs: {len(errors)} faults")


if __name__ == "__main__":
    main()
