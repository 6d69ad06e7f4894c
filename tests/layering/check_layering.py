#!/usr/bin/env python3
"""Holds every #include against the architecture: which module may see which, and which package.

    check_layering.py [--root DIR]

Prints one line per include that is out of place, and fails when there is one. LAYERS and the tables
below it are the architecture: a new module or package is declared here first.
"""

import argparse
import pathlib
import re
import sys

# Lowest first. A module may include modules of lower layers.
LAYERS = [
    {"base"},
    {"model", "net"},
    {"metrics", "storage"},
    {"trace", "health", "audit", "exposition", "tsdb", "promql", "instruments"},
    {"scrape", "alerting", "guest", "export", "testing"},
    {"api", "bridge"},
    {"telemetry"},
    {"c", "cli"},
]

# Its own layer only where this says so.
SAME_LAYER = {"instruments": {"trace", "health"}}

# These see less than their layer would let them: the command works over the HTTP API, or offline.
ONLY = {"cli": {"base", "model", "net", "api", "audit", "tsdb"}}

# What an external package's headers look like, and which modules may include them. Where a package
# is for private use, no public header includes it: users of vitals do not need it to compile.
PACKAGES = {
    # name: (pattern, modules or None for all, public headers too)
    "absl": (r"absl/", None, True),
    "fmt": (r"fmt/", None, False),
    "Boost": (r"boost/", {"net"}, False),
    "OpenSSL": (r"openssl/", {"net", "audit"}, False),
    "zlib": (r"zlib\.h$", {"net"}, False),
    "libcurl": (r"curl/", {"net"}, False),
    "SQLite": (r"sqlite3\.h$", {"audit", "tsdb"}, False),
    "zstd": (r"zstd.*\.h$", {"audit", "tsdb"}, False),
    "RE2": (r"re2/", {"promql", "guest"}, False),
    "yaml-cpp": (r"yaml-cpp/", {"alerting", "guest", "telemetry"}, False),
    "protobuf": (r"google/protobuf/", {"export"}, False),
    "snappy": (r"snappy.*\.h$", {"export"}, False),
    "nlohmann-json": (r"nlohmann/", {"api"}, False),
    "prometheus-cpp": (r"prometheus/", {"bridge"}, True),
    "spdlog": (r"spdlog/", {"bridge"}, True),
    "CLI11": (r"CLI/", {"cli"}, False),
    "ncurses": (r"(ncurses|curses|panel|form|menu)\w*(/\w+)?\.h$", {"cli"}, False),
    "GoogleTest": (r"(gtest|gmock)/", set(), False),
    "Google Benchmark": (r"benchmark/", set(), False),
}

# Outside the modules: folders that may use these packages beside Abseil, fmt and the system.
FOLDER_PACKAGES = {
    "tests": set(PACKAGES),
    "bench": set(PACKAGES) - {"spdlog", "GoogleTest"},
    "examples": {"spdlog", "CLI11", "OpenSSL", "zlib", "prometheus-cpp"},
}

# Recording compiles without Abseil, exceptions and RTTI; so does all that these headers include.
HOT_HEADERS = [
    f"include/vitals/metrics/{name}.h"
    for name in ("counter", "gauge", "histogram", "up_down_counter", "family", "scoped_timer")
] + [f"include/vitals/trace/{name}.h" for name in ("context_scope", "span", "tracer")]

# Debian's Abseil is not instrumented: its Mutex gives false races under tsan. base::Mutex is ours.
REFUSED = [(re.compile(r"absl/synchronization/"), "use base/mutex.h instead of Abseil's locks")]
REFUSED_CODE = [(re.compile(r"\babsl::(Mutex|MutexLock|CondVar|Notification)\b"),
                 "use base::Mutex: Abseil's locks give false races under tsan")]

STANDARD = re.compile(r"^[a-z_0-9]+$")
SYSTEM_FOLDERS = ("sys/", "netinet/", "arpa/", "net/", "linux/", "asm/", "bits/", "ext/", "sanitizer/")
SYSTEM = set("""
    aio assert complex cpuid cxxabi ctype dirent dlfcn elf endian errno fcntl features fenv float glob grp
    immintrin emmintrin xmmintrin smmintrin tmmintrin avxintrin x86intrin inttypes iso646 langinfo libgen limits link
    locale malloc math mqueue netdb poll pthread pwd regex sched search semaphore setjmp signal spawn stdalign
    stdarg stdatomic stdbool stddef stdint stdio stdlib string strings syscall sysexits syslog termios threads
    time ucontext ulimit unistd utime utmpx valgrind wait wchar wctype wordexp execinfo nmmintrin err
""".split())

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
LEVEL = {module: level for level, modules in enumerate(LAYERS) for module in modules}


def may_see(module, other):
    """Whether `module` may include headers of `other`."""
    if module == other:
        return True
    if module in ONLY:
        return other in ONLY[module]
    return LEVEL[other] < LEVEL[module] or other in SAME_LAYER.get(module, ())


def includes(path):
    """Yields (line number, bracket, header) of a file."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        match = INCLUDE.match(line)
        if match:
            yield number, match.group(1), match.group(2)


def is_system(header):
    return (STANDARD.match(header) or header.startswith(SYSTEM_FOLDERS) or
            (header.endswith(".h") and header[:-2] in SYSTEM))


def package_of(header):
    for name, (pattern, _, _) in PACKAGES.items():
        if re.match(pattern, header):
            return name
    return None


class Checker:
    def __init__(self, root):
        self.root = root
        self.errors = []

    def error(self, path, number, message):
        self.errors.append(f"{path.relative_to(self.root)}:{number}: {message}")

    def module_of(self, header):
        """The module a quoted header of ours belongs to, and whether it is public; else None."""
        parts = header.split("/")
        if parts[0] == "vitals":
            return (parts[1] if len(parts) > 2 else "vitals.h"), True
        if parts[0] in LEVEL and (self.root / "src" / header).is_file():
            return parts[0], False
        return None

    def check_package(self, path, number, header, module, public):
        name = package_of(header)
        if name is None:
            self.error(path, number, f"{header} is of no declared package: add it to PACKAGES")
            return
        _, modules, in_public = PACKAGES[name]
        if modules is not None and module not in modules:
            where = ", ".join(sorted(modules)) or "tests and benchmarks"
            self.error(path, number, f"module {module} may not use {name}; it is for {where} only")
        elif public and not in_public:
            self.error(path, number, f"a public header may not include {name}: keep it in src/{module}")

    def check_module_file(self, path, module, public):
        for number, bracket, header in includes(path):
            target = self.module_of(header)
            if target is None and bracket == '"' and (path.parent / header).is_file():
                self.error(path, number, f'"{header}": name it from src or include, e.g. "{module}/{header}"')
            elif target is None:
                if not is_system(header):
                    self.check_package(path, number, header, module, public)
            elif target[0] == "vitals.h":
                self.error(path, number, "the umbrella header is for users: include what is used")
            elif target[0] not in LEVEL:
                self.error(path, number, f"{header}: no module {target[0]} in LAYERS")
            elif public and not target[1]:
                self.error(path, number, f"a public header may not include the private {header}")
            elif not may_see(module, target[0]):
                self.error(path, number, f"module {module} (layer {LEVEL[module]}) may not include {header} "
                                         f"(layer {LEVEL[target[0]]})")

    def check_other_file(self, path, folder):
        for number, bracket, header in includes(path):
            target = self.module_of(header)
            if target is not None:
                if folder == "examples" and not target[1]:
                    self.error(path, number, f"an example may not include the private {header}: hosts cannot either")
            elif not is_system(header) and not (bracket == '"' and self.is_local(path, header)):
                name = package_of(header)
                if name is None:
                    self.error(path, number, f"{header} is of no declared package: add it to PACKAGES")
                elif name not in FOLDER_PACKAGES[folder] | {"absl", "fmt"}:
                    self.error(path, number, f"{folder} may not use {name}")

    def is_local(self, path, header):
        return (path.parent / header).is_file() or (self.root / header).is_file()

    def check_refused(self, path):
        for number, _, header in includes(path):
            for pattern, why in REFUSED:
                if pattern.match(header):
                    self.error(path, number, f"{header}: {why}")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            code = line.split("//")[0]
            for pattern, why in REFUSED_CODE:
                if pattern.search(code):
                    self.error(path, number, f"{pattern.search(code).group(0)}: {why}")

    def check_hot(self, path, seen, chain):
        """Refuses Abseil and fmt in what a hot header includes, directly or not."""
        if path in seen or not path.is_file():
            return
        seen.add(path)
        for number, _, header in includes(path):
            if header.startswith("vitals/"):
                self.check_hot(self.root / "include" / header, seen, chain + [header])
            elif not is_system(header):
                self.error(path, number, f"{header} in a hot header ({' -> '.join(chain)}): recording needs the "
                                         "standard library alone")

    def run(self):
        for base, public in ((self.root / "include" / "vitals", True), (self.root / "src", False)):
            for path in sorted(base.rglob("*")):
                if path.suffix not in (".h", ".cc"):
                    continue
                parts = path.relative_to(base).parts
                if len(parts) == 1:
                    if path.name != "vitals.h":
                        self.error(path, 1, "a source file belongs to a module's folder")
                    continue
                if parts[0] not in LEVEL:
                    self.error(path, 1, f"no module {parts[0]} in LAYERS")
                    continue
                self.check_module_file(path, parts[0], public)
                self.check_refused(path)
        for folder in FOLDER_PACKAGES:
            for path in sorted((self.root / folder).rglob("*")):
                if path.suffix in (".h", ".cc"):
                    self.check_other_file(path, folder)
                    self.check_refused(path)
        for header in HOT_HEADERS:
            self.check_hot(self.root / header, set(), [header])
        return self.errors


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--root", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parents[2])
    errors = Checker(parser.parse_args().root.resolve()).run()
    for error in errors:
        print(error)
    if errors:
        sys.exit(f"layering: {len(errors)} includes out of place")


if __name__ == "__main__":
    main()
