"""A program of prometheus-cpp that is moved to vitals: no series is lost or changed, at any stage."""

import re
import unittest

import hosts

FOLDER = hosts.EXAMPLES_DIR / "migration"
# What the program counts; servers add metrics of their own.
PREFIX = "worker_"
LINE = re.compile(r"(\w+)(?:\{(.*)\})? (\S+)")
LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')


def read(page):
    """The program's metadata and series: ({(kind, family, text)}, {(name, labels): value})."""
    metadata, series = set(), {}
    for line in page.splitlines():
        if line.startswith("# "):
            _, kind, family, text = line.split(" ", 3)
            if family.startswith(PREFIX):
                metadata.add((kind, family, text))
        elif line.startswith(PREFIX):
            name, labels, value = LINE.fullmatch(line).groups()
            key = name, frozenset(LABEL.findall(labels or ""))
            if key in series:
                raise AssertionError(f"twice on one page: {line}")
            series[key] = float(value)
    return metadata, series


def serve(*command):
    """What a stage of the program serves."""
    with hosts.Process(*command) as process:
        url = process.wait_for_log(r"(http://\S+/metrics)").group(1)
        page = hosts.http_get(url)
        process.close_input()
        if process.wait() != 0:
            raise AssertionError(process.log())
    return read(page)


class MigrationTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.before = serve(FOLDER / "migration_before")

    def check(self, *command):
        metadata, series = serve(*command)
        self.assertEqual(metadata, self.before[0])
        self.assertEqual(series, self.before[1])

    def test_before_serves_what_the_program_does(self):
        metadata, series = self.before
        self.assertIn(("TYPE", "worker_job_seconds", "histogram"), metadata)
        self.assertEqual(len(metadata), 8)
        self.assertEqual(series["worker_jobs_total", frozenset({("pool", "images"), ("status", "failed")})], 100)
        self.assertEqual(len(series), 16)

    def test_halfway_with_the_exposer(self):
        self.check(FOLDER / "migration_halfway", "exposer")

    def test_halfway_with_the_exporter(self):
        self.check(FOLDER / "migration_halfway", "exporter")

    def test_after(self):
        self.check(FOLDER / "migration_after")


if __name__ == "__main__":
    unittest.main()
